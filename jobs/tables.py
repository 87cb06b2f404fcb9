"""The outbox: one row for each piece of work that was promised in the commit of its cause."""

from datetime import datetime
from typing import Any

from sqlalchemy import Identity, text
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base


class Promise(Base, kw_only=True):
    """A promised job.

    promised  waits for its time, or for a free lease
    rung      RQ was told; the lease says until when we believe it
    done      the handler finished
    dead      five tries failed; `./cityline jobs` lists it and rings it again
    """

    __tablename__ = "outbox"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True, init=False)
    name: Mapped[str]
    key: Mapped[str] = mapped_column(unique=True)
    args: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(default="promised")
    attempts: Mapped[int] = mapped_column(default=0)
    promised_at: Mapped[datetime] = mapped_column(server_default=text("now()"), init=False)
    not_before: Mapped[datetime] = mapped_column(server_default=text("now()"), init=False)
    lease_until: Mapped[datetime | None] = mapped_column(default=None)
    done_at: Mapped[datetime | None] = mapped_column(default=None)
    last_error: Mapped[str | None] = mapped_column(default=None)


class Heartbeat(Base, kw_only=True):
    """When a background process last said that it is up."""

    __tablename__ = "heartbeats"

    process: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]
