"""Who has which ticket. One owner ever: a change counts only if it changed the row."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from tickets.errors import NotPossible, TicketGone
from tickets.events import Happened, Where, record

# Heads of each queue are read without locks, and one of them is locked: a rep who asks holds one
# row, never the heads of all their queues. Each racer holds one, so 64 per queue carry 64 racers.
_HEADS = 64
_NEXT = text(
    """
    WITH head AS MATERIALIZED (
        SELECT h.ticket_id FROM unnest(CAST(:queues AS text[])) AS q (queue)
        CROSS JOIN LATERAL (
            SELECT w.ticket_id FROM ticket_work w
            WHERE w.queue = q.queue AND w.state = 'waiting'
            ORDER BY w.rank, w.ticket_id LIMIT :heads
        ) h
    )
    SELECT w.ticket_id FROM ticket_work w
    WHERE w.ticket_id IN (SELECT ticket_id FROM head) AND w.state = 'waiting'
    ORDER BY w.rank, w.ticket_id
    LIMIT 1 FOR UPDATE OF w SKIP LOCKED
    """
)
_TAKE = text(
    "UPDATE ticket_work SET state = 'held', owner = :staff, taken_at = :now"
    " WHERE ticket_id = :ticket AND state = 'waiting' RETURNING ticket_id"
)
_GIVE_BACK = text(
    "UPDATE ticket_work SET state = 'waiting', owner = NULL, taken_at = NULL"
    " WHERE ticket_id = :ticket AND state = 'held' AND owner = :staff RETURNING ticket_id"
)
_STANDS = text(
    """
    SELECT w.state, w.owner, coalesce(s.name, '') AS owner_name, w.queue, t.number, t.department
    FROM ticket_work w JOIN tickets t ON t.id = w.ticket_id LEFT JOIN staff s ON s.id = w.owner
    WHERE w.ticket_id = :ticket
    """
)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a ticket stands in line, and who has it."""

    state: str
    owner: int | None
    owner_name: str
    queue: str
    number: str
    department: str


@dataclass(frozen=True, slots=True)
class Taken:
    """How a try to take a ticket ended: `won`, or who has it ("" when it is closed)."""

    won: bool
    owner: int | None
    owner_name: str


def take(session: Session, ticket_id: int, staff_id: int, now: datetime) -> Taken:
    """Take a waiting ticket; taking what one already has is won too. Raises TicketGone."""
    asked = {"ticket": ticket_id, "staff": staff_id, "now": now}
    changed = session.execute(_TAKE, asked).all()
    stands = standing(session, ticket_id)
    if len(changed) == 1:
        record(session, _where(ticket_id, stands), Happened("taken", staff_id, now, {}))
    return Taken(stands.owner == staff_id, stands.owner, stands.owner_name)


def give_back(session: Session, ticket_id: int, staff_id: int, now: datetime) -> None:
    """Put a ticket one holds back in line, at its old place; raises NotPossible, TicketGone."""
    changed = session.execute(_GIVE_BACK, {"ticket": ticket_id, "staff": staff_id}).all()
    stands = standing(session, ticket_id)
    if len(changed) != 1:
        raise NotPossible("held by another" if stands.owner else "not held", stands.owner_name)
    record(session, _where(ticket_id, stands), Happened("given back", staff_id, now, {}))


def next_for(session: Session, queues: Sequence[str], staff_id: int, now: datetime) -> int | None:
    """Take the ticket that has waited longest by rank in these queues; None when nothing waits.

    Whoever asks at the same moment gets the next one: nobody waits for anybody.
    """
    asked = {"queues": list(queues), "heads": _HEADS}
    ticket_id = session.execute(_NEXT, asked).scalar()
    if ticket_id is None:
        return None
    return ticket_id if take(session, ticket_id, staff_id, now).won else None


def standing(session: Session, ticket_id: int) -> Standing:
    """Tell where a ticket stands; raises TicketGone."""
    row = session.execute(_STANDS, {"ticket": ticket_id}).one_or_none()
    if row is None:
        raise TicketGone(str(ticket_id))
    return Standing(*row)


def _where(ticket_id: int, stands: Standing) -> Where:
    return Where(ticket_id, stands.number, (stands.queue,), (stands.department,))
