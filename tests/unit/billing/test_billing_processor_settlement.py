"""A processor's report against the ledger: every planted fault is found, and nothing else."""

import random
import time
from collections import Counter
from collections.abc import Callable, Generator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from bench.money import settlement
from bench.money.settlement import DAY, FAULTS, NOON, Paid
from billing.errors import AnotherBody, Conflict, NotFound
from billing.processor.invariants import INVARIANTS
from billing.processor.port import SettledLine, SettlementReport
from billing.processor.settlement import FINDING, deposit, import_report
from db.session import Database
from db.verify import broken

LINES = 2_000
SUMS = text("""
SELECT e.code, sum(e.cents) AS cents FROM entries e JOIN journal j ON j.id = e.transaction_id
WHERE j.key LIKE :key GROUP BY 1""")
DRAW = random.Random(4)


def report(*lines: SettledLine) -> SettlementReport:
    return settlement.report(DRAW, list(lines))


def line(one: Paid, **changed: object) -> SettledLine:
    return replace(settlement.line(one), **changed)


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
        made, whose = settlement.paid(DRAW, count, at), account()
        database.run(lambda session: settlement.write(session, whose, made))
        return made

    return make


def test_every_planted_fault_is_found_and_no_other(
    database: Database, settled: Callable[..., list[Paid]]
) -> None:
    good = settled(LINES - FAULTS)
    old = settled(FAULTS - 5 * (FAULTS // 6) + FAULTS // 6, NOON - timedelta(days=5))
    lines, wanted = settlement.planted(DRAW, good, old)
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
