"""What must be settled before an account is closed for good."""

from collections.abc import Iterator
from typing import Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from billing.ledger.balances import deposits, owed
from billing.ledger.clock import today
from billing.money import shown
from billing.statements.gathering import gather

UNDER_WAY: Final = text("""
SELECT EXISTS (SELECT FROM payment_intents WHERE account_id = :account
    AND state IN ('sent', 'unknown')) AS payment,
EXISTS (SELECT FROM requests WHERE account_id = :account AND state = 'draft'
    AND kind <> 'exception') AS request,
EXISTS (SELECT FROM statements WHERE account_id = :account AND state IN ('held', 'ready')) AS bill
""")


def unsettled(session: Session, account_id: int) -> list[str]:
    """List what is still open of an account, in words; nothing for one that may be closed.

    What it owes a service counts, and so does its credit: they do not make up for one another until
    the credit is used. A deposit counts until it is applied, a bill until it is posted.
    """
    return [*_held(session, account_id), *_to_come(session, account_id)]


def _held(session: Session, account_id: int) -> Iterator[str]:
    now, deposit = owed(session, account_id), deposits(session, account_id)
    for service, cents in now.by_service.items():
        yield f"{shown(cents)} of {service} is owed"
    if now.unapplied:
        yield f"it has a credit of {shown(now.credit)}"
    if deposit:
        yield f"a deposit of {shown(deposit)} is held"


def _to_come(session: Session, account_id: int) -> Iterator[str]:
    found = session.execute(UNDER_WAY, {"account": account_id}).one()
    if gather(session, {account_id: None}, today(session)):
        yield "its last days are not billed"
    if found.bill:
        yield "a bill waits to be posted"
    if found.payment:
        yield "a payment is under way"
    if found.request:
        yield "a request waits for its checker"
