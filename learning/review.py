"""Proposed phrases looked at: accepted in a wording, refused, or put back; and those accepted."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import column, func, select, table, update
from sqlalchemy.orm import Session

from learning.tables import PhraseCandidate
from learning.wording import plain
from people.tables import Staff

MOST_SHOWN = 200
_TICKETS = table("tickets", column("id"), column("number"))  # of the room beside this one


@dataclass(frozen=True, slots=True)
class Proposed:
    """A phrase that waits for review, who proposed it, and the number of the ticket it is from."""

    id: int
    words: str
    language: str
    guessed: str
    intent: str
    at: datetime
    who: str
    ticket: str


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase that the next training learns."""

    intent: str
    language: str
    words: str


@dataclass(frozen=True, slots=True)
class Review:
    """Who looked at a candidate, and when."""

    candidate: int
    staff_id: int
    at: datetime


def waiting(session: Session, most: int = MOST_SHOWN) -> list[Proposed]:
    """List what waits for review, by intent, the oldest first."""
    rows = session.execute(
        select(
            PhraseCandidate.id,
            PhraseCandidate.words,
            PhraseCandidate.language,
            PhraseCandidate.guessed,
            PhraseCandidate.intent,
            PhraseCandidate.proposed_at,
            Staff.name,
            func.coalesce(_TICKETS.c.number, ""),
        )
        .join(Staff, Staff.id == PhraseCandidate.proposed_by)
        .outerjoin(_TICKETS, _TICKETS.c.id == PhraseCandidate.ticket_id)
        .where(PhraseCandidate.state == "proposed")
        .order_by(PhraseCandidate.intent, PhraseCandidate.id)
        .limit(most)
    )
    return [Proposed(*row) for row in rows]


def count_waiting(session: Session) -> int:
    """Count all that waits."""
    found = select(func.count()).where(PhraseCandidate.state == "proposed")
    return session.execute(found).scalar_one()


def accept(session: Session, review: Review, wording: str) -> bool:
    """Accept a candidate in this wording; False where none waits, or no words are left."""
    words = plain(wording)
    return bool(words) and _reviewed(session, review, "accepted", words)


def refuse(session: Session, review: Review) -> bool:
    """Refuse a candidate; False where it is not waiting."""
    return _reviewed(session, review, "refused", "")


def put_back(session: Session, candidate: int) -> bool:
    """Let a reviewed candidate wait again; False where it waits already, or is not there."""
    changed = session.execute(
        update(PhraseCandidate)
        .where(PhraseCandidate.id == candidate, PhraseCandidate.state != "proposed")
        .values(state="proposed", reviewed_by=None, reviewed_at=None, wording="")
        .returning(PhraseCandidate.id)
    )
    return changed.first() is not None


def find(session: Session, candidate: int) -> PhraseCandidate | None:
    """Find a candidate in whatever state."""
    return session.get(PhraseCandidate, candidate)


def accepted(session: Session) -> list[Phrase]:
    """List every phrase that was accepted, in an order that does not change with the review's."""
    rows = session.execute(
        select(PhraseCandidate.intent, PhraseCandidate.language, PhraseCandidate.wording)
        .where(PhraseCandidate.state == "accepted")
        .order_by(PhraseCandidate.id)
    )
    return [Phrase(*row) for row in rows]


def _reviewed(session: Session, review: Review, state: str, wording: str) -> bool:
    changed = session.execute(
        update(PhraseCandidate)
        .where(PhraseCandidate.id == review.candidate, PhraseCandidate.state == "proposed")
        .values(state=state, reviewed_by=review.staff_id, reviewed_at=review.at, wording=wording)
        .returning(PhraseCandidate.id)
    )
    return changed.first() is not None
