"""Approved refunds of cards and bank accounts, given back by the processor to where they came from.

Each has an intent of its own, so asking again is safe: what was given back is answered, not given
twice. It is booked when the processor says that it did it; what it refuses, a person is told of.
"""

import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from billing.ledger.clock import today
from billing.payments import refunds
from billing.processor.port import CardProcessor, NoAnswer, ProcessorCharge, Refused
from db.session import Database
from jobs.outbox import promise

REFUND: Final = "send refunds"
REFUSED: Final = "refund refused"
ACTOR: Final = "processor"
MOST: Final = 20
NS_MOST: Final = 25 * 10**9  # a job's lease is 45 s: the rest is asked for in the next round
WAITING: Final = text("""
SELECT id, state, cents, details ->> 'intent' AS intent, details ->> 'of' AS of FROM requests
WHERE kind = 'refund' AND state IN ('approved', 'sent') AND transaction_id IS NOT NULL
AND details ->> 'tender' IN ('card', 'ach')
AND NOT EXISTS (SELECT FROM outbox o WHERE o.key = 'refund refused:' || requests.id)
ORDER BY id LIMIT :most""")


@dataclass(frozen=True, slots=True)
class Waiting:
    """A refund that the processor is to make: `intent` is its own, `of` the charge's."""

    id: int
    state: str
    cents: int
    intent: str
    of: str


def handler(
    database: Database, processor: CardProcessor
) -> Callable[[Mapping[str, Any]], Counter[str]]:
    """Give the handler of the job REFUND."""
    return lambda _args: give_back(database, processor)


def give_back(
    database: Database,
    processor: CardProcessor,
    clock: Callable[[], int] = time.monotonic_ns,
) -> Counter[str]:
    """Ask for every refund that waits; gives how many were cleared and refused.

    Where the processor does not answer, or slowly, the rest is left for the next round. `clock`
    gives nanoseconds. Raises DatabaseUnavailable.
    """
    began, counts = clock(), Counter[str]()
    for one in database.run(_waiting):
        if clock() - began >= NS_MOST:
            break
        if one.state == "approved":
            database.run(lambda session, number=one.id: refunds.sent(session, number))
        try:
            made = processor.refund(one.intent, one.of, one.cents)
        except NoAnswer:
            break
        except Refused as error:
            made = error
        counts[_noted(database, one, made)] += 1
    return counts


def _noted(database: Database, one: Waiting, made: ProcessorCharge | Refused) -> str:
    """Book what the processor did, or promise that a person hears that it did not."""
    if isinstance(made, ProcessorCharge) and made.state == "approved":
        database.run(lambda session: refunds.cleared(session, one.id, today(session), ACTOR))
        return "cleared"
    if isinstance(made, Refused) and not made.permanent:
        return "waiting"
    args = {"request": one.id, "cents": one.cents, "intent": one.intent, "of": one.of}
    database.run(lambda session: promise(session, REFUSED, f"{REFUSED}:{one.id}", args))
    return "refused"


def _waiting(session: Session) -> list[Waiting]:
    rows = session.execute(WAITING, {"most": MOST})
    return [Waiting(row.id, row.state, row.cents, row.intent, row.of) for row in rows]
