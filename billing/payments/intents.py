"""Two-phase payments: what is about to be paid is written down before the processor is asked.

created -> sent -> posted, declined, abandoned or unknown; unknown -> posted or void. Every step is
a comparison and a change in one, and posting has the intent for its key: whatever arrives twice, in
whatever order, the money is taken in once. What the processor took is posted even where we had
given the payment up by then, and a person is told.
"""

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from billing.errors import AnotherBody, BadAmount, Conflict, NotFound
from billing.ledger.clock import today
from billing.money import Cents, above_zero, whole
from billing.payments import charges
from billing.payments.answers import answer
from billing.payments.tables import PaymentIntent
from billing.payments.taking import Taking, take_payment
from billing.scan import blotted
from billing.shapes import CardTender, PaidBefore, PaymentAnswer, PaymentResult
from config.words import Language
from jobs.outbox import promise

RECEIPT: Final = "receipt"
UNKNOWN: Final = "payment unknown"
LIVES: Final = timedelta(minutes=15)
ASKED_AFTER: Final = timedelta(minutes=5)
ALIKE_WITHIN: Final = timedelta(minutes=30)
NOT_POSTED: Final = ("created", "sent", "unknown")

# Of two that are only begun, the one that came later is asked: never both, and never neither. Who
# chooses anew in the same call is one resident, who pays once.
ALIKE: Final = text("""
SELECT cents, coalesce(settled_at, sent_at, created_at) AS at, state FROM payment_intents
WHERE account_id = :account AND id <> :mine AND (state = 'unknown' OR (
    cents = :cents AND (state IN ('sent', 'posted') AND created_at > now() - :within
        OR state = 'created' AND created_at < :begun AND expires_at > now()
            AND (call_sid = :call_sid) IS NOT TRUE)))
ORDER BY state = 'unknown' DESC, state = 'created', created_at DESC LIMIT 1""")
NOW: Final = text("SELECT clock_timestamp()")
EXPIRE: Final = text("""
UPDATE payment_intents SET state = 'abandoned', reason = 'expired', settled_at = now()
WHERE state = 'created' AND expires_at < :now""")
LOOSE: Final = text("""
SELECT id FROM payment_intents WHERE state = 'unknown' OR (state = 'sent' AND sent_at < :before)
ORDER BY random() LIMIT :most""")  # drawn: those that never end keep nobody else waiting
LAST_FOUR: Final = re.compile(r"[0-9]{4}")
STAY: Final = "Pay again under a new key; this one stands as it is."


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A payment that is about to be made. `attempt` and `parent` chain a second try to the first.

    `fee_cents` was told to the payer before; it comes on top of `cents`.
    """

    account_id: int
    cents: Cents
    tender: CardTender
    channel: str
    language: Language
    fee_cents: Cents = 0
    call_sid: str | None = None
    attempt: int = 1
    parent: str | None = None


def create(session: Session, wanted: Wanted, key: str) -> PaymentIntent:
    """Write an intent down, once per key; commit before anything else is done.

    Whoever begins one on the same account meanwhile waits, and then finds this one: its hour is
    that of its turn. Raises BadAmount, AnotherBody (the key named another payment), NotFound.
    """
    above_zero(wanted.cents)
    if whole(wanted.fee_cents) < 0:
        raise BadAmount("above zero", "a fee cannot be below zero", "Leave the fee out.")
    charges.lock(session, {wanted.account_id})
    name = sha256(f"intent:{key}".encode()).hexdigest()[:32]
    before = session.get(PaymentIntent, name)
    if before is not None:
        return _the_same(before, wanted)
    now = session.execute(NOW).scalar_one()
    intent = PaymentIntent(id=name, expires_at=now + LIVES, **asdict(wanted))
    intent.created_at = now
    session.add(intent)
    session.flush()
    return intent


def mark_sent(session: Session, intent_id: str) -> PaymentIntent:
    """Note, and commit, that the processor is asked from now on; a second time changes nothing.

    Raises NotFound, and Conflict where the payment has ended already.
    """
    intent = get(session, intent_id, locked=True)
    if intent.state == "sent":
        return intent
    if intent.state != "created":
        message = f"payment {intent_id} is {intent.state}"
        raise Conflict("intent state", message, STAY)
    intent.state = "sent"
    intent.sent_at = session.execute(select(func.now())).scalar_one()
    session.flush()
    return intent


def finish(session: Session, result: PaymentResult) -> PaymentAnswer:
    """Take what the processor said: post it, end it, or ask a person; a repeat is answered alike.

    Raises NotFound.
    """
    result = clean(result)
    intent = get(session, result.intent, locked=True)
    if result.outcome == "approved" and intent.state != "posted":
        _post(session, intent, result)
    elif result.outcome == "unknown" and intent.state in {"created", "sent"}:
        _end(session, intent, "unknown", result)
        _tell(session, intent, "unknown")
    elif result.outcome in {"declined", "abandoned"} and intent.state in NOT_POSTED:
        _end(session, intent, "void" if intent.state == "unknown" else result.outcome, result)
    session.flush()
    return answer(session, intent)


def paid_before(session: Session, intent: PaymentIntent) -> PaidBefore | None:
    """Find a payment like this one, or any that is unknown: "you paid $X at 10:04, pay again?".

    One that is under way is like it too: sent, or begun before this one by somebody else.
    """
    given = {"account": intent.account_id, "mine": intent.id, "cents": intent.cents}
    given |= {"begun": intent.created_at, "call_sid": intent.call_sid, "within": ALIKE_WITHIN}
    row = session.execute(ALIKE, given).one_or_none()
    return PaidBefore(row.cents, row.at, row.state) if row else None


def sweep(session: Session, now: datetime, most: int = 100) -> Sequence[str]:
    """End what was never sent, and give the ids that the processor must be asked about.

    Asks nobody itself: whoever does then calls `finish` with what was found, "unknown" included.
    """
    session.execute(EXPIRE, {"now": now})
    return session.execute(LOOSE, {"before": now - ASKED_AFTER, "most": most}).scalars().all()


def get(session: Session, intent_id: str, *, locked: bool = False) -> PaymentIntent:
    """Read an intent as it stands now; raises NotFound."""
    found = session.get(
        PaymentIntent,
        intent_id,
        with_for_update={"key_share": True} if locked else None,
        populate_existing=True,
    )
    if found is None:
        message = f"there is no payment {intent_id!r}"
        raise NotFound("known intent", message, "Start the payment first.")
    return found


def clean(result: PaymentResult) -> PaymentResult:
    """Blot what an answer carries of a card's number: what was approved is posted all the same."""
    four = result.last_four if LAST_FOUR.fullmatch(result.last_four) else ""
    confirmation, reason = blotted(result.confirmation), blotted(result.reason)
    return replace(result, confirmation=confirmation, reason=reason, last_four=four)


