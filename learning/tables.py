"""What a rep says a caller meant, a phrase proposed from it, and a training that was asked for."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Identity
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base


class WrapUp(Base, kw_only=True):
    """What the line understood on the call of a ticket, and what its owner says was meant.

    `guessed` and `intent` are ids of intents; `intent` is "" where none of them was meant.
    """

    __tablename__ = "wrap_ups"

    ticket_id: Mapped[int] = mapped_column(primary_key=True)
    call_sid: Mapped[str]
    turn: Mapped[int]
    language: Mapped[str]
    guessed: Mapped[str]
    intent: Mapped[str]
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    checked_at: Mapped[datetime]


class PhraseCandidate(Base, kw_only=True):
    """Words of a caller that may become a phrase of `intent`.

    proposed  somebody corrected the line; nobody has looked at it yet
    accepted  the next training learns `wording`, which may differ from the words heard
    refused   kept, so that the same words are not proposed again

    `words` are as `learning.wording.plain` leaves them: nobody's number or address is in them.
    """

    __tablename__ = "phrase_candidates"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True, init=False)
    words: Mapped[str]
    language: Mapped[str]
    guessed: Mapped[str]
    intent: Mapped[str]
    ticket_id: Mapped[int]
    call_sid: Mapped[str]
    turn: Mapped[int]
    proposed_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    proposed_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(default="proposed")
    reviewed_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"), default=None)
    reviewed_at: Mapped[datetime | None] = mapped_column(default=None)
    wording: Mapped[str] = mapped_column(default="")


class Training(Base, kw_only=True):
    """A training that was asked for.

    asked       promised to the worker
    training    a process learns
    measuring   it is compared with the model in service, on the evaluation sets
    in service  it passed; `model` is its name, as it is for the next two where there is one
    refused     it was worse, or could not be compared; `reasons` say how
    failed      it did not come to an end; `reasons` say what happened

    `beat_at` is when its process last wrote here.
    """

    __tablename__ = "trainings"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True, init=False)
    asked_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    asked_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(default="asked")
    beat_at: Mapped[datetime]
    ended_at: Mapped[datetime | None] = mapped_column(default=None)
    model: Mapped[str] = mapped_column(default="")
    reasons: Mapped[list[Any]] = mapped_column(default_factory=list[Any])
