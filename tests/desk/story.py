"""A city with something going on: tickets in every state, one with a call, notes and texts."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Protocol

from sqlalchemy.orm import Session

from db.session import Database
from ivr.tables import Call, CallTurn
from messages.tables import TextMessage
from people import staff
from people.staff import NewStaff
from tickets import changes, work
from tickets.changes import Change, To
from tickets.tables import Ticket

NOW = datetime(2026, 11, 23, 17, 30, tzinfo=UTC)
PHONE = "+18015550142"
TALK: list[tuple[dict[str, str], list[dict[str, str]]]] = [
    ({}, [{"text": "Gracias por llamar a la ciudad de Provo. ¿En qué le puedo ayudar?"}]),
    (
        {"words": "hay una fuga de agua en la calle frente a mi casa"},
        [{"text": "Quiere reportar una fuga de agua, ¿verdad? Diga sí o presione 1."}],
    ),
    ({"digits": "1"}, [{"text": "¿Dónde está la fuga?"}]),
    (
        {"words": "en la esquina de la quinientos oeste y la cien norte"},
        [{"text": "500 West y 100 North. ¿Es correcto?"}],
    ),
    ({"words": "sí"}, [{"text": "Gracias. Abrí un ticket y le enviamos el número por mensaje."}]),
]


class Told(Protocol):
    """What a story knows of an opened ticket."""

    @property
    def id(self) -> int: ...
    @property
    def address(self) -> str: ...


def tell_a_story(database: Database, opened: Callable[..., Told]) -> Told:
    """Open tickets of several queues, and one that much has happened to; gives that one."""
    for code, minutes, given in (
        ("WA-LEAK", 130, {}),
        (
            "WA-NONE",
            50,
            {
                "language": "es",
                "subject": "No hay agua",
                "details": {"address": "850 South Freedom Boulevard"},
            },
        ),
        (
            "WA-LEAK",
            20,
            {
                "caller": PHONE,
                "details": {"location": "Center Street and University Avenue, by the bus stop"},
            },
        ),
        (
            "WA-WASTE",
            600,
            {
                "subject": "Sprinklers run in the rain",
                "details": {"location": "1100 East 300 South"},
            },
        ),
    ):
        opened(code, opened_at=NOW - timedelta(minutes=minutes), rank=-1e5 - minutes, **given)
    told = opened(
        language="es",
        caller=PHONE,
        subject="Fuga de agua en la calle",
        details={"location": "500 West and 100 North"},
        call_sid=write_call(database),
    )
    database.run(lambda db: act(db, told.id))
    return told


def write_call(database: Database) -> str:
    """Write a call in Spanish; gives its sid."""
    sid = f"CA{uuid.uuid4().hex}"
    with database.transaction() as db:
        db.add(
            Call(sid=sid, caller=PHONE, called="+18015550199", flow="main", step="end", version="1")
        )
        db.flush()
        for turn, (heard, said) in enumerate(TALK):
            row = CallTurn(
                call_sid=sid,
                turn=turn,
                digest="",
                heard=heard,
                said=said,
                language="es",
                lease_until=NOW,
            )
            row.began_at = NOW - timedelta(minutes=42, seconds=-12 * turn)
            db.add(row)
    return sid


def act(db: Session, ticket_id: int) -> None:
    """Let two reps work on a ticket."""
    reps = [
        staff.create(db, NewStaff(f"rep-{uuid.uuid4().hex[:10]}", name, "rep", "none"))
        for name in ("Rep One", "Rep Two")
    ]
    number = db.get_one(Ticket, ticket_id).number
    db.add(
        TextMessage(
            key=f"test:{uuid.uuid4()}",
            phone=PHONE,
            language="es",
            body=f"Ciudad de Provo: recibimos su reporte. Su ticket es {number}.",
            ticket_id=ticket_id,
            state="delivered",
        )
    )
    at = NOW - timedelta(minutes=30)
    work.take(db, ticket_id, reps[0], at)
    changes.note(
        db,
        Change(ticket_id, 1, reps[0], at + timedelta(minutes=4)),
        "Called the resident back: the water reaches the sidewalk, no cars are in danger.",
    )
    to = To("public_works_streets", "streets")
    reason = "Please set two cones at the corner before the crew arrives."
    changes.refer(db, Change(ticket_id, 2, reps[0], at + timedelta(minutes=6)), to, reason)
    home = To("public_works_water", "water-field")
    done = "Cones are set. Back to you for the repair."
    changes.refer(db, Change(ticket_id, 3, reps[1], at + timedelta(minutes=20)), home, done)
