"""Notes, referrals, closing and reopening. Each changes a ticket only as it was read.

The version a rep saw travels with the form; a ticket that has moved on since refuses the change
(TicketChanged) and says who did what, so that nobody's work is lost without a word.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from tickets.errors import NotPossible, TicketChanged, TicketGone
from tickets.events import Happened, Where, record
from tickets.tables import Referral
from tickets.work import standing

_LOCK = text(
    """
    SELECT t.number, t.version, t.status, t.department, t.queue, w.owner
    FROM tickets t JOIN ticket_work w ON w.ticket_id = t.id
    WHERE t.id = :ticket FOR NO KEY UPDATE OF t, w
    """
)
_NEWEST = text(
    """
    SELECT coalesce(s.name, ''), e.kind, e.at FROM ticket_events e
    LEFT JOIN staff s ON s.id = e.staff_id
    WHERE e.ticket_id = :ticket ORDER BY e.id DESC LIMIT 1
    """
)
_TURN_PAGE = text("UPDATE tickets SET version = version + 1 WHERE id = :ticket")
_MOVE = text(
    "UPDATE tickets SET version = version + 1, department = :department, queue = :queue"
    " WHERE id = :ticket"
)
_CLOSE = text(
    "UPDATE tickets SET version = version + 1, status = 'closed', resolution = :resolution,"
    " closed_at = :now WHERE id = :ticket"
)
_REOPEN = text(
    "UPDATE tickets SET version = version + 1, status = 'open', resolution = NULL,"
    " closed_at = NULL WHERE id = :ticket"
)
_WORK = text(
    "UPDATE ticket_work SET queue = :queue, state = :state, owner = :owner, taken_at = :taken_at"
    " WHERE ticket_id = :ticket"
)


@dataclass(frozen=True, slots=True)
class Change:
    """Which ticket, as which version it was read, by whom, when."""

    ticket_id: int
    version: int
    staff_id: int
    now: datetime


@dataclass(frozen=True, slots=True)
class To:
    """Where a referral goes."""

    department: str
    queue: str


@dataclass(frozen=True, slots=True)
class _Seen:
    number: str
    version: int
    status: str
    department: str
    queue: str
    owner: int | None


def note(session: Session, change: Change, words: str) -> None:
    """Add an internal note; closed tickets take notes too. Raises TicketChanged, TicketGone."""
    seen = _lock(session, change)
    session.execute(_TURN_PAGE, {"ticket": change.ticket_id})
    _record(session, change, seen, "note", words=words)


def refer(session: Session, change: Change, to: To, reason: str) -> None:
    """Hand the ticket to another queue, where it waits at its age; raises also NotPossible."""
    seen = _lock(session, change)
    _must_be(seen, "open")
    _not_held_by_another(session, seen, change)
    if to.queue == seen.queue:
        raise NotPossible("same queue")
    session.execute(
        _MOVE, {"ticket": change.ticket_id, "department": to.department, "queue": to.queue}
    )
    _set_work(session, change, to.queue, "waiting")
    session.add(
        Referral(
            ticket_id=change.ticket_id,
            from_department=seen.department,
            to_department=to.department,
            to_queue=to.queue,
            reason=reason,
            asked_by=change.staff_id,
        )
    )
    body = {"department": to.department, "queue": to.queue, "reason": reason}
    was = {"from_department": seen.department, "from_queue": seen.queue}
    where = Where(
        change.ticket_id, seen.number, (seen.queue, to.queue), (seen.department, to.department)
    )
    record(session, where, Happened("referred", change.staff_id, change.now, body | was))


def close(session: Session, change: Change, resolution: str) -> None:
    """Close the ticket, saying how it ended; raises also NotPossible."""
    seen = _lock(session, change)
    _must_be(seen, "open")
    _not_held_by_another(session, seen, change)
    session.execute(
        _CLOSE, {"ticket": change.ticket_id, "resolution": resolution, "now": change.now}
    )
    _set_work(session, change, seen.queue, "done")
    _record(session, change, seen, "closed", resolution=resolution)


def reopen(session: Session, change: Change, reason: str, *, hold: bool = False) -> None:
    """Open a closed ticket again, at its old place in line or, with `hold`, in one's own hand."""
    seen = _lock(session, change)
    _must_be(seen, "closed")
    session.execute(_REOPEN, {"ticket": change.ticket_id})
    _set_work(session, change, seen.queue, "held" if hold else "waiting")
    _record(session, change, seen, "reopened", reason=reason)


def _lock(session: Session, change: Change) -> _Seen:
    row = session.execute(_LOCK, {"ticket": change.ticket_id}).one_or_none()
    if row is None:
        raise TicketGone(str(change.ticket_id))
    seen = _Seen(*row)
    if seen.version != change.version:
        raise _changed(session, change.ticket_id, seen.version)
    return seen


def _changed(session: Session, ticket_id: int, version: int) -> TicketChanged:
    newest = session.execute(_NEWEST, {"ticket": ticket_id}).one_or_none()
    who, what, at = newest or ("", "", None)
    return TicketChanged(who, what, at, version)


def _must_be(seen: _Seen, status: str) -> None:
    if seen.status != status:
        raise NotPossible(seen.status)


def _not_held_by_another(session: Session, seen: _Seen, change: Change) -> None:
    if seen.owner not in {None, change.staff_id}:
        raise NotPossible("held by another", standing(session, change.ticket_id).owner_name)


def _set_work(session: Session, change: Change, queue: str, state: str) -> None:
    held = state == "held"
    values = {
        "ticket": change.ticket_id,
        "queue": queue,
        "state": state,
        "owner": change.staff_id if held else None,
        "taken_at": change.now if held else None,
    }
    session.execute(_WORK, values)


def _record(session: Session, change: Change, seen: _Seen, kind: str, **body: str) -> None:
    where = Where(change.ticket_id, seen.number, (seen.queue,), (seen.department,))
    record(session, where, Happened(kind, change.staff_id, change.now, body))
