"""What others put on an account (a permit, a work order's fee), or ask to be taken off it."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from billing.errors import BadAmount
from billing.ledger.clock import today
from billing.looking import account_id
from billing.payments import requests
from billing.payments.charges import Fee, add_fee
from billing.scan import refuse_numbers
from billing.shapes import Adjusted, Charged

SERVICES: Final = frozenset(
    {"power", "water", "wastewater", "storm", "sanitation", "transportation", "general"}
)
DUE_IN: Final = timedelta(days=21)
KIND_LONGEST: Final = 60
BEFORE: Final = text("SELECT effective_on FROM journal WHERE key = :key")
MADE: Final = text("SELECT id, transaction_id, due_on FROM charges WHERE id = :id")


def charge(  # noqa: PLR0913  what a charge is, and who puts it there
    session: Session, account: str, service: str, cents: int, kind: str, *, actor: str, key: str
) -> Charged:
    """Put a charge on an account once per key; it is due three weeks later.

    Raises NotFound, BadAmount, AnotherBody, ClosedPeriod, NotAllowed (a card's number in words).
    """
    refuse_numbers(kind=kind, actor=actor)
    whose = account_id(session, account)
    if service not in SERVICES or not 0 < len(kind) <= KIND_LONGEST:
        message = f"{service!r}, {kind!r} is no service and kind of charge"
        raise BadAmount("known service", message, f"Services are {', '.join(sorted(SERVICES))}.")
    name = f"charge:{key}"
    on = session.execute(BEFORE, {"key": name}).scalar_one_or_none() or today(session)
    fee = Fee(
        account_id=whose,
        service=service,
        kind=kind,
        cents=cents,
        on=on,
        due_on=on + DUE_IN,
        code=f"{service}.fees",
    )
    made = session.execute(MADE, {"id": add_fee(session, fee, actor, name)}).one()
    return Charged(made.id, made.transaction_id, made.due_on)


@dataclass(frozen=True, slots=True, kw_only=True)
class ToAdjust:
    """Cents to be taken off what an account owes for a service: why, and by whom in which role."""

    account: str
    service: str
    cents: int
    reason: str
    note: str
    made_by: str
    made_as: str


def adjust(session: Session, wanted: ToAdjust, key: str) -> Adjusted:
    """Ask for an adjustment once per key; within the role's limit it is done, else it waits.

    Raises NotFound, BadAmount, AnotherBody, Conflict, NotAllowed (limits, a card's number).
    """
    refuse_numbers(note=wanted.note, made_by=wanted.made_by)
    if wanted.service not in SERVICES:
        message = f"{wanted.service!r} is no service"
        raise BadAmount("known service", message, f"Services are {', '.join(sorted(SERVICES))}.")
    asked = requests.Asked(
        kind="adjustment",
        account_id=account_id(session, wanted.account),
        cents=wanted.cents,
        reason=wanted.reason,
        made_by=wanted.made_by,
        made_as=wanted.made_as,
        note=wanted.note,
        details={"service": wanted.service},
    )
    made = requests.ask(session, asked, f"adjust:{key}")
    return Adjusted(made.id, made.state, made.transaction_id)
