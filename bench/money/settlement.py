"""A processor's report with faults planted in it: how many are found, and what is found for none.

`Paid`, `write`, `line`, `report` and `planted` make payments as taking them does, and the report
of a processor about them; the tests of the settlement use them too.
"""

import random
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from bench.money.town import Outcome, found_town
from billing.ledger.journal import Posting, post_many
from billing.ledger.lines import received
from billing.processor.port import SettledLine, SettlementReport
from billing.processor.settlement import import_report
from db.session import Database

DAY: Final = date(2026, 11, 20)
NOON: Final = datetime(2026, 11, 19, 19, tzinfo=UTC)
KINDS: Final = ("missing", "extra", "amount", "duplicate", "late", "chargeback")
FAULTS: Final = 200
MOST_SECONDS: Final = 10
AT_ONCE: Final = 500
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

Tell = Callable[[int], None]


@dataclass(frozen=True)
class Paid:
    """A payment by card that was posted."""

    intent: str
    cents: int
    last_four: str
    at: datetime


def name(draw: random.Random) -> str:
    """Draw a name that no other thing has."""
    return UUID(int=draw.getrandbits(128)).hex


def paid(draw: random.Random, count: int, at: datetime = NOON) -> list[Paid]:
    """Draw payments of an hour."""
    return [
        Paid(
            name(draw), draw.randrange(100, 90_000), f"{draw.randrange(10**4):04}",
            at + timedelta(seconds=draw.randrange(3600)),
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
        "receipts": [f"{each.transaction_id:09}" for each in posted],
        "posted": [each.transaction_id for each in posted],
    }
    session.execute(INTENTS, given)
    session.execute(PAYMENTS, given)


def line(one: Paid) -> SettledLine:
    """Give the processor's line of a payment."""
    return SettledLine(
        "charge", f"ch_{one.intent}", one.intent, one.cents, "card", one.last_four, one.at
    )


def report(draw: random.Random, lines: list[SettledLine]) -> SettlementReport:
    """Put lines into a report; a line that comes twice is deposited once."""
    once = {each.reference: each.cents for each in lines}
    return SettlementReport(f"settlement-{name(draw)}", DAY, sum(once.values()), tuple(lines))


def planted(
    draw: random.Random, good: list[Paid], old: list[Paid], faults: int = FAULTS
) -> tuple[list[SettledLine], Counter[str]]:
    """Plant faults of every kind evenly; `old` are payments that should be settled by now."""
    lines, told = [line(one) for one in good], Counter[str]()
    each = faults // len(KINDS)
    lines += [line(one) for one in old[:each]]  # settled late; the rest of them are missing
    told.update(late=each, missing=len(old) - each)
    for position in range(each):
        odd = lines[position]
        lines[position] = replace(odd, cents=odd.cents + draw.choice([-1, 1, 100]))
        lines.append(lines[each + position])
        stranger = f"x{name(draw)}"
        lines.append(replace(odd, intent=draw.choice(["", stranger]), reference=stranger, cents=7))
        gone = lines[2 * each + position]
        lines.append(replace(gone, kind="chargeback", reference=f"cb{stranger}", cents=-gone.cents))
    told.update(amount=each, duplicate=each, extra=each, chargeback=each)
    blank = [replace(one, intent="") for one in lines[3 * each : 4 * each]]
    lines[3 * each : 4 * each] = blank  # lines that lost their intent are found by their looks
    draw.shuffle(lines)
    return lines, told


def run(url: str, many: int, seed: int, tell: Tell, faults: int = FAULTS) -> Outcome:
    """Import a report of so many lines with faults in it; every one is found, and no other."""
    draw, outcome = random.Random(seed), Outcome()
    each = faults // len(KINDS)
    good = paid(draw, many - 4 * each)
    old = paid(draw, faults - 4 * each, NOON - timedelta(days=5))
    with closing(Database(url, statement_ms=60_000, pool=2)) as database:
        (account,) = found_town(database, 1)
        _post(database, account, [*good, *old], tell)
        lines, wanted = planted(draw, good, old, faults)
        asked, back = report(draw, lines), list[int]()
        began = time.perf_counter()
        made = database.run(
            lambda db: import_report(db, asked, lambda _s, payment, _l: back.append(payment))
        )
        took = time.perf_counter() - began
    found = Counter({name: count for name, count in made.counts.items() if name != "matched"})
    right = (found & wanted).total()
    outcome.claim(right == faults, f"{right} of {faults} faults were found: {found} for {wanted}")
    outcome.claim(found.total() == right, f"{found.total() - right} findings are for nothing")
    outcome.claim(len(set(back)) == wanted["chargeback"], f"{len(set(back))} were taken back")
    outcome.claim(took < MOST_SECONDS, f"the import took {took:.1f} s")
    outcome.figures |= {"lines": len(lines), "faults": faults, "found": right}
    outcome.figures |= {"false": found.total() - right, "import s": took}
    return outcome


def _post(database: Database, account: int, made: list[Paid], tell: Tell) -> None:
    """Post the payments, some hundred a transaction."""
    for first in range(0, len(made), AT_ONCE):
        part = made[first : first + AT_ONCE]
        database.run(lambda session, these=part: write(session, account, these))
        tell(first + len(part))
