"""The owner of a ticket says whether the line understood its caller; a correction is proposed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from learning.hearing import Hearing
from learning.tables import PhraseCandidate, WrapUp
from learning.wording import plain

NONE_OF_THEM: Final = ""  # the intent of a caller who wanted something that the line does not know


@dataclass(frozen=True, slots=True)
class Checked:
    """What one rep says about one ticket's call: the right `intent`, "" for none of them."""

    ticket_id: int
    hearing: Hearing
    intent: str
    staff_id: int
    at: datetime


def wrap_up(session: Session, checked: Checked) -> bool:
    """Keep what was said, in place of what was said before; True where a phrase is proposed.

    A repeat changes nothing. The words are proposed when the line was wrong about them and one of
    the intents was meant.
    """
    values = {
        "call_sid": checked.hearing.call_sid,
        "turn": checked.hearing.turn,
        "language": checked.hearing.language,
        "guessed": checked.hearing.intent,
        "intent": checked.intent,
        "staff_id": checked.staff_id,
        "checked_at": checked.at,
    }
    session.execute(
        insert(WrapUp)
        .values(ticket_id=checked.ticket_id, **values)
        .on_conflict_do_update(index_elements=["ticket_id"], set_=values)
    )
    take_back_proposal(session, checked.ticket_id, keeping=checked.intent)
    wrong = checked.intent not in {checked.hearing.intent, NONE_OF_THEM}
    return wrong and propose(session, checked)


def propose(session: Session, checked: Checked) -> bool:
    """Propose the caller's words, once; False where nothing is left of them."""
    words = plain(checked.hearing.words)
    if not words:
        return False
    session.execute(
        insert(PhraseCandidate)
        .values(
            words=words,
            language=checked.hearing.language,
            guessed=checked.hearing.intent,
            intent=checked.intent,
            ticket_id=checked.ticket_id,
            call_sid=checked.hearing.call_sid,
            turn=checked.hearing.turn,
            proposed_by=checked.staff_id,
            proposed_at=checked.at,
            state="proposed",
            wording="",
        )
        .on_conflict_do_nothing()
    )
    return True


def take_back(session: Session, ticket_id: int) -> None:
    """Forget what was said about a ticket; a phrase that was reviewed meanwhile stays reviewed."""
    session.execute(delete(WrapUp).where(WrapUp.ticket_id == ticket_id))
    take_back_proposal(session, ticket_id)


def take_back_proposal(session: Session, ticket_id: int, keeping: str = NONE_OF_THEM) -> None:
    """Drop what was proposed from this ticket for any other intent, unless it was reviewed."""
    session.execute(
        delete(PhraseCandidate)
        .where(PhraseCandidate.ticket_id == ticket_id, PhraseCandidate.state == "proposed")
        .where(PhraseCandidate.intent != keeping)
    )


def standing(session: Session, ticket_id: int) -> WrapUp | None:
    """Find what was said about a ticket."""
    return session.get(WrapUp, ticket_id)


def shares_right(session: Session) -> dict[str, tuple[int, int]]:
    """Count by language how many calls were understood, of how many that were looked at."""
    right = func.count().filter(WrapUp.guessed == WrapUp.intent)
    rows = session.execute(select(WrapUp.language, right, func.count()).group_by(WrapUp.language))
    return {language: (good, all_of_them) for language, good, all_of_them in rows}
