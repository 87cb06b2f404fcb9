"""How does my ticket stand? Asked by number, answered with what anybody may know."""

from typing import Literal

from sqlalchemy import select

from config.words import Both
from ivr.speaking import date_words
from ivr.verb import Tell, Turn, verb
from tickets.tables import Ticket


@verb(
    status=Tell(
        "both",
        {"en": "It is with Streets.", "es": "Lo tiene Calles."},
        only=("found",),
    ),
)
def find_the_ticket(turn: Turn) -> Literal["found", "not found"]:
    """Look a ticket up; no name, place or number of anybody is spoken."""
    number = turn.recall("ticket number")
    ticket = turn.world.database.run(
        lambda session: session.scalar(select(Ticket).where(Ticket.number == number))
    )
    if ticket is None:
        return "not found"
    turn.remember("status", status_words(turn, ticket))
    return "found"


def status_words(turn: Turn, ticket: Ticket) -> Both:
    """Say what it is about, who has it, and since when."""
    city = turn.world.city
    service = city.services[ticket.service_type].spoken
    department = city.departments[ticket.department].spoken
    opened = ticket.opened_at.astimezone(city.zone).date()
    if ticket.closed_at is not None:
        closed = ticket.closed_at.astimezone(city.zone).date()
        return Both(
            f"Your report about {service.en} was closed on {date_words(closed, 'en')}.",
            f"Su reporte sobre {service.es} se cerró el {date_words(closed, 'es')}.",
        )
    return Both(
        f"Your report about {service.en}, received on {date_words(opened, 'en')}, "
        f"is open and is with {department.en}.",
        f"Su reporte sobre {service.es}, recibido el {date_words(opened, 'es')}, "
        f"está abierto y lo tiene {department.es}.",
    )
