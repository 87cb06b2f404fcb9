"""My work: what is in hand, and what comes next."""

from flask import redirect, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from desk import allowed, here
from desk.render import page
from desk.routes import Routes
from tickets import reading
from tickets import work as tickets_work
from tickets.reading import Listed

routes = Routes()
NEXT_UP = 12


@routes.get("/", least="department")
def first_room() -> ResponseReturnValue:
    """Go to one's work."""
    return redirect(url_for("desk.work"), 303)


@routes.get("/work", least="department")
def work() -> ResponseReturnValue:
    """Show what this person holds and the head of their queues."""
    queues = allowed.my_queues()

    def both(db: Session) -> tuple[list[Listed], reading.Page]:
        held = reading.held_by(db, here.rep().id)
        return held, reading.waiting(db, queues, most=NEXT_UP)

    held, upcoming = here.run(both)
    return page("work.html", room="work", held=held, upcoming=upcoming, queues=queues)


@routes.post("/next", least="department")
def take_next() -> ResponseReturnValue:
    """Take the ticket that has waited longest by rank, and open it."""
    queues, rep, now = allowed.my_queues(), here.rep(), here.now()

    def take(db: Session) -> str | None:
        ticket_id = tickets_work.next_for(db, queues, rep.id, now)
        return tickets_work.standing(db, ticket_id).number if ticket_id else None

    number = here.run(take)
    if number is None:
        here.say(here.t("work.nothing_waits"))
        return redirect(url_for("desk.work"), 303)
    here.say(here.t("ticket.taken"), undo="give_back", number=number)
    return redirect(url_for("desk.one_ticket", number=number), 303)
