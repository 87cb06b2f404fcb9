"""The one place that turns errors into pages. Whatever was typed is on the page that says no.

    404, 403          plain sentences
    400               the form's token is old: the text is kept, one press sends it again
    409, 422          the ticket changed, or a field is missing: the ticket again, the text in place
    503               the database is away: the text is kept, one press tries again
    500               a fault of ours

Nothing is caught anywhere else in the desk.
"""

from dataclasses import dataclass
from typing import Final

from flask import Blueprint, request, session
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException, NotFound

from db.errors import DatabaseUnavailable
from desk import here
from desk.forms import NotFilled
from desk.pages import administration, learning, ticket
from desk.render import page
from desk.timeline import event_words
from tickets.errors import NotPossible, TicketChanged, TicketGone

SECRETS: Final = {"csrf_token", "password"}
WHY_NOT: Final = {
    "closed": "no.closed",
    "open": "no.open",
    "not held": "no.not_held",
    "held by another": "no.held",
    "same queue": "no.same_queue",
}
MEANS: Final = {
    400: ("error.old_form.title", "error.old_form.words"),
    403: ("error.forbidden.title", "error.forbidden.words"),
}


@dataclass(frozen=True, slots=True)
class Said:
    """What an error page says."""

    status: int
    title: str
    words: str


def handle_all(blueprint: Blueprint) -> None:
    """Register every handler."""
    blueprint.register_error_handler(NotFilled, not_filled)
    blueprint.register_error_handler(TicketChanged, changed)
    blueprint.register_error_handler(NotPossible, not_possible)
    blueprint.register_error_handler(TicketGone, gone)
    blueprint.register_error_handler(DatabaseUnavailable, away)
    blueprint.register_error_handler(HTTPException, refused)


def not_filled(error: NotFilled) -> ResponseReturnValue:
    """Show the form again with what is missing."""
    return again(here.t(error.problem), 422, error.field)


def changed(error: TicketChanged) -> ResponseReturnValue:
    """Show the ticket as it is now, the text still in its form."""
    what = event_words(error.what, error.who)
    return again(here.t("error.changed", what=what), 409)


def not_possible(error: NotPossible) -> ResponseReturnValue:
    """Say why the ticket does not allow it."""
    return again(here.t(WHY_NOT[error.why], who=error.who), 409)


def gone(_error: TicketGone) -> ResponseReturnValue:
    """There is no such ticket."""
    return refused(NotFound())


def again(problem: str, status: int, field: str = "") -> ResponseReturnValue:
    """Show the room the form was in, with the problem and everything typed."""
    asked = request.view_args or {}
    if "number" in asked:
        return ticket.show(str(asked["number"]), problem=problem, field=field), status
    if "candidate" in asked:
        return learning.show(problem, field, str(asked["candidate"])), status
    return administration.show(problem=problem, field=field), status


def away(_error: DatabaseUnavailable) -> ResponseReturnValue:
    """Say so, keep what was typed, and offer to try again."""
    return show(Said(503, here.t("error.away.title"), here.t("error.away.words")))


def refused(error: HTTPException) -> ResponseReturnValue:
    """Say what an HTTP error means here."""
    status = error.code or 500
    missing = ("error.missing.title", "error.missing.words")
    ours = ("error.ours.title", "error.ours.words")
    title, words = MEANS.get(status, missing if status < 500 else ours)  # noqa: PLR2004  our fault from 500 on
    return show(Said(status, here.t(title), here.t(words)))


def show(said: Said) -> ResponseReturnValue:
    """Render an error, with what was typed in a form that sends it again."""
    typed = {
        name: value for name, value in request.form.items() if name not in SECRETS and value.strip()
    }
    again_to = request.path if request.method == "POST" and "staff" in session else ""
    return page("error.html", problem=said, typed=typed, again_to=again_to), said.status
