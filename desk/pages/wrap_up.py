"""Whether the line understood the caller, said by the rep who holds the ticket."""

from flask import abort
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from desk import allowed, forms, here
from desk.forms import NotFilled
from desk.pages.changes import back
from desk.routes import Routes
from desk.understood import NONE_OF_THEM, Understood, intent_name, understood
from learning import wrapping_up
from learning.wrapping_up import Checked
from tickets.errors import NotPossible
from tickets.reading import Listed

routes = Routes()
RIGHT = "right"


@routes.post("/tickets/<number>/wrap-up", least="department")
def wrap_up(number: str) -> ResponseReturnValue:
    """Keep what the rep says; sent twice, it is said once."""
    ticket = held(number)
    card = card_or_404(ticket)
    checked = Checked(ticket.id, card.hearing, meant(card), here.rep().id, here.now())
    proposed = here.run(lambda db: wrapping_up.wrap_up(db, checked))
    return back(number, thanks(card, checked.intent, proposed=proposed), undo="undo_wrap_up")


@routes.post("/tickets/<number>/undo-wrap-up", least="department")
def undo_wrap_up(number: str) -> ResponseReturnValue:
    """Take it back at once."""
    ticket = held(number)

    def take_back(db: Session) -> None:
        wrapping_up.take_back(db, ticket.id)

    here.run(take_back)
    return back(number, here.t("wrap_up.taken_back"))


def held(number: str) -> Listed:
    """Find a ticket that is in this person's hands; raises NotPossible for any other."""
    ticket = allowed.ticket_or_404(number)
    if ticket.owner != here.rep().id:
        raise NotPossible("held by another" if ticket.owner else "not held", ticket.owner_name)
    return ticket


def card_or_404(ticket: Listed) -> Understood:
    """Find what there is to say something about."""
    card = understood(ticket)
    if card is None:
        abort(404)
    return card


def meant(card: Understood) -> str:
    """Read the intent that was meant: the one understood, another, or "" for none of them."""
    if forms.one_of("verdict", {RIGHT, "other"}) == RIGHT:
        return card.hearing.intent
    chosen = forms.one_of("intent", {*here.ports().city.intents, NONE_OF_THEM})
    if chosen == card.hearing.intent:
        raise NotFilled("intent", "wrap_up.the_same")
    return "" if chosen == NONE_OF_THEM else chosen


def thanks(card: Understood, intent: str, *, proposed: bool) -> str:
    """Say what comes of it."""
    if intent == card.hearing.intent:
        return here.t("wrap_up.confirmed")
    if not proposed:
        return here.t("wrap_up.noted")
    return here.t("wrap_up.proposed", intent=intent_name(intent))
