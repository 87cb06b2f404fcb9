"""What a payer is told of an intent, from its state: the same however often it is asked."""

from typing import Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from billing.ledger.balances import owed
from billing.payments.tables import PaymentIntent
from billing.shapes import Declined, PaymentAnswer, Receipt, Unknown

RECEIPT: Final = text("""
SELECT p.receipt, p.received_on, p.cents, a.number FROM payments p
JOIN accounts a ON a.id = p.account_id WHERE p.intent_id = :intent""")


def answer(session: Session, intent: PaymentIntent) -> PaymentAnswer:
    """Say where a payment stands: received, not taken, or not known yet."""
    if intent.state == "posted":
        return _receipt(session, intent)
    if intent.state in {"declined", "abandoned", "void"}:
        return Declined(intent.id, intent.reason or intent.state)
    return Unknown(intent.id, intent.reason or intent.state)


def _receipt(session: Session, intent: PaymentIntent) -> Receipt:
    row = session.execute(RECEIPT, {"intent": intent.id}).one()
    still = owed(session, intent.account_id).total
    return Receipt(intent.id, row.receipt, row.number, row.cents, row.received_on, still)
