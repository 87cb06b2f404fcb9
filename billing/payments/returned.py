"""Payments that come back: undone to the cent, what they had paid open again, the fee charged.

Charges keep the day they were due, so what is open again is as old as it is. A payment that was
refunded, even in part, is not undone by itself: a person decides. A deposit that comes back is due
again, with the same fee.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from billing.errors import AnotherBody, Conflict, NotAllowed, NotFound
from billing.ledger.clock import today
from billing.ledger.journal import Posting, post, reverse
from billing.ledger.lines import applied
from billing.payments import charges, deposits
from billing.payments.allocation import Part, by_service
from billing.payments.credit import mend
from billing.payments.exceptions import excepted
from billing.payments.fees import Fees, read_fees, usable
from billing.payments.tables import Payment
from billing.processor.port import SettledLine
from jobs.outbox import promise

RETURNED: Final = "payment returned"
NO_FEE: Final = "no returned item fee"
FEE_KIND: Final = "returned item"
CHARGEBACK: Final = "CHARGEBACK"
DUE_IN: Final = timedelta(days=21)
SETTLEMENT: Final = "settlement"

UNDONE: Final = text("SELECT key, id FROM journal WHERE reverses = :id")
BEFORE: Final = text("SELECT id, memo ->> 'deposit' AS deposit FROM journal WHERE key = :key")
MARK: Final = text("UPDATE payments SET state = :state WHERE id = :id")
COUNT: Final = text("""
WITH taken AS (
    SELECT transaction_id AS id FROM payments WHERE account_id = :account
    UNION ALL SELECT id FROM journal WHERE account_id = :account AND kind = 'deposit')
SELECT count(*) FROM taken JOIN journal r ON r.reverses = taken.id
WHERE r.memo ->> 'code' <> 'KEYED' AND r.effective_on <= :on
AND r.effective_on > CAST(:on - make_interval(months => :months) AS date)""")


@dataclass(frozen=True, slots=True)
class Returned:
    """A payment that was undone: the reversal's transaction, and the fee's charge if there is."""

    payment_id: int
    transaction_id: int
    fee_charge: int | None


@dataclass(frozen=True, slots=True)
class ReturnedDeposit:
    """A deposit that was undone: the reversal's transaction, and the fee's charge if there is."""

    deposit_id: int
    transaction_id: int
    fee_charge: int | None


def take_back(  # noqa: PLR0913  what came back, why, and who says so
    session: Session,
    payment_id: int,
    code: str,
    *,
    on: date,
    actor: str,
    key: str,
    production: bool = False,
    fees: Fees | None = None,
) -> Returned:
    """Undo a payment once; `code` says why, and whether that bears a fee.

    Raises NotFound (payment, code), NotAllowed (refunded before), Conflict (undone before).
    """
    fees = _knowing(code, fees)
    payment = locked(session, payment_id)
    before = session.execute(UNDONE, {"id": payment.transaction_id}).one_or_none()
    if before and before.key == key:
        return Returned(payment_id, before.id, None)
    _may_come_back(payment)
    parts, freed = charges.standing(session, payment_id), charges.freed(session, payment_id)
    memo = {"code": code, "receipt": payment.receipt}
    undone = reverse(session, payment.transaction_id, key, on, actor, memo).transaction_id
    charges.write(session, charges.taken_back([*parts, *freed], undone, payment_id))
    _from_credit(session, payment, freed, (on, actor, key))
    session.execute(MARK, {"id": payment_id, "state": "reversed"})
    fee = _fee(session, payment.account_id, fees, code, (on, actor, key, production))
    _after(session, payment, code, (on, actor, key))
    return Returned(payment_id, undone, fee)


def take_back_deposit(  # noqa: PLR0913  what came back, why, and who says so
    session: Session,
    deposit_id: int,
    code: str,
    *,
    on: date,
    actor: str,
    key: str,
    production: bool = False,
    fees: Fees | None = None,
) -> ReturnedDeposit:
    """Undo a deposit whose check or draft came back, once; it is due again, and bears the fee.

    Raises NotFound (deposit, code), Conflict (not held), NotAllowed (of an import), AnotherBody.
    """
    fees = _knowing(code, fees)
    account = deposits.locked(session, deposit_id).account_id
    before = session.execute(BEFORE, {"key": key}).one_or_none()
    if before is not None:
        return _again(deposit_id, before, key)
    memo = {"code": code, "deposit": str(deposit_id)}
    undone = deposits.come_back(session, deposit_id, on=on, actor=actor, key=key, memo=memo)
    fee = _fee(session, account, fees, code, (on, actor, key, production))
    args = {"deposit": deposit_id, "account": account, "why": "deposit", "code": code}
    promise(session, RETURNED, f"returned deposit:{undone}", args)
    return ReturnedDeposit(deposit_id, undone, fee)


def settle(
    session: Session, payment_id: int, line: SettledLine, *, production: bool = False
) -> None:
    """Undo a payment as the processor's report says: a chargeback, or an ACH return by its code.

    A code that config does not know bears no fee.
    """
    known = line.code in read_fees().codes
    code = line.code if known and line.kind == "return" else CHARGEBACK
    key = f"return:{line.reference}"
    on = today(session)
    take_back(session, payment_id, code, on=on, actor=SETTLEMENT, key=key, production=production)


def cash_only(session: Session, account_id: int, on: date, fees: Fees | None = None) -> bool:
    """Say whether so many payments came back lately that only cash is taken."""
    rule = (fees or read_fees()).cash_only
    given = {"account": account_id, "on": on, "months": rule.months}
    return session.execute(COUNT, given).scalar_one() >= rule.returned


def locked(session: Session, payment_id: int) -> Payment:
    """Lock a payment's account, and read the payment as it stands then; raises NotFound."""
    found = session.get(Payment, payment_id)
    if found is None:
        advice = "Look the payment up by its receipt."
        raise NotFound("known payment", f"there is no payment {payment_id}", advice)
    charges.lock(session, {found.account_id} if found.account_id is not None else ())
    session.refresh(found, with_for_update={"key_share": True})
    return found


