"""Finding a ticket by its number, or by the phone somebody called from."""

import re

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from config.check_digits import is_ticket_number
from config.phones import dialled
from desk import allowed, here
from desk.forms import cleaned
from desk.render import page
from desk.routes import Routes
from tickets import reading

routes = Routes()
TICKET_DIGITS = 9
QUERY_MOST = 80


@routes.get("/search", least="department")
def search() -> ResponseReturnValue:
    """Open the ticket of a number at once; list the tickets of a phone; else say what to type."""
    query = cleaned(request.args.get("q", ""))[:QUERY_MOST]
    digits = re.sub(r"[\s.-]", "", query)
    if is_ticket_number(digits) and found_ticket(digits):
        return redirect(url_for("desk.one_ticket", number=digits), 303)
    phone = dialled(query)
    found = here.run(lambda db: reading.by_caller(db, phone)) if phone else []
    return page(
        "search.html",
        room="search",
        asked=query,
        caller=phone or "",
        found=[ticket for ticket in found if allowed.may_see(ticket)],
        mistyped=len(digits) == TICKET_DIGITS and not is_ticket_number(digits),
    )


def found_ticket(number: str) -> bool:
    """Tell whether there is such a ticket for this person."""
    ticket = here.run(lambda db: reading.by_number(db, number))
    return ticket is not None and allowed.may_see(ticket)
