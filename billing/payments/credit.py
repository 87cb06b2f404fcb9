"""An account's credit: used for what is open, and taken back where it was not there after all."""

from datetime import date
from typing import Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from billing.ledger.balances import owed
from billing.ledger.journal import Line, Posting, post
from billing.ledger.lines import applied
from billing.money import Cents, above_zero
from billing.payments import charges
from billing.payments.allocation import Order, allocate, by_service
from billing.payments.rules import order_in_use

KNOWN: Final = text("SELECT id FROM journal WHERE key = :key")
CREDIT: Final = "pool.unapplied"
OWED_BACK: Final = "credit owed back"


def known(session: Session, key: str) -> int | None:
    """Give the transaction that a key made, if it made one."""
    return session.execute(KNOWN, {"key": key}).scalar_one_or_none()


def use_credit(  # noqa: PLR0913  whose, when, by whom, once for this key
    session: Session, account_id: int, on: date, actor: str, key: str, *, order: Order | None = None
) -> Cents:
    """Use an account's credit for what is open, in the city's order; gives what was used.

    A key that comes again uses nothing more. Raises NotFound, ClosedPeriod.
    """
    charges.lock(session, {account_id})
    credit = owed(session, account_id).credit
    open_charges = charges.open_of(session, account_id)
    if known(session, key) or credit <= 0 or not open_charges:
        return 0
    to = allocate(open_charges, credit, order or order_in_use(), on)
    lines = applied(to.by_service, account_id)
    posted = post(session, Posting(key, "credit used", on, actor, lines, account_id))
    charges.write(session, charges.paid_by(to.parts, posted.transaction_id))
    return credit - to.unapplied


def mend(session: Session, account_id: int, on: date, actor: str, key: str) -> Cents:
    """Bring a credit that fell below nothing back to nothing; gives by how much it had.

    What the credit had paid is opened again, the last first; what it was given away for becomes
    a charge of its own. The caller holds the account's lock.
    """
    missing = max(0, owed(session, account_id).unapplied)
    if not missing:
        return 0
    parts = charges.some(charges.credited(session, account_id), missing)
    back = by_service(parts)
    if back:
        lines = reopened(back, account_id)
        posting = Posting(f"{key}:credit", "credit taken back", on, actor, lines, account_id)
        transaction = post(session, posting).transaction_id
        charges.write(session, charges.taken_back(parts, transaction, None))
    gone = missing - sum(back.values())
    if gone:
        _charge(session, account_id, gone, Posting(f"{key}:owed back", "fee", on, actor, ()))
    return missing


def reopened(back: dict[str, Cents], account_id: int, to: str = CREDIT) -> tuple[Line, ...]:
    """Undo what was applied to these services: it is owed again, and held for the account."""
    return tuple(
        Line(line.code, -line.cents, line.account_id) for line in applied(back, account_id, to)
    )


def _charge(session: Session, account_id: int, cents: Cents, posting: Posting) -> None:
    """Charge to the general fund what was given away and came back unpaid."""
    lines = reopened({"general": above_zero(cents)}, account_id)
    memo = {"kind": OWED_BACK}
    on, actor = posting.effective_on, posting.actor
    made = post(session, Posting(posting.key, "fee", on, actor, lines, account_id, memo))
    given = {"account": account_id, "transaction": made.transaction_id, "service": "general"}
    given |= {"kind": OWED_BACK, "cents": cents, "on": on, "due": on}
    if not made.again:
        session.execute(charges.CHARGE, given)
