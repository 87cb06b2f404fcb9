"""Adjustments, write-offs and transfers: how an approved request reaches the ledger."""

from collections.abc import Iterable
from datetime import date
from typing import Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from billing.errors import BadAmount, NotFound
from billing.ledger.balances import owed
from billing.ledger.journal import Line, Posting, post
from billing.ledger.lines import adjusted, moved, written_off
from billing.money import Cents, above_zero
from billing.payments import charges
from billing.payments.allocation import Part, allocate, by_service
from billing.payments.rules import order_in_use
from billing.payments.tables import Request

SERVICES: Final = frozenset(
    {"power", "water", "wastewater", "storm", "sanitation", "transportation", "general"}
)
CREDIT: Final = "pool.unapplied"
STATUS: Final = text("SELECT status FROM accounts WHERE id = :account")
GIVEN_UP: Final = text("""
UPDATE accounts SET status = 'written off', version = version + 1 WHERE id = :account""")
DUE: Final = text("SELECT kind, due_on FROM charges WHERE id = :charge")
WRITTEN_OFF: Final = frozenset({"final", "closed", "written off"})
LESS: Final = "Ask for no more than what is open."


def adjust(session: Session, request: Request, on: date, actor: str) -> int:
    """Take cents off what is owed for a service; what is over becomes the account's credit.

    `details` name the service. Gives the transaction. Raises NotFound.
    """
    account, service = whose(request), str(request.details.get("service", ""))
    if service not in SERVICES:
        advice = f"Services are {', '.join(sorted(SERVICES))}."
        raise NotFound("known service", f"{service!r} is no service", advice)
    to = allocate(charges.open_of(session, account, service), request.cents, order_in_use(), on)
    taken = request.cents - to.unapplied
    lines = (
        *(adjusted(service, taken, account) if taken else ()),
        *(_credited(service, to.unapplied, account) if to.unapplied else ()),
    )
    transaction = post(session, posting(request, on, actor, lines)).transaction_id
    charges.write(session, charges.paid_by(to.parts, transaction))
    return transaction


def write_off(session: Session, request: Request, on: date, actor: str) -> int:
    """Give up what is open of a final or closed account; raises BadAmount, NotFound."""
    account = whose(request)
    status = session.execute(STATUS, {"account": account}).scalar_one()
    if status not in WRITTEN_OFF:
        message = f"the account is {status}"
        raise BadAmount("final account", message, "Close it and bill it for the last time.")
    parts = _all_of(session, account, request.cents, on)
    given_up = by_service(parts).items()
    lines = (line for service, cents in given_up for line in written_off(service, cents, account))
    transaction = post(session, posting(request, on, actor, lines)).transaction_id
    charges.write(session, charges.paid_by(parts, transaction))
    if owed(session, account).total == 0:
        session.execute(GIVEN_UP, {"account": account})
    return transaction


def transfer(session: Session, request: Request, on: date, actor: str) -> int:
    """Move what is owed, or with `credit` in the details what is held, to the account `to`.

    Charges keep the day they are due. Raises NotFound, BadAmount.
    """
    account, to = whose(request), int(request.details.get("to", 0))
    charges.lock(session, {account, to})
    if account == to:
        raise BadAmount("two accounts", "it is the same account", "Name another account.")
    if request.details.get("credit"):
        return _move_credit(session, request, to, posting(request, on, actor, ()))
    parts = _all_of(session, account, request.cents, on)
    changed = by_service(parts).items()
    lines = (line for service, cents in changed for line in moved(service, cents, account, to))
    transaction = post(session, posting(request, on, actor, lines)).transaction_id
    charges.write(session, charges.paid_by(parts, transaction))
    for part in parts:
        _charge_anew(session, part, to, transaction, on)
    return transaction


def whose(request: Request) -> int:
    """Give the request's account; raises NotFound."""
    if request.account_id is None:
        message = f"request {request.id} names no account"
        raise NotFound("known account", message, "Look the account up by its number.")
    return request.account_id


def posting(request: Request, on: date, actor: str, lines: Iterable[Line]) -> Posting:
    """Make the posting of a request, with the request for its key."""
    memo = {"reason": request.reason, "request": request.id}
    key = f"request:{request.id}"
    return Posting(key, request.kind, on, actor, tuple(lines), request.account_id, memo)


def _all_of(session: Session, account: int, cents: Cents, on: date) -> tuple[Part, ...]:
    """Choose what is open of an account, in the city's order; raises BadAmount for more."""
    open_charges = charges.open_of(session, account)
    still = sum(charge.cents for charge in open_charges)
    if not 0 < cents <= still:
        raise BadAmount("open amount", f"{still} cents are open, not {cents}", LESS)
    return allocate(open_charges, cents, order_in_use(), on).parts


def _credited(service: str, cents: Cents, account: int) -> tuple[Line, ...]:
    """Give an account credit at the cost of a service's fund."""
    return (
        Line(f"{service}.adjustments", above_zero(cents)),
        Line(f"{service}.due_from_pool", -cents),
        Line(f"pool.due_to_{service}", cents),
        Line(CREDIT, -cents, account),
    )


def _move_credit(session: Session, request: Request, to: int, made: Posting) -> int:
    account = whose(request)
    held = owed(session, account).credit
    if not 0 < request.cents <= held:
        raise BadAmount("credit", f"{held} cents are held, not {request.cents}", LESS)
    lines = (Line(CREDIT, request.cents, account), Line(CREDIT, -request.cents, to))
    written = posting(request, made.effective_on, made.actor, lines)
    return post(session, written).transaction_id


def _charge_anew(session: Session, part: Part, to: int, transaction: int, on: date) -> None:
    was = session.execute(DUE, {"charge": part.charge_id}).one()
    given = {"account": to, "transaction": transaction, "service": part.service, "kind": was.kind}
    session.execute(
        charges.CHARGE, {**given, "cents": part.cents, "on": on, "due": was.due_on}
    ).scalar_one()
