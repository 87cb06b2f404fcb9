"""The live call and the record of its turns."""

from datetime import datetime
from typing import Any

from sqlalchemy import Float, ForeignKey, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base


class Call(Base, kw_only=True):
    """The truth of a call: where it stands in which flow, and what it remembers.

    `turn` is the number of the turn we wait for; `rank` is how far the carrier's status has come
    (see ivr/status.py), so that a late callback cannot reopen a call that ended.
    """

    __tablename__ = "calls"

    sid: Mapped[str] = mapped_column(primary_key=True)
    caller: Mapped[str]
    called: Mapped[str]
    attestation: Mapped[str] = mapped_column(default="")
    language: Mapped[str] = mapped_column(default="en")
    flow: Mapped[str]
    step: Mapped[str]
    version: Mapped[str]
    memo: Mapped[dict[str, Any]] = mapped_column(default_factory=dict[str, Any])
    turn: Mapped[int] = mapped_column(default=0)
    status: Mapped[str] = mapped_column(default="in-progress")
    rank: Mapped[int] = mapped_column(default=0)
    ending: Mapped[str] = mapped_column(default="")
    started_at: Mapped[datetime] = mapped_column(server_default=text("now()"), init=False)
    ended_at: Mapped[datetime | None] = mapped_column(default=None)


class CallTurn(Base, kw_only=True):
    """One turn: what was heard, the steps it walked, and the answer, byte for byte.

    The row is inserted before the turn is thought about (`document` empty, `lease_until` set) and
    completed in the same transaction as everything the turn decided. `said` lists what was spoken,
    {language, text} each; `trail` the steps walked, [place, outcome]
    each, and where a verb noted how it came to its outcome, that as a third.
    """

    __tablename__ = "call_turns"

    call_sid: Mapped[str] = mapped_column(ForeignKey("calls.sid"), primary_key=True)
    turn: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str]
    heard: Mapped[dict[str, Any]]
    language: Mapped[str] = mapped_column(default="en")
    trail: Mapped[list[Any]] = mapped_column(default_factory=list[Any])
    said: Mapped[list[Any]] = mapped_column(default_factory=list[Any])
    document: Mapped[bytes | None] = mapped_column(LargeBinary, default=None)
    lease_until: Mapped[datetime]
    took_ms: Mapped[float | None] = mapped_column(Float, default=None)
    began_at: Mapped[datetime] = mapped_column(server_default=text("now()"), init=False)


class CallEvent(Base, kw_only=True):
    """A status callback of the carrier, kept once."""

    __tablename__ = "call_events"

    call_sid: Mapped[str] = mapped_column(primary_key=True)
    status: Mapped[str] = mapped_column(primary_key=True)
    sequence: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(server_default=text("now()"), init=False)
    body: Mapped[dict[str, Any]]
