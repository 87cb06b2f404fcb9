"""Autopay: what is due is written down as intents, and each is charged by a job of its own.

A charge goes by its intent's id, so a job that runs twice charges once. Where the processor does
not answer, the sweeper finds the end of it.
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from billing.errors import Conflict
from billing.ledger.clock import today
from billing.payments import intents, plans
from billing.payments.tables import PaymentIntent
from billing.processor.port import CardProcessor, NoAnswer, ProcessorCharge, Refused
from billing.shapes import Outcome, PaymentAnswer, PaymentResult
from db.session import Database
from jobs.outbox import promise

PULL: Final = "pull autopay"
CHARGE: Final = "charge autopay"
TOKEN: Final = text("""
SELECT token FROM pay_plans WHERE account_id = :account AND kind = 'autopay' AND starts_on <= :on
AND (ended_on IS NULL OR ended_on > :on) ORDER BY starts_on DESC LIMIT 1""")


def puller(database: Database) -> Callable[[Mapping[str, Any]], int]:
    """Give the handler of the job PULL."""
    return lambda args: pull(database, int(args.get("after", 0)))


def pull(database: Database, after: int = 0) -> int:
    """Write the next part of today's autopays down, promise to charge each; gives how many.

    Each is a transaction of its own, and a part promises the next: nobody else waits long.
    """
    on, accounts = database.run(
        lambda session: (today(session), plans.due(session, on=today(session), after=after))
    )
    made = [database.run(lambda session, one=one: _promised(session, one, on)) for one in accounts]
    if len(accounts) == plans.PART:
        key, args = f"{PULL}:{on}:{accounts[-1]}", {"after": accounts[-1]}
        database.run(lambda session: promise(session, PULL, key, args))
    return sum(made)


def charger(
    database: Database, processor: CardProcessor
) -> Callable[[Mapping[str, Any]], PaymentAnswer | None]:
    """Give the handler of the job CHARGE."""
    return lambda args: charge(database, processor, str(args["intent"]))


def charge(database: Database, processor: CardProcessor, intent: str) -> PaymentAnswer | None:
    """Charge one autopay; None where its end is not known yet, or it ended meanwhile.

    Raises NotFound, DatabaseUnavailable.
    """
    try:
        asked, token = database.run(lambda session: _sent(session, intent))
    except Conflict:
        return None
    result = _asked(processor, asked, token)
    return database.run(lambda session: intents.finish(session, result)) if result else None


def _promised(session: Session, account: int, on: date) -> bool:
    due = plans.pull(session, account, on)
    if due is not None:
        promise(session, CHARGE, f"autopay:{due.intent.id}", {"intent": due.intent.id})
    return due is not None


def _sent(session: Session, intent: str) -> tuple[PaymentIntent, str]:
    """Note that the processor is asked, and find the token; none where autopay was stopped."""
    asked = intents.mark_sent(session, intent)
    given = {"account": asked.account_id, "on": today(session)}
    return asked, session.execute(TOKEN, given).scalar_one_or_none() or ""


def _asked(processor: CardProcessor, asked: PaymentIntent, token: str) -> PaymentResult | None:
    if not token:
        return PaymentResult(asked.id, "abandoned", reason="autopay was stopped")
    tender = "ach" if asked.tender == "ach" else "card"
    try:
        found = processor.charge(asked.id, asked.cents + asked.fee_cents, tender, token)
    except NoAnswer:
        return None
    except Refused as error:
        return PaymentResult(asked.id, "declined", reason=str(error)) if error.permanent else None
    return _told(asked, found)


def _told(asked: PaymentIntent, found: ProcessorCharge) -> PaymentResult:
    outcome: Outcome = "approved" if found.state == "approved" else "declined"
    reason = found.reason
    if outcome == "approved" and found.cents != asked.cents + asked.fee_cents:
        outcome, reason = "unknown", f"the processor took {found.cents} cents"
    return PaymentResult(asked.id, outcome, found.confirmation, found.last_four, reason)