def _knowing(code: str, fees: Fees | None) -> Fees:
    """Give the fees of returned items; raises NotFound where they do not know the code."""
    fees = fees or read_fees()
    if code not in fees.codes:
        advice = f"Codes are {', '.join(fees.codes)}."
        raise NotFound("known return code", f"{code!r} is no return code", advice)
    return fees


def _again(deposit_id: int, before: Row[Any], key: str) -> ReturnedDeposit:
    """Answer a key that came again with what it did."""
    if before.deposit != str(deposit_id):
        message = f"the key {key!r} was used for something else"
        raise AnotherBody("same key, same body", message, "Use a new key for a new return.")
    return ReturnedDeposit(deposit_id, before.id, None)


def _may_come_back(payment: Payment) -> None:
    if payment.state == "reversed":
        message = f"payment {payment.receipt} was undone before"
        raise Conflict("reversed once", message, "Look at the payment again.")
    if payment.state != "posted":
        message = f"payment {payment.receipt} is {payment.state}"
        raise NotAllowed("refunded before", message, "Ask a supervisor to charge what is missing.")


def _from_credit(
    session: Session, payment: Payment, freed: list[Part], how: tuple[date, str, str]
) -> None:
    """Take what was freed from the credit it had become: its charges are of bills undone since."""
    if not freed or payment.account_id is None:
        return
    on, actor, key = how
    lines = applied(by_service(freed), payment.account_id)
    memo = {"receipt": payment.receipt}
    made = Posting(f"{key}:freed", "freed taken back", on, actor, lines, payment.account_id, memo)
    transaction = post(session, made).transaction_id
    paid = [charges.Moved(one.charge_id, one.cents, transaction, payment.id) for one in freed]
    charges.write(session, paid)


def _fee(
    session: Session, account: int | None, fees: Fees, code: str, how: tuple[date, str, str, bool]
) -> int | None:
    on, actor, key, production = how
    cents = usable(fees.returned_item, production=production)
    if account is None or not (fees.codes[code].fee and cents):
        return None
    if excepted(session, account, NO_FEE, on):
        return None
    fee = charges.Fee(
        account_id=account,
        service="general",
        kind=FEE_KIND,
        cents=cents,
        on=on,
        due_on=on + DUE_IN,
        code="general.fees",
    )
    return charges.add_fee(session, fee, actor, f"{key}:fee")


def _after(session: Session, payment: Payment, code: str, how: tuple[date, str, str]) -> None:
    """Mend the account's credit, and promise that the resident and the desk hear of it."""
    if payment.account_id is not None:
        mend(session, payment.account_id, *how)
    args = {"payment": payment.id, "account": payment.account_id, "code": code}
    promise(session, RETURNED, f"returned:{payment.id}", args)
