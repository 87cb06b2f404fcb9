"""A processor's report against the ledger: every planted fault is found, and nothing else."""

import random
import time
from collections import Counter
from collections.abc import Callable, Generator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from billing.errors import AnotherBody, Conflict, NotFound
from billing.ledger.journal import Posting, post_many
from billing.ledger.lines import received
from billing.processor.invariants import INVARIANTS
from billing.processor.port import SettledLine, SettlementReport
from billing.processor.settlement import FINDING, deposit, import_report
from db.session import Database
from db.verify import broken

DAY = date(2026, 11, 20)
NOON = datetime(2026, 11, 19, 19, tzinfo=UTC)
LINES, FAULTS = 2_000, 200
KINDS = ("missing", "extra", "amount", "duplicate", "late", "chargeback")
INTENTS = text("""
INSERT INTO payment_intents (id, account_id, cents, fee_cents, tender, channel, language, attempt,
    state, reason, confirmation, last_four, created_at, expires_at, settled_at)
SELECT intent, :account, cents, 0, 'card', 'phone', 'en', 1, 'posted', '', '', last_four, at,
    at + interval '1 hour', at
FROM unnest(CAST(:intents AS text[]), CAST(:cents AS bigint[]), CAST(:last_fours AS text[]),
    CAST(:ats AS timestamptz[])) AS made (intent, cents, last_four, at)""")
PAYMENTS = text("""
INSERT INTO payments (receipt, account_id, intent_id, tender, cents, received_on, reference,
    channel, state, transaction_id)
SELECT receipt, :account, intent, 'card', cents, received_on, '', 'phone', 'posted', posted
FROM unnest(CAST(:receipts AS text[]), CAST(:intents AS text[]), CAST(:cents AS bigint[]),
    CAST(:ons AS date[]), CAST(:posted AS bigint[]))
    AS made (receipt, intent, cents, received_on, posted)""")
SUMS = text("""
SELECT e.code, sum(e.cents) AS cents FROM entries e JOIN journal j ON j.id = e.transaction_id
WHERE j.key LIKE :key GROUP BY 1""")
DRAW = random.Random(4)


@dataclass(frozen=True)
class Paid:
    intent: str
    cents: int
    last_four: str
    at: datetime


def paid(count: int, at: datetime = NOON) -> list[Paid]:
    return [
        Paid(
            uuid4().hex, DRAW.randrange(100, 90_000), f"{DRAW.randrange(10**4):04}",
            at + timedelta(seconds=DRAW.randrange(3600)),
        )
        for _ in range(count)
    ]  # fmt: skip


def write(session: Session, account: int, made: list[Paid]) -> None:
    """Post payments as taking them does, in few statements."""
    posted = post_many(
        session,
        [
            Posting(
                f"pay:{one.intent}", "payment", DAY, "test",
                received("pool.card_clearing", {}, one.cents, account), account,
            )
            for one in made
        ],
    )  # fmt: skip
    given = {
        "account": account,
        "intents": [one.intent for one in made],
        "cents": [one.cents for one in made],
        "last_fours": [one.last_four for one in made],
        "ats": [one.at for one in made],
        "ons": [one.at.date() for one in made],
        "receipts": [f"{DRAW.randrange(10**9):09}" for _ in made],
        "posted": [each.transaction_id for each in posted],
    }
    session.execute(INTENTS, given)
    session.execute(PAYMENTS, given)


def line(one: Paid, **changed: object) -> SettledLine:
    made = SettledLine(
        "charge", f"ch_{one.intent}", one.intent, one.cents, "card", one.last_four, one.at
    )
    return replace(made, **changed)


def report(*lines: SettledLine, day: date = DAY) -> SettlementReport:
    once = {each.reference: each.cents for each in lines}
    return SettlementReport(f"settlement-{uuid4().hex}", day, sum(once.values()), lines)


def not_asked(_session: Session, _payment: int, _line: SettledLine) -> None:
    raise AssertionError("nothing is taken back here")


