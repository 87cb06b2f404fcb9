"""A ticket, the narrow row that routes it, its events and its referrals."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Identity, text
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base


class Ticket(Base, kw_only=True):
    """What a resident asked for.

    open      somebody has still to answer it
    closed    answered; `resolution` says how

    `origin` names the contact that made it ("call:CA...:<step>"): a repeat of that contact finds
    the same ticket. `details` holds the typed fields of the service type, by field name.
    """

    __tablename__ = "tickets"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True, init=False)
    number: Mapped[str] = mapped_column(unique=True)
    origin: Mapped[str] = mapped_column(unique=True)
    service_type: Mapped[str]
    department: Mapped[str]
    queue: Mapped[str]
    priority: Mapped[int]
    channel: Mapped[str] = mapped_column(default="phone")
    language: Mapped[str]
    caller: Mapped[str] = mapped_column(default="")
    call_sid: Mapped[str | None] = mapped_column(default=None)
    subject: Mapped[str]
    details: Mapped[dict[str, Any]]
    status: Mapped[str] = mapped_column(default="open")
    resolution: Mapped[str | None] = mapped_column(default=None)
    opened_at: Mapped[datetime]
    respond_by: Mapped[datetime]
    resolve_by: Mapped[datetime]
    closed_at: Mapped[datetime | None] = mapped_column(default=None)
    version: Mapped[int] = mapped_column(default=1)


class Work(Base, kw_only=True):
    """Where a ticket stands in line; narrow, because this is the row that reps compete for.

    waiting   nobody has it; the lowest (rank, ticket_id) of a queue is next
    held      `owner` has it
    done      the ticket is closed

    `rank` is the opening time in epoch seconds less a boost for its priority, so it ages by itself.
    """

    __tablename__ = "ticket_work"

    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), primary_key=True)
    queue: Mapped[str]
    rank: Mapped[float]
    state: Mapped[str] = mapped_column(default="waiting")
    owner: Mapped[int | None] = mapped_column(ForeignKey("staff.id"), default=None)
    taken_at: Mapped[datetime | None] = mapped_column(default=None)


class TicketEvent(Base, kw_only=True):
    """One thing that happened to a ticket. The application may add rows, never change them.

    `kind` is opened, taken, given back, note, referred, closed, reopened or texted;
    `staff_id` is who did it, None for the line itself.
    """

    __tablename__ = "ticket_events"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True, init=False)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"))
    at: Mapped[datetime]
    kind: Mapped[str]
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"), default=None)
    body: Mapped[dict[str, Any]] = mapped_column(default_factory=dict[str, Any])


class Referral(Base, kw_only=True):
    """One department asked another to take a ticket on, and why."""

    __tablename__ = "referrals"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True, init=False)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"))
    from_department: Mapped[str]
    to_department: Mapped[str]
    to_queue: Mapped[str]
    reason: Mapped[str]
    asked_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    asked_at: Mapped[datetime] = mapped_column(server_default=text("now()"), init=False)
