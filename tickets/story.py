"""One ticket whole: its head, and everything that happened to it in the order it happened.

Turns of the call and texts belong to other rooms, which tickets may not import: they are read
here by their columns.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from tickets import reading
from tickets.reading import Listed

_EVENTS = text(
    """
    SELECT e.at, e.kind, coalesce(s.name, ''), e.body FROM ticket_events e
    LEFT JOIN staff s ON s.id = e.staff_id WHERE e.ticket_id = :ticket ORDER BY e.id
    """
)
_TURNS = text(
    """
    SELECT c.turn, c.began_at, c.language, c.heard, c.said FROM call_turns c
    WHERE c.call_sid = (SELECT call_sid FROM tickets WHERE id = :ticket) ORDER BY c.turn
    """
)
_REFERRALS = text(
    """
    SELECT r.asked_at, r.from_department, r.to_department, r.to_queue, r.reason, s.name
    FROM referrals r JOIN staff s ON s.id = r.asked_by WHERE r.ticket_id = :ticket ORDER BY r.id
    """
)
_TEXTS = text(
    """
    SELECT m.created_at, m.phone, m.language, m.body, m.state FROM text_messages m
    WHERE m.ticket_id = :ticket ORDER BY m.id
    """
)


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened; `who` is "" for the line itself."""

    at: datetime
    kind: str
    who: str
    body: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn of the call that made the ticket: what was heard, then what was said."""

    turn: int
    at: datetime
    language: str
    heard: dict[str, Any]
    said: list[Any]


@dataclass(frozen=True, slots=True)
class Referred:
    """From whom to whom, why, and who asked."""

    at: datetime
    from_department: str
    to_department: str
    to_queue: str
    reason: str
    who: str


@dataclass(frozen=True, slots=True)
class Text:
    """A text that was sent about the ticket."""

    at: datetime
    phone: str
    language: str
    body: str
    state: str


@dataclass(frozen=True, slots=True)
class Story:
    """Everything the page of a ticket shows."""

    ticket: Listed
    events: tuple[Event, ...]
    turns: tuple[Turn, ...]
    referrals: tuple[Referred, ...]
    texts: tuple[Text, ...]


def story(session: Session, number: str) -> Story | None:
    """Read one ticket by its number, in five statements; None when there is none."""
    ticket = reading.by_number(session, number)
    if ticket is None:
        return None
    asked: Mapping[str, Any] = {"ticket": ticket.id}
    return Story(
        ticket=ticket,
        events=tuple(Event(*row) for row in session.execute(_EVENTS, asked)),
        turns=tuple(Turn(*row) for row in session.execute(_TURNS, asked)),
        referrals=tuple(Referred(*row) for row in session.execute(_REFERRALS, asked)),
        texts=tuple(Text(*row) for row in session.execute(_TEXTS, asked)),
    )
