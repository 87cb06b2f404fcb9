"""The ticket number by text, to a caller who agrees."""

from dataclasses import replace
from functools import partial
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from ivr.verb import Turn, verb
from messages.consent import agree, consent_of
from messages.outgoing import Text, promise_text
from messages.phones import can_get_texts
from messages.templates import ticket_opened
from tickets.tables import Ticket


@verb()
def see_whether_to_text(turn: Turn) -> Literal["ask first", "agreed before", "no texts"]:
    """Ask only where a text can arrive, and only those who have not said no."""
    if not can_get_texts(turn.caller):
        return "no texts"
    agreed = turn.world.database.run(lambda session: consent_of(session, turn.caller))
    if agreed is None:
        return "ask first"
    return "agreed before" if agreed else "no texts"


@verb()
def text_the_number(turn: Turn) -> Literal["promised"]:
    """Promise the text; the consent just given is written down with it."""
    number = turn.recall("ticket number")
    body = ticket_opened(turn.language, turn.world.city, number)
    key, source = f"ticket:{number}:opened", f"call:{turn.call_sid}"
    text = Text(key=key, phone=turn.caller, language=turn.language, body=body)
    turn.will(partial(write_text, text=text, number=number, source=source))
    return "promised"


def write_text(session: Session, *, text: Text, number: str, source: str) -> None:
    """Write the consent and promise the text; runs with the turn's answer.

    The ticket is looked up here: it may have been opened by this very turn.
    """
    ticket_id = session.scalar(select(Ticket.id).where(Ticket.number == number))
    agree(session, text.phone, source)
    promise_text(session, replace(text, ticket_id=ticket_id))
