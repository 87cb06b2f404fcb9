"""Refunds: first to the tender the money came by, never more than came, never a draft too early.

An approved refund is payable: in the ledger it has left the account. A card's refund then goes to
the processor under an intent of its own, cash and checks to accounts payable as a batch.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from billing.errors import BadAmount, Conflict, NotAllowed, NotFound
from billing.ledger.balances import owed
from billing.ledger.journal import Line, Posting, post
from billing.ledger.lines import held_over, refunded
from billing.money import Cents
from billing.payments import charges
from billing.payments.adjusting import posting, whose
from billing.payments.allocation import Part, by_service
from billing.payments.credit import CREDIT, mend, reopened
from billing.payments.exceptions import excepted
from billing.payments.returned import locked
from billing.payments.tables import Payment, Request

# An unauthorized ACH debit of a resident may come back for 60 days (Nacha operating rules).
RETURN_WINDOW: Final = timedelta(days=60)
EARLY: Final = "refund in return window"
PAYABLE: Final = "pool.refunds_payable"
CASH_CODES: Final[Mapping[str, str]] = {
    "card": "pool.card_clearing",
    "ach": "pool.ach_clearing",
}
BANK: Final = "pool.bank"
BEFORE: Final = text("""
SELECT coalesce(sum(cents), 0) FROM requests WHERE kind = 'refund' AND id <> :id
AND details ->> 'payment' = :payment AND state NOT IN ('refused', 'void')""")
REFUNDED: Final = text("""
SELECT coalesce(sum(cents), 0) FROM requests WHERE kind = 'refund' AND id <> :id
AND details ->> 'payment' = :payment AND transaction_id IS NOT NULL AND state <> 'void'""")
MARK: Final = text("UPDATE payments SET state = :state WHERE id = :id")
BATCH: Final = text("""
SELECT r.id, r.account_id, a.number, s.name, s.mailing, r.cents, r.reason FROM requests r
JOIN accounts a ON a.id = r.account_id JOIN residents s ON s.id = a.resident_id
WHERE r.kind = 'refund' AND r.state = 'approved' AND r.transaction_id IS NOT NULL
AND coalesce(r.details ->> 'tender', 'check') NOT IN ('card', 'ach') ORDER BY r.id""")
TAKE: Final = text("""
UPDATE requests SET state = :after WHERE id = :id AND kind = 'refund' AND state = :before
RETURNING id""")

BY_CHECK: Final = text("""
UPDATE requests SET state = 'approved', details = details || '{"tender": "check", "intent": ""}'
WHERE id = :id AND kind = 'refund' AND details ->> 'tender' IN ('card', 'ach')
AND (state = 'approved' OR state = 'sent' AND EXISTS (
    SELECT FROM outbox o WHERE o.key = 'refund refused:' || requests.id)) RETURNING id""")


@dataclass(frozen=True, slots=True)
class Payable:
    """A refund for accounts payable: to whom, how much."""

    request: int
    account: str
    name: str
    mailing: str
    cents: Cents
    reason: str


def details_for(session: Session, payment_id: int, request_key: str) -> dict[str, Any]:
    """Say what a refund of a payment goes back by: the tender it came by, and its intents."""
    payment = _payment(session, payment_id)
    by = payment.tender if payment.tender in CASH_CODES and payment.intent_id else "check"
    return {
        "payment": payment_id,
        "tender": by,
        "of": payment.intent_id or "",
        "intent": f"refund-{request_key}" if by in CASH_CODES else "",
    }


def check(session: Session, request: Request, on: date) -> None:
    """Refuse a refund that cannot be: raises BadAmount, Conflict, NotAllowed, NotFound."""
    number = request.details.get("payment")
    if number is None:
        _of_credit(session, request)
        return
    payment = locked(session, int(number))
    given = {"payment": str(payment.id), "id": request.id or 0}
    before = int(session.execute(BEFORE, given).scalar_one())
    if payment.account_id != request.account_id or payment.state == "reversed":
        message = f"payment {payment.receipt} is not there to be refunded"
        raise NotAllowed("refund of a payment", message, "Look at the payment again.")
    if before + request.cents > payment.cents:
        message = f"{before} of {payment.cents} cents are refunded or asked for already"
        raise Conflict("refunded once", message, "Look at the payment's refunds.")
    _not_early(session, payment, on)


def refund(session: Session, request: Request, on: date, actor: str) -> int:
    """Make an approved refund payable; gives the transaction. Raises as `check` does."""
    account = whose(request)
    charges.lock(session, {account})
    check(session, request, on)
    number = request.details.get("payment")
    parts = _to_take_back(session, int(number), request) if number is not None else []
    back = by_service(parts)
    _still_there(session, account, request.cents - sum(back.values()))
    lines = (
        *(reopened(back, account) if back else ()),
        *held_over(CREDIT, PAYABLE, request.cents, account),
    )
    transaction = post(session, posting(request, on, actor, _together(lines))).transaction_id
    if number is not None:
        charges.write(session, charges.taken_back(parts, transaction, int(number)))
        _mark(session, int(number), request)
    mend(session, account, on, actor, f"request:{request.id}")
    return transaction


def payable(session: Session) -> list[Payable]:
    """List what accounts payable is to pay by check."""
    rows = session.execute(BATCH)
    return [Payable(r.id, r.number, r.name, r.mailing, r.cents, r.reason) for r in rows]


def sent(session: Session, request_id: int) -> None:
    """Note that a refund is on its way; raises Conflict where it is not waiting to be."""
    _step(session, request_id, "approved", "sent")


def cleared(session: Session, request_id: int, on: date, actor: str) -> int:
    """Book a refund as paid out, once; gives the transaction. Raises NotFound, Conflict."""
    request = _refund(session, request_id)
    _step(session, request_id, "sent", "cleared")
    code = CASH_CODES.get(str(request.details.get("tender", "")), BANK)
    lines = refunded(code, request.cents, whose(request))
    memo = {"request": request_id}
    key = f"refund paid:{request_id}"
    made = Posting(key, "refund paid", on, actor, lines, request.account_id, memo)
    return post(session, made).transaction_id


def by_check(session: Session, request_id: int) -> None:
    """Pay a refund by check after all: the processor would not take it, or was never asked.

    Raises Conflict where it is not with the processor, or may have been given back by it.
    """
    if session.execute(BY_CHECK, {"id": request_id}).one_or_none() is None:
        message = f"refund {request_id} is not with the processor"
        raise Conflict("refund state", message, "Look at the refund again.")


def stale(session: Session, request_id: int, on: date, actor: str) -> int:
    """Give a check that nobody cashed to unclaimed property; gives the transaction.

    Raises NotFound, Conflict where it was not sent.
    """
    request = _refund(session, request_id)
    _step(session, request_id, "sent", "stale")
    account = whose(request)
    lines = (Line(PAYABLE, request.cents, account), Line("pool.unclaimed", -request.cents))
    key, memo = f"refund stale:{request_id}", {"request": request_id}
    return post(
        session, Posting(key, "refund stale", on, actor, lines, account, memo)
    ).transaction_id


def _refund(session: Session, request_id: int) -> Request:
    found = session.get(Request, request_id)
    if found is None or found.kind != "refund":
        raise NotFound("known refund", f"there is no refund {request_id}", "Look it up.")
    return found


def _of_credit(session: Session, request: Request) -> None:
    credit = owed(session, whose(request)).credit
    if not 0 < request.cents <= credit:
        message = f"{credit} cents are held, not {request.cents}"
        raise BadAmount("credit", message, "Refund no more than the account's credit.")


def _not_early(session: Session, payment: Payment, on: date) -> None:
    if payment.tender != "ach" or on > payment.received_on + RETURN_WINDOW:
        return
    if payment.account_id is None or not excepted(session, payment.account_id, EARLY, on):
        until = payment.received_on + RETURN_WINDOW
        message = f"the draft of {payment.received_on} may come back until {until}"
        raise NotAllowed("return window", message, f"Wait, or ask for the exception '{EARLY}'.")


def _still_there(session: Session, account: int, cents: Cents) -> None:
    """Refuse to give away a credit that went elsewhere; what it paid is opened again for it."""
    used = sum(part.cents for part in charges.credited(session, account))
    if cents > owed(session, account).credit + used:
        message = f"{cents} cents of credit are not there any more"
        raise Conflict("credit", message, "Look at the account's refunds and transfers.")


def _to_take_back(session: Session, payment_id: int, request: Request) -> list[Part]:
    """Choose what the payment paid and is open again: only what its own rest does not cover."""
    payment = _payment(session, payment_id)
    standing = charges.standing(session, payment_id)
    given = {"payment": str(payment_id), "id": request.id}
    before = int(session.execute(REFUNDED, given).scalar_one())
    rest = payment.cents - before - sum(part.cents for part in standing)
    return charges.some(standing, max(0, request.cents - rest))


def _mark(session: Session, payment_id: int, request: Request) -> None:
    given = {"payment": str(payment_id), "id": request.id}
    before = int(session.execute(REFUNDED, given).scalar_one())
    whole = before + request.cents == _payment(session, payment_id).cents
    state = "refunded" if whole else "part refunded"
    session.execute(MARK, {"id": payment_id, "state": state})


def _payment(session: Session, payment_id: int) -> Payment:
    found = session.get(Payment, payment_id)
    if found is None:
        advice = "Look the payment up by its receipt."
        raise NotFound("known payment", f"there is no payment {payment_id}", advice)
    return found


def _together(lines: tuple[Line, ...]) -> tuple[Line, ...]:
    """Join lines of one code and account, and leave out what comes to nothing."""
    sums: dict[tuple[str, int | None], Cents] = {}
    for line in lines:
        place = (line.code, line.account_id)
        sums[place] = sums.get(place, 0) + line.cents
    return tuple(Line(code, cents, whom) for (code, whom), cents in sums.items() if cents)


def _step(session: Session, request_id: int, before: str, after: str) -> None:
    given = {"id": request_id, "before": before, "after": after}
    if session.execute(TAKE, given).one_or_none() is None:
        message = f"refund {request_id} is not {before}"
        raise Conflict("refund state", message, "Look at the refund again.")
