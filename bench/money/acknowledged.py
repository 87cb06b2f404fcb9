"""What was acknowledged, looked for in the ledger; halves, and payments without an end."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import func, select, text

from bench.money.town import Outcome, judge
from billing.payments.intents import LIVES
from billing.processor.client import HttpCardProcessor
from billing.processor.sweeping import sweep
from db.session import Database
from devphone.cards.processor import Processor

QUIET_ROUNDS: Final = 50
MISSING: Final = {
    "cash": """SELECT key FROM unnest(CAST(:keys AS text[])) AS asked (key) WHERE NOT EXISTS (
        SELECT FROM payments p JOIN journal j ON j.id = p.transaction_id
        WHERE j.key = asked.key)""",
    "begun": """SELECT key FROM unnest(CAST(:keys AS text[])) AS asked (key) WHERE NOT EXISTS (
        SELECT FROM payment_intents i WHERE i.id = asked.key)""",
    "paid": """SELECT key FROM unnest(CAST(:keys AS text[])) AS asked (key) WHERE NOT EXISTS (
        SELECT FROM payments p JOIN payment_intents i ON i.id = p.intent_id
        WHERE i.id = asked.key AND i.state = 'posted')""",
}
HALF: Final = """
SELECT j.key FROM journal j WHERE j.kind = 'payment' AND NOT EXISTS (
    SELECT FROM payments p WHERE p.transaction_id = j.id)
UNION ALL SELECT p.receipt FROM payments p WHERE p.intent_id IS NOT NULL AND NOT EXISTS (
    SELECT FROM outbox o WHERE o.key = 'receipt:' || p.id)
UNION ALL SELECT i.id FROM payment_intents i LEFT JOIN payments p ON p.intent_id = i.id
    WHERE (i.state = 'posted') <> (p.id IS NOT NULL)"""
ENDLESS: Final = """
SELECT i.id || ' is ' || i.state FROM payment_intents i
WHERE i.state IN ('created', 'sent') OR (i.state = 'unknown' AND NOT EXISTS (
    SELECT FROM outbox o WHERE o.name = 'payment unknown' AND o.args ->> 'intent' = i.id))"""
STATES: Final = "SELECT state, count(*) AS many FROM payment_intents GROUP BY 1"
CHARGED: Final = """
SELECT i.id, i.cents FROM payments p JOIN payment_intents i ON i.id = p.intent_id"""


@dataclass
class Ledger:
    """What a run is compared by: the ledger, the processor's memory, and what was acknowledged."""

    database: Database
    processor: Processor
    port: HttpCardProcessor
    outcome: Outcome
    acked: dict[str, set[str]] = field(default_factory=lambda: {name: set() for name in MISSING})
    looked: dict[str, set[str]] = field(default_factory=lambda: {name: set() for name in MISSING})

    def ack(self, line: str) -> None:
        """Note that a payment was acknowledged: "cash <key>", "begun <intent>", "paid <intent>"."""
        what, _, key = line.partition(" ")
        self.acked[what].add(key)

    def rows(self, sql: str, keys: Iterable[str] = ()) -> list[str]:
        """Read a column."""
        given = {"keys": list(keys)}
        return self.database.run(lambda db: list(db.execute(text(sql), given).scalars()))

    def nothing_is_lost(self, when: str, *, all_of_it: bool = False) -> None:
        """Look for what was acknowledged since the last look, or ever, and for halves."""
        for what, sql in MISSING.items():
            new = self.acked[what] - (set[str]() if all_of_it else self.looked[what])
            lost = self.rows(sql, new)
            self.looked[what] |= new
            self._count("lost", lost)
            self.outcome.claim(not lost, f"{when}: acknowledged and lost: {what} {lost[:3]}")
        halves = self.rows(HALF)
        self._count("posted by half", halves)
        self.outcome.claim(not halves, f"{when}: posted by half: {halves[:3]}")

    def _count(self, name: str, rows: list[str]) -> None:
        self.outcome.figures[name] = self.outcome.figures.get(name, 0) + len(rows)

    def everything_ends(self) -> None:
        """Sweep, an hour on, until nothing new is found; then look for payments without an end."""
        for _ in range(QUIET_ROUNDS):
            now = self.database.run(lambda db: db.execute(select(func.now())).scalar_one())
            found = sweep(self.database, self.port, now=now + 4 * LIVES)
            swept = found.total() - found["unknown"]
            self.outcome.figures["swept"] = self.outcome.figures.get("swept", 0) + swept
            if not swept:
                break
        left = self.rows(ENDLESS)
        self.outcome.claim(not left, f"payments without an end: {left[:3]}")

    def agrees_with_the_processor(self) -> None:
        """Compare each charge of the processor with the one payment of its intent."""
        paid = self.database.run(lambda db: db.execute(text(CHARGED)).all())
        mine = {row.id: row.cents for row in paid}
        its = {intent: made.cents for intent, made in self.processor.charges.items()}
        off = sorted(mine.items() ^ its.items())
        self.outcome.claim(not off, f"the processor and the ledger differ: {off[:3]}")
        states = self.database.run(lambda db: db.execute(text(STATES)).all())
        counted = Counter({what: len(keys) for what, keys in self.acked.items()})
        self.outcome.figures |= {f"acknowledged {what}": many for what, many in counted.items()}
        self.outcome.figures |= {f"intents {state}": many for state, many in states}

    def closes(self, in_hand: str) -> None:
        """Judge everything a last time; the figure named `in_hand` says that it was no idle run."""
        self.everything_ends()
        self.nothing_is_lost("at the end", all_of_it=True)
        self.agrees_with_the_processor()
        judge(self.database, self.outcome, "at the end")
        some = all(self.acked.values()) and self.outcome.figures.get(in_hand, 0)
        self.outcome.claim(bool(some), "nothing was ever in anybody's hands: the run says nothing")

    def seen(self) -> int:
        """Count what was acknowledged so far."""
        return sum(len(keys) for keys in self.acked.values())