@pytest.fixture
def database(fresh_database_url: str) -> Generator[Database]:
    """Open a database that no other test sees: what is missing is seen city-wide."""
    from billing.ledger.chart import load_chart

    made = Database(fresh_database_url, statement_ms=60_000, pool=2)
    made.run(load_chart)
    yield made
    made.close()


@pytest.fixture
def settled(database: Database, account: Callable[[], int]) -> Callable[[int], list[Paid]]:
    """Make payments of an account of their own."""

    def make(count: int, at: datetime = NOON) -> list[Paid]:
        made, whose = paid(count, at), account()
        database.run(lambda session: write(session, whose, made))
        return made

    return make


def planted(good: list[Paid], old: list[Paid]) -> tuple[list[SettledLine], Counter[str]]:
    """Plant faults of every kind evenly; `old` are payments that should be settled by now."""
    lines, planted = [line(one) for one in good], Counter[str]()
    each = FAULTS // len(KINDS)
    lines += [line(one) for one in old[:each]]  # settled late; the rest of them are missing
    planted.update(late=each, missing=len(old) - each)
    for position in range(each):
        odd = lines[position]
        lines[position] = replace(odd, cents=odd.cents + DRAW.choice([-1, 1, 100]))
        lines.append(lines[each + position])
        stranger = f"x{uuid4().hex}"
        lines.append(replace(odd, intent=DRAW.choice(["", stranger]), reference=stranger, cents=7))
        gone = lines[2 * each + position]
        lines.append(replace(gone, kind="chargeback", reference=f"cb{stranger}", cents=-gone.cents))
    planted.update(amount=each, duplicate=each, extra=each, chargeback=each)
    blank = [replace(one, intent="") for one in lines[3 * each : 4 * each]]
    lines[3 * each : 4 * each] = blank  # lines that lost their intent are found by their looks
    DRAW.shuffle(lines)
    return lines, planted