def _post(session: Session, intent: PaymentIntent, result: PaymentResult) -> None:
    late = intent.state not in NOT_POSTED
    taking = Taking(
        account_id=intent.account_id,
        tender=intent.tender,
        cents=intent.cents,
        received_on=today(session),
        key=f"pay:{intent.id}",
        reference=result.confirmation,
        channel=intent.channel,
        intent_id=intent.id,
        fee_cents=intent.fee_cents,
    )
    payment = take_payment(session, taking, actor=intent.channel)
    if late:
        _tell(session, intent, f"approved after {intent.state}")
    _end(session, intent, "posted", result)
    promise(session, RECEIPT, f"receipt:{payment.id}", {"payment": payment.id})


def _end(session: Session, intent: PaymentIntent, state: str, result: PaymentResult) -> None:
    intent.state = state
    intent.reason = result.reason
    intent.confirmation = result.confirmation
    intent.last_four = result.last_four or intent.last_four
    intent.settled_at = session.execute(select(func.now())).scalar_one()


def _tell(session: Session, intent: PaymentIntent, why: str) -> None:
    """Promise a ticket: a person finds out, and nobody is told to try again."""
    args = {"intent": intent.id, "account": intent.account_id, "cents": intent.cents, "why": why}
    promise(session, UNKNOWN, f"payment:{intent.id}:{why}", args)


def _the_same(intent: PaymentIntent, wanted: Wanted) -> PaymentIntent:
    was = {name: getattr(intent, name) for name in asdict(wanted)}
    if was != asdict(wanted):
        message = f"the key of payment {intent.id} was used for another"
        raise AnotherBody("same key, same body", message, STAY)
    return intent
