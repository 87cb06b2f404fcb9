"""What a person asks for and, above a limit, another approves; the database keeps the two apart.

A request within its maker's own limits is done at once: by itself, and with what the maker did
alone that day and what was done so on the account before. Any other waits as a draft; whoever may
approve it does so, and it is done in the same transaction. One key is one request.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from billing.errors import AnotherBody, BadAmount, Conflict, NotFound
from billing.ledger.clock import today
from billing.money import Cents, above_zero, whole
from billing.payments import adjusting, charges, refunds
from billing.payments.limits import may_alone, read_limits, refused
from billing.payments.tables import Request
from billing.scan import refuse_numbers

Doing = Callable[[Session, Request, date, str], int]
DOING: Final[Mapping[str, Doing]] = {
    "refund": refunds.refund,
    "adjustment": adjusting.adjust,
    "write-off": adjusting.write_off,
    "transfer": adjusting.transfer,
}
WAITING: Final = "draft"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is asked for, why, and by whom in which role; `until` is the last day of an exception.

    `details`: {"service"} of an adjustment, {"to", "credit"?} of a transfer; of a refund
    {"payment"} or nothing, where the account's credit is refunded.
    """

    kind: str
    account_id: int
    cents: Cents
    reason: str
    made_by: str
    made_as: str
    note: str = ""
    details: Mapping[str, Any] = field(default_factory=dict[str, Any])
    until: date | None = None


def ask(session: Session, asked: Asked, key: str) -> Request:
    """Ask once per key; it is done at once where the maker may do so alone, else it waits.

    Raises NotFound (kind, reason, account), BadAmount, AnotherBody, Conflict, NotAllowed.
    """
    _check(asked)
    charges.lock(session, _touched(asked.kind, asked.account_id, asked.details))
    before = session.scalar(select(Request).where(Request.key == key))
    if before is not None:
        return _the_same(before, asked)
    request = _request(session, asked, key)
    if asked.kind == "refund":
        refunds.check(session, request, today(session))
    session.add(request)
    _flush(session)
    if may_alone(session, request):
        _do(session, request, asked.made_by)
    return request


def approve(session: Session, request_id: int, by: str, role: str) -> Request:
    """Approve a request and do it, once; raises NotFound, Conflict, NotAllowed (maker, limit)."""
    request = _waiting(session, request_id)
    _checked(session, request, by, role)
    _do(session, request, by)
    return request


def refuse(session: Session, request_id: int, by: str, role: str, note: str) -> Request:
    """Say no to a request; raises NotFound, Conflict, NotAllowed (its maker: void it instead)."""
    refuse_numbers(note=note)
    request = _waiting(session, request_id)
    _checked(session, request, by, role)
    request.note = note or request.note
    request.state = "refused"
    _flush(session)
    return request


def void(session: Session, request_id: int, by: str, role: str) -> Request:
    """Take a request back before it is done, and write down who did; a second time is refused.

    Its maker may, and whoever may approve it. Raises NotFound, Conflict, NotAllowed.
    """
    request = _waiting(session, request_id)
    request.voided_by, request.voided_as, request.voided_at = by, role, _now(session)
    request.state = "void"
    _flush(session)
    return request


def waiting(session: Session, most: int = 100) -> list[Request]:
    """List what waits for a second person, the oldest first."""
    found = select(Request).where(Request.state == WAITING).order_by(Request.id).limit(most)
    return list(session.scalars(found))


def _do(session: Session, request: Request, actor: str) -> None:
    """Approve in the database's eyes first, so that nothing is posted that it refuses."""
    request.state = "approved"
    _flush(session)
    doing = DOING.get(request.kind)
    if doing is not None:
        request.transaction_id = doing(session, request, today(session), actor)
    request.state = "approved" if request.kind == "refund" else "done"
    _flush(session)


def _checked(session: Session, request: Request, by: str, role: str) -> None:
    request.checked_by, request.checked_as, request.checked_at = by, role, _now(session)


def _now(session: Session) -> datetime:
    return session.execute(select(func.now())).scalar_one()


def _waiting(session: Session, request_id: int) -> Request:
    found = session.get(Request, request_id)
    if found is None:
        raise NotFound("known request", f"there is no request {request_id}", "Look it up.")
    if found.account_id is not None:
        charges.lock(session, _touched(found.kind, found.account_id, found.details))
    session.refresh(found, with_for_update={"key_share": True})
    if found.state != WAITING:
        message = f"request {request_id} is {found.state}"
        raise Conflict("request state", message, "Look at the request again.")
    return found


def _touched(kind: str, account_id: int, details: Mapping[str, Any]) -> set[int]:
    """Name the accounts that it changes, to be locked at once: one by one, two would wait."""
    return {account_id, int(details.get("to", 0))} if kind == "transfer" else {account_id}


def _request(session: Session, asked: Asked, key: str) -> Request:
    return Request(
        key=key,
        kind=asked.kind,
        account_id=asked.account_id,
        cents=asked.cents,
        reason=asked.reason,
        note=asked.note,
        details=_details(session, asked, key),
        made_by=asked.made_by,
        made_as=asked.made_as,
        until=asked.until,
    )


def _details(session: Session, asked: Asked, key: str) -> dict[str, Any]:
    payment = asked.details.get("payment")
    if asked.kind != "refund" or payment is None:
        return dict(asked.details)
    return {**asked.details, **refunds.details_for(session, int(payment), key)}


def _check(asked: Asked) -> None:
    refuse_numbers(note=asked.note, made_by=asked.made_by)
    reasons = read_limits().reasons.get(asked.kind, {})
    if asked.reason not in reasons:
        advice = f"Reasons are {', '.join(reasons) or 'of another kind'}."
        raise NotFound("known reason", f"{asked.reason!r} is no reason of {asked.kind}", advice)
    if reasons[asked.reason].papers and not asked.note.strip():
        advice = "Write which document you saw; keep no copy here."
        raise BadAmount("papers", f"{asked.reason} needs a note", advice)
    if asked.kind == "exception":
        whole(asked.cents)
        return
    above_zero(asked.cents)


def _the_same(before: Request, asked: Asked) -> Request:
    was = {name: getattr(before, name) for name in asdict(asked)}
    was["details"] = {name: was["details"].get(name) for name in asked.details}
    if was != asdict(asked):
        message = f"the key of request {before.id} was used for another"
        raise AnotherBody("same key, same body", message, "Use a new key for a new request.")
    return before


def _flush(session: Session) -> None:
    try:
        session.flush()
    except DBAPIError as error:
        raise refused(error) from error
