"""Open a ticket: once per origin, with its clocks set and its place in line."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from calendars.business import add_business_days, add_business_hours
from calendars.opening import calendar_for
from config.city import City, ServiceType
from config.words import Language
from tickets.events import Happened, Where, record
from tickets.tables import Ticket, Work

# How many hours of waiting one step of priority is worth: a 2 opened now stands beside a 3
# that was opened eight hours ago, and everything moves up by waiting.
BOOST_HOURS: Final = {1: 72.0, 2: 16.0, 3: 8.0, 4: 2.0, 5: 0.0}


@dataclass(frozen=True)
class Draft:
    """A ticket about to be. `origin` names the contact it comes from: one ticket per origin.

    `queue` and `department` override the service type's own, for a call back that is meant for a
    certain department.
    """

    number: str
    origin: str
    service: ServiceType
    subject: str
    details: Mapping[str, Any]
    language: Language
    caller: str = ""
    call_sid: str | None = None
    channel: str = "phone"
    department: str | None = None
    queue: str | None = None


def open_ticket(session: Session, draft: Draft, city: City, now: datetime) -> int | None:
    """Write a ticket with its work row and first event; None where its origin has one already."""
    queue = draft.queue or draft.service.queue
    department = draft.department or draft.service.department
    ticket_id = insert_ticket(session, draft, city, now)
    if ticket_id is None:
        return None
    place = rank(draft.service.priority, now)
    session.execute(
        insert(Work).values(ticket_id=ticket_id, queue=queue, rank=place, state="waiting")
    )
    where = Where(ticket_id, draft.number, (queue,), (department,))
    opened = {"channel": draft.channel, "queue": queue}
    record(session, where, Happened("opened", None, now, opened))
    return ticket_id


def insert_ticket(session: Session, draft: Draft, city: City, now: datetime) -> int | None:
    """Write the ticket's own row; gives its id, None where its origin has one already."""
    service = draft.service
    respond_by, resolve_by = clocks(service, city, now)
    return session.execute(
        insert(Ticket)
        .values(
            number=draft.number,
            origin=draft.origin,
            service_type=service.code,
            department=draft.department or service.department,
            queue=draft.queue or service.queue,
            priority=service.priority,
            channel=draft.channel,
            language=draft.language,
            caller=draft.caller,
            call_sid=draft.call_sid,
            subject=draft.subject,
            details=dict(draft.details),
            status="open",
            opened_at=now,
            respond_by=respond_by,
            resolve_by=resolve_by,
            version=1,
        )
        .on_conflict_do_nothing(index_elements=["origin"])
        .returning(Ticket.id)
    ).scalar_one_or_none()


def clocks(service: ServiceType, city: City, now: datetime) -> tuple[datetime, datetime]:
    """Set both promises: first response and resolution, in the hours that the type keeps."""
    calendar = calendar_for(city, service.hours)
    resolve_by = add_business_days(now, service.resolve_days, calendar)
    return add_business_hours(now, service.first_response_hours, calendar), resolve_by


def rank(priority: int, now: datetime) -> float:
    """Give the place in line, lowest first: when it was opened, less what its priority is worth."""
    return now.timestamp() - BOOST_HOURS[priority] * 3600
