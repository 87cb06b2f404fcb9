"""One ticket: what was asked, how it stands, everything that happened, and what can be done."""

from flask import abort, request
from flask.typing import ResponseReturnValue

from config.check_digits import is_ticket_number
from desk import allowed, here
from desk.pages.queues import by_department
from desk.render import page
from desk.routes import Routes
from desk.timeline import timeline
from desk.understood import understood
from tickets.story import Story, story

routes = Routes()


@routes.get("/tickets/<number>", least="department")
def one_ticket(number: str) -> ResponseReturnValue:
    """Show one ticket."""
    return show(number)


def show(number: str, problem: str = "", field: str = "") -> str:
    """Render a ticket; after a refused form, with the problem and what was typed."""
    found = story_or_404(number)
    city = here.ports().city
    return page(
        "ticket.html",
        room="queues",
        ticket=found.ticket,
        story=found,
        timeline=timeline(found),
        understood=understood(found.ticket),
        referral_queues=by_department([q for q in city.queues if q != found.ticket.queue]),
        problem=problem,
        field=field,
        typed=request.form,
    )


def story_or_404(number: str) -> Story:
    """Read a ticket this person may see."""
    found = here.run(lambda db: story(db, number)) if is_ticket_number(number) else None
    if found is None or not allowed.may_see(found.ticket):
        abort(404)
    return found