def test_every_planted_fault_is_found_and_no_other(
    database: Database, settled: Callable[..., list[Paid]]
) -> None:
    good = settled(LINES - FAULTS)
    old = settled(FAULTS - 5 * (FAULTS // 6) + FAULTS // 6, NOON - timedelta(days=5))
    lines, wanted = planted(good, old)
    back: list[int] = []
    asked = report(*lines)
    began = time.monotonic()
    made = database.run(
        lambda session: import_report(session, asked, lambda _s, payment, _l: back.append(payment))
    )
    took = time.monotonic() - began
    found = Counter({name: count for name, count in made.counts.items() if name != "matched"})
    assert found == wanted
    assert found.total() == FAULTS
    assert made.counts["matched"] == len(lines) - FAULTS + wanted["missing"]
    assert len(set(back)) == wanted["chargeback"]
    assert took < 10


def test_a_report_is_imported_once_and_never_with_other_lines(
    database: Database, settled: Callable[..., list[Paid]]
) -> None:
    asked = report(*[line(one) for one in settled(3)])
    first = database.run(lambda session: import_report(session, asked, not_asked))
    again = database.run(lambda session: import_report(session, asked, not_asked))
    assert (first.again, again.again) == (False, True)
    other = replace(asked, lines=asked.lines[:2])
    with pytest.raises(AnotherBody):
        database.run(lambda session: import_report(session, other, not_asked))


def test_what_is_left_over_waits_in_suspense_with_a_ticket_promised(
    database: Database, settled: Callable[..., list[Paid]]
) -> None:
    one, two = settled(2)
    extra = line(one, reference="ch_extra", intent="nobody", cents=900)
    asked = report(line(one, cents=one.cents + 25), line(two), extra)
    database.run(lambda session: import_report(session, asked, not_asked))
    sums = books(database, f"settlement:{asked.name}%")
    assert sums == {"pool.card_clearing": 925, "pool.suspense": -925}
    promised = database.run(
        lambda session: session.execute(
            text("SELECT args ->> 'finding' FROM outbox WHERE name = :name ORDER BY 1"),
            {"name": FINDING},
        ).scalars().all()
    )  # fmt: skip
    assert promised == ["amount", "extra"]


def test_the_bank_gets_what_the_report_says_and_clearing_is_empty(
    database: Database, settled: Callable[..., list[Paid]]
) -> None:
    made = settled(4)
    asked = report(*[line(one) for one in made], line(made[0]))  # a line doubled on paper alone
    database.run(lambda session: import_report(session, asked, not_asked))
    booked = database.run(
        lambda session: deposit(session, asked.name, asked.deposit_cents, DAY, "bank 1")
    )
    assert booked.difference == 0
    assert booked.cents == sum(one.cents for one in made)
    assert books(database, "%").get("pool.card_clearing", 0) == 0


def test_a_deposit_that_is_short_is_booked_as_it_came_and_the_rest_waits(
    database: Database, settled: Callable[..., list[Paid]]
) -> None:
    asked = report(*[line(one) for one in settled(2)])
    database.run(lambda session: import_report(session, asked, not_asked))
    short = asked.deposit_cents - 150
    booked = database.run(lambda session: deposit(session, asked.name, short, DAY, "bank 1"))
    assert booked.difference == -150
    assert books(database, f"deposit:{asked.name}")["pool.suspense"] == 150
    database.run(lambda session: deposit(session, asked.name, short, DAY, "bank 1"))
    with pytest.raises(AnotherBody):
        database.run(lambda session: deposit(session, asked.name, short + 1, DAY, "bank 1"))


def test_a_deposit_of_no_report_is_refused(database: Database) -> None:
    with pytest.raises(NotFound):
        database.run(lambda session: deposit(session, "none", 1, DAY, "bank 1"))


def test_a_line_of_an_earlier_report_is_no_new_money(
    database: Database, settled: Callable[..., list[Paid]]
) -> None:
    (one,) = settled(1)
    first, second = report(line(one)), report(line(one))
    database.run(lambda session: import_report(session, first, not_asked))
    made = database.run(lambda session: import_report(session, second, not_asked))
    assert made.counts == {"duplicate": 1}
    assert books(database, f"settlement:{second.name}%") == {}


def test_one_intent_charged_twice_is_money_that_is_not_ours(
    database: Database, settled: Callable[..., list[Paid]]
) -> None:
    (one,) = settled(1)
    asked = report(line(one), line(one, reference="ch_again"))
    made = database.run(lambda session: import_report(session, asked, not_asked))
    assert made.counts == {"matched": 1, "duplicate": 1}
    assert books(database, f"settlement:{asked.name}%")["pool.suspense"] == -one.cents


def test_a_payment_found_by_its_looks_is_settled_for_later_reports(
    database: Database, settled: Callable[..., list[Paid]]
) -> None:
    (one,) = settled(1)
    first = report(line(one, intent="", reference="ch_blank"))
    assert database.run(lambda s: import_report(s, first, not_asked)).counts == {"matched": 1}
    second = report(line(one))
    made = database.run(lambda session: import_report(session, second, not_asked))
    assert made.counts == {"duplicate": 1}
    assert books(database, f"settlement:{second.name}%")["pool.suspense"] == -one.cents
    for each in INVARIANTS:
        assert database.run(lambda session, rule=each: broken(session, rule)) == [], each.name


def test_a_chargeback_that_cannot_be_undone_is_left_over(
    database: Database, settled: Callable[..., list[Paid]]
) -> None:
    (one,) = settled(1)
    asked = report(line(one, kind="chargeback", reference="cb", cents=-one.cents))

    def refuses(_session: Session, _payment: int, _line: SettledLine) -> None:
        raise Conflict("reversed once", "it was reversed already")

    made = database.run(lambda session: import_report(session, asked, refuses))
    assert made.counts["chargeback"] == 1
    assert books(database, f"settlement:{asked.name}%")["pool.suspense"] == one.cents


def books(database: Database, key: str) -> dict[str, int]:
    rows = database.run(lambda session: session.execute(SUMS, {"key": key}).all())
    return {row.code: int(row.cents) for row in rows if row.cents}
