"""Writes down what happened to a ticket, and tells the desks that are watching."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from tickets.tables import TicketEvent

CHANNEL = "desk"
_NOTIFY = text("SELECT pg_notify(:channel, :payload)")


@dataclass(frozen=True, slots=True)
class Where:
    """Where a ticket stands, for whoever watches: `queues` and `departments` old and new."""

    ticket_id: int
    number: str
    queues: tuple[str, ...]
    departments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Happened:
    """One event: its kind (see TicketEvent), who did it (None for the line), when, and the rest."""

    kind: str
    staff_id: int | None
    at: datetime
    body: Mapping[str, Any]


def record(session: Session, where: Where, event: Happened) -> None:
    """Add the event's row, and notify the desks when this transaction commits.

    The notice carries no words of the resident's: only what changed, so that pages fetch it again.
    """
    session.add(
        TicketEvent(
            ticket_id=where.ticket_id,
            at=event.at,
            kind=event.kind,
            staff_id=event.staff_id,
            body=dict(event.body),
        )
    )
    notice = {
        "ticket": where.number,
        "queues": sorted(set(where.queues)),
        "departments": sorted(set(where.departments)),
        "kind": event.kind,
        "by": event.staff_id,
    }
    session.execute(_NOTIFY, {"channel": CHANNEL, "payload": json.dumps(notice)})
