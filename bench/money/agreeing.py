"""The processor's own memory against the ledger: charge by charge, and to the cent."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from bench.money.town import Outcome
from billing.payments.intents import UNKNOWN
from billing.processor.settlement import FINDING
from db.session import Database
from devphone.cards.processor import Charge

INTENTS: Final = text("""
SELECT i.id, i.state, i.cents + i.fee_cents AS cents, count(p.id) AS payments,
    coalesce(max(p.state), '') AS payment
FROM payment_intents i LEFT JOIN payments p ON p.intent_id = i.id
WHERE i.id = ANY (CAST(:ids AS text[])) GROUP BY i.id ORDER BY i.id""")
TICKETS: Final = text("""
SELECT args ->> 'intent' FROM outbox WHERE name = :name
AND (CAST(:finding AS text) IS NULL OR args ->> 'finding' = :finding)""")
MISSING: Final = text("""
SELECT p.intent_id FROM payments p JOIN outbox o ON CAST(o.args ->> 'payment' AS bigint) = p.id
WHERE o.name = :name AND o.args ->> 'finding' = 'missing'""")
SUM: Final = text("""
SELECT CAST(coalesce(sum(cents), 0) AS bigint) FROM entries
WHERE code = ANY (CAST(:codes AS text[]))""")
RESIDUE: Final = text("""
SELECT CAST(coalesce(sum(cents), 0) AS bigint) FROM settlement_lines
WHERE finding = 'extra' OR (finding = 'chargeback' AND payment_id IS NULL)""")
KEYLESS: Final = text("""
SELECT count(*) FROM payments WHERE tender IN ('card', 'ach') AND intent_id IS NULL""")
CLEARING: Final = ("pool.card_clearing", "pool.ach_clearing")
ENDED: Final = frozenset({"posted", "declined", "abandoned", "void"})
Heard = Mapping[str, Mapping[str, int]]


@dataclass(frozen=True)
class Books:
    """Sums of cents that a batch changes."""

    bank: int
    clearing: int
    suspense: int
    residue: int  # of the lines that no payment stands behind

    @classmethod
    def read(cls, database: Database) -> "Books":
        """Read them."""

        def work(session: Session) -> "Books":
            bank, clearing, suspense = (
                session.execute(SUM, {"codes": codes}).scalar_one()
                for codes in (["pool.bank"], list(CLEARING), ["pool.suspense"])
            )
            return cls(bank, clearing, suspense, session.execute(RESIDUE).scalar_one())

        return database.run(work)

    def less(self, before: "Books") -> "Books":
        """Give what was added since."""
        return Books(
            self.bank - before.bank,
            self.clearing - before.clearing,
            self.suspense - before.suspense,
            self.residue - before.residue,
        )


@dataclass(frozen=True)
class Side:
    """An intent as the ledger has it, with its tickets: `asked` after, or `extra` in a report."""

    id: str
    state: str
    cents: int
    payments: int
    payment: str
    asked: bool
    extra: bool


def compare(
    database: Database,
    charges: Mapping[str, Charge],
    before: Books,
    heard: Heard,
    numbers: Mapping[str, int],
) -> Outcome:
    """Look for every charge and every payment on the other side, and for every cent.

    `charges` are the processor's by intent, `before` the books before them, `heard` what residents
    were told of each intent, `numbers` whose it is.
    """
    outcome = Outcome()
    sides = read_sides(database, list(numbers))
    for side in sides:
        charge = charges.get(side.id)
        found = [*unended(side), *misposted(side, charge), *mistold(side, heard.get(side.id, {}))]
        outcome.claim(
            not found, f"payment {numbers[side.id]}, intent {side.id}: {' and '.join(found)}"
        )
    stray = charges.keys() - numbers.keys()
    outcome.claim(not stray, f"charges that nobody meant: {sorted(stray)[:3]}")
    the_cents(charges, Books.read(database).less(before), sides, outcome)
    keyless = database.run(lambda db: db.execute(KEYLESS).scalar_one())
    outcome.claim(not keyless, f"{keyless} card payments have no intent")
    states = Counter(side.state for side in sides)
    outcome.figures |= {f"intents {state}": many for state, many in sorted(states.items())}
    outcome.figures |= {
        "charges": len(charges),
        "in suspense, with a ticket": sum(side.extra and not side.payments for side in sides),
        "posted after their report": sum(side.extra and side.payments > 0 for side in sides),
    }
    return outcome


def read_sides(database: Database, ids: list[str]) -> list[Side]:
    """Read the ledger's side of these intents."""

    def work(session: Session) -> list[Side]:
        asked = session.execute(TICKETS, {"name": UNKNOWN, "finding": None}).scalars()
        extra = session.execute(TICKETS, {"name": FINDING, "finding": "extra"}).scalars()
        tickets = set(asked), set(extra)
        return [
            Side(*row, asked=row.id in tickets[0], extra=row.id in tickets[1])
            for row in session.execute(INTENTS, {"ids": ids})
        ]

    return database.run(work)


def missing(database: Database) -> set[str]:
    """Read the intents whose payments were called missing."""
    return database.run(lambda db: set(db.execute(MISSING, {"name": FINDING}).scalars()))


def unended(side: Side) -> Iterator[str]:
    """Every intent ends, or is unknown and somebody has a ticket."""
    if side.state not in ENDED and not (side.state == "unknown" and side.asked):
        yield f"it is {side.state}, asked after: {side.asked}"


def misposted(side: Side, charge: Charge | None) -> Iterator[str]:
    """One payment for one charge, to the cent; a charge without one has a ticket."""
    if side.payments > 1:
        yield f"it was posted {side.payments} times"
    if side.payments and (charge is None or charge.cents != side.cents):
        yield f"it is posted, and the processor has {charge.cents if charge else 'no charge'}"
    if charge and not (side.payments or side.extra):
        yield f"the processor has {charge.cents} cents that are neither posted nor in a ticket"
    if side.payments and charge and (side.payment == "reversed") != goes_back(charge):
        yield f"its payment is {side.payment}"


def mistold(side: Side, heard: Mapping[str, int]) -> Iterator[str]:
    """Residents were told nothing that does not hold, unless somebody has a ticket."""
    if heard.get("receipt") and not side.payments:
        yield "a receipt was told and there is no payment"
    if heard.get("declined") and side.payments and not side.asked:
        yield "it was told as not taken, was taken, and nobody knows"


def the_cents(
    charges: Mapping[str, Charge], books: Books, sides: list[Side], outcome: Outcome
) -> None:
    """Compare what the processor sent the bank with the ledger's bank, clearing and suspense."""
    bank = sum(made.cents for made in charges.values() if not goes_back(made))
    standing = sum(side.cents for side in sides if side.payments and side.payment != "reversed")
    late = sum(side.cents for side in sides if side.extra and side.payments)
    outcome.figures |= {"cents in the bank": books.bank, "cents by the processor": bank}
    for name, ledger, truth in (
        ("the bank", books.bank, bank),
        ("suspense", books.suspense, -books.residue),
        ("clearing", books.clearing, late),
        ("what stands", books.bank + books.clearing + books.suspense, standing),
    ):
        outcome.claim(ledger == truth, f"{name}: {ledger} cents in the ledger, {truth} outside")


def goes_back(made: Charge) -> bool:
    """Say whether a charge is taken back in the report of the day after it."""
    return bool(made.known.fate.chargeback or made.known.fate.returned)
