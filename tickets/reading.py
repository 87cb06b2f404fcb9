"""Lists of tickets: by keyset, never an offset; badges that never count it all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import TextClause, text
from sqlalchemy.orm import Session

PAGE: Final = 50
BADGE_MOST: Final = 100  # a badge shows "99+" beyond: what matters is whether there is much

_COLUMNS = """
    t.id, t.number, t.service_type, t.department, w.queue, t.priority, t.language, t.caller,
    t.subject, t.details, t.status, t.opened_at, t.respond_by, t.resolve_by, t.closed_at, t.version,
    w.state, w.owner, coalesce(s.name, '') AS owner_name, w.rank,
    EXISTS (SELECT 1 FROM ticket_events e WHERE e.ticket_id = t.id AND e.staff_id IS NOT NULL)
        AS responded
"""
_JOINS = "JOIN tickets t ON t.id = w.ticket_id LEFT JOIN staff s ON s.id = w.owner"

_WAITING = text(
    f"""
    WITH head AS MATERIALIZED (
        SELECT h.* FROM unnest(CAST(:queues AS text[])) AS q (queue)
        CROSS JOIN LATERAL (
            SELECT w.* FROM ticket_work w
            WHERE w.queue = q.queue AND w.state = 'waiting'
              AND (w.rank, w.ticket_id) > (:rank, :ticket)
            ORDER BY w.rank, w.ticket_id LIMIT :most
        ) h ORDER BY h.rank, h.ticket_id LIMIT :most
    )
    SELECT {_COLUMNS} FROM head w {_JOINS} ORDER BY w.rank, w.ticket_id
    """  # noqa: S608  the parts are constants of this module
)
_HELD = text(
    f"""
    SELECT {_COLUMNS} FROM ticket_work w {_JOINS}
    WHERE w.state = 'held' AND (CAST(:owner AS bigint) IS NULL OR w.owner = :owner)
      AND (CAST(:queues AS text[]) IS NULL OR w.queue = ANY (:queues))
    ORDER BY w.rank, w.ticket_id LIMIT :most
    """  # noqa: S608  the parts are constants of this module
)
_ONE = text(
    f"SELECT {_COLUMNS} FROM ticket_work w {_JOINS} WHERE t.number = :number"  # noqa: S608  as above
)
_OF_CALLER = text(
    f"SELECT {_COLUMNS} FROM ticket_work w {_JOINS} WHERE t.caller = :caller AND t.caller <> ''"  # noqa: S608  as above
    " ORDER BY t.opened_at DESC LIMIT :most"
)
_COUNTERS = text(
    """
    SELECT q.queue, count(h.ticket_id) AS waiting
    FROM unnest(CAST(:queues AS text[])) AS q (queue)
    LEFT JOIN LATERAL (
        SELECT w.ticket_id FROM ticket_work w
        WHERE w.queue = q.queue AND w.state = 'waiting' LIMIT :most
    ) h ON true
    GROUP BY q.queue
    """
)


class Cursor(NamedTuple):
    """Where a page ended: the next begins after it."""

    rank: float
    ticket_id: int


FIRST: Final = Cursor(float("-inf"), 0)


@dataclass(frozen=True, slots=True)
class Listed:
    """A ticket as lists and the head of its page show it.

    `responded` is true once somebody on staff has done anything with it: then the clock that
    matters is `resolve_by`, before that `respond_by`.
    """

    id: int
    number: str
    service_type: str
    department: str
    queue: str
    priority: int
    language: str
    caller: str
    subject: str
    details: dict[str, Any]
    status: str
    opened_at: datetime
    respond_by: datetime
    resolve_by: datetime
    closed_at: datetime | None
    version: int
    state: str
    owner: int | None
    owner_name: str
    rank: float
    responded: bool

    @property
    def due(self) -> datetime:
        """The clock that runs out next."""
        return self.resolve_by if self.responded else self.respond_by


@dataclass(frozen=True, slots=True)
class Page:
    """Some tickets in order; `after` begins the next page, None on the last."""

    tickets: tuple[Listed, ...]
    after: Cursor | None


def waiting(
    session: Session, queues: Sequence[str], after: Cursor = FIRST, most: int = PAGE
) -> Page:
    """List what waits in these queues, next first. One statement."""
    asked = {"queues": list(queues), "rank": after.rank, "ticket": after.ticket_id}
    found = _listed(session, _WAITING, asked | {"most": most + 1})
    shown = found[:most]
    more = Cursor(shown[-1].rank, shown[-1].id) if len(found) > most else None
    return Page(tuple(shown), more)


def held_by(session: Session, owner: int, most: int = PAGE) -> list[Listed]:
    """List what somebody has in hand, in order of rank. One statement."""
    return _listed(session, _HELD, {"owner": owner, "queues": None, "most": most})


def held_in(session: Session, queues: Sequence[str], most: int = PAGE) -> list[Listed]:
    """List what anybody has in hand of these queues. One statement."""
    return _listed(session, _HELD, {"owner": None, "queues": list(queues), "most": most})


def by_number(session: Session, number: str) -> Listed | None:
    """Find one ticket by its nine digits."""
    return next(iter(_listed(session, _ONE, {"number": number})), None)


def by_caller(session: Session, caller: str, most: int = PAGE) -> list[Listed]:
    """List the tickets of one phone (E.164), newest first."""
    return _listed(session, _OF_CALLER, {"caller": caller, "most": most})


def counters(session: Session, queues: Sequence[str]) -> dict[str, int]:
    """Count what waits in each queue, up to BADGE_MOST: the cost does not grow with the backlog."""
    rows = session.execute(_COUNTERS, {"queues": list(queues), "most": BADGE_MOST})
    return {row.queue: row.waiting for row in rows}


def _listed(session: Session, statement: TextClause, asked: Mapping[str, Any]) -> list[Listed]:
    return [Listed(*row) for row in session.execute(statement, asked)]
