"""Payments that nobody heard the end of: the processor is asked about each by its intent's id.

No transaction is open while it is asked. What it charged is posted, what it declined is ended, what
it never heard of is ended once the payment's time is over. Where it does not answer the payment is
unknown, a person is told, and it is asked again in the next round.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from billing.payments import intents
from billing.payments.tables import PaymentIntent
from billing.processor.port import CardProcessor, NoAnswer, ProcessorCharge
from billing.shapes import Outcome, PaymentResult
from db.session import Database

SWEEP: Final = "sweep payments"
NS_MOST: Final = 25 * 10**9  # a job's lease is 45 s: the rest is asked about in the next round


@dataclass(frozen=True, slots=True)
class Loose:
    """A payment whose end is not known. `is_over`: its time has passed."""

    id: str
    cents: int
    is_over: bool


def handler(
    database: Database, processor: CardProcessor
) -> Callable[[Mapping[str, Any]], Counter[str]]:
    """Give the handler of the job SWEEP."""
    return lambda _args: sweep(database, processor)


def sweep(
    database: Database,
    processor: CardProcessor,
    *,
    now: datetime | None = None,
    clock: Callable[[], int] = time.monotonic_ns,
) -> Counter[str]:
    """Ask about every loose payment once; gives how many came to which outcome.

    `now` stands for the database's time and `clock` for nanoseconds, in tests. Raises
    DatabaseUnavailable.
    """
    began, counts = clock(), Counter[str]()
    loose = database.run(lambda session: _loose(session, now))
    for one, found in _asked(processor, loose, lambda: clock() - began < NS_MOST):
        result = judged(one, found)
        counts[result.outcome if result else "waiting"] += 1
        if result is not None:
            database.run(lambda session, said=result: intents.finish(session, said))
    return counts


def judged(loose: Loose, found: ProcessorCharge | NoAnswer | None) -> PaymentResult | None:
    """Say what the processor's answer means for a payment; None: nothing yet."""
    if isinstance(found, ProcessorCharge):
        return _told(loose, found)
    if not loose.is_over:
        return None
    if found is None:
        return PaymentResult(loose.id, "abandoned", reason="never charged")
    return PaymentResult(loose.id, "unknown", reason="the processor does not answer")


def _told(loose: Loose, found: ProcessorCharge) -> PaymentResult:
    outcome: Outcome = "approved" if found.state == "approved" else "declined"
    reason = found.reason
    if outcome == "approved" and found.cents != loose.cents:
        outcome, reason = "unknown", f"the processor took {found.cents} cents"
    return PaymentResult(loose.id, outcome, found.confirmation, found.last_four, reason)


def _loose(session: Session, now: datetime | None) -> list[Loose]:
    at = now or session.execute(select(func.now())).scalar_one()
    names = intents.sweep(session, at)
    rows = session.scalars(select(PaymentIntent).where(PaymentIntent.id.in_(names)))
    return [Loose(one.id, one.cents + one.fee_cents, one.expires_at < at) for one in rows]


def _asked(
    processor: CardProcessor, loose: list[Loose], in_time: Callable[[], bool]
) -> Iterator[tuple[Loose, ProcessorCharge | NoAnswer | None]]:
    """Ask about each in turn; once it is silent, it is not waited for again in this round."""
    silent: NoAnswer | None = None
    for one in loose:
        if silent is None and not in_time():
            return
        found = silent or _find(processor, one.id)
        silent = found if isinstance(found, NoAnswer) else None
        yield one, found


def _find(processor: CardProcessor, intent: str) -> ProcessorCharge | NoAnswer | None:
    try:
        return processor.find(intent)
    except NoAnswer as error:
        return error
