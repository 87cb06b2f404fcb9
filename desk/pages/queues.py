"""The queues and what waits in each."""

import math

from flask import abort, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from desk import allowed, here
from desk.render import page
from desk.routes import Routes
from tickets import reading
from tickets.reading import FIRST, Cursor, Listed, Page

routes = Routes()
_ID_MOST = 2**63 - 1


@routes.get("/queues", least="department")
def queues() -> ResponseReturnValue:
    """List the queues by department, one's own first, with what waits."""
    names, mine = allowed.queues(), allowed.my_queues()
    waiting = here.run(lambda db: reading.counters(db, names))
    others = [name for name in names if name not in mine]
    return page(
        "queues.html",
        room="queues",
        waiting=waiting,
        badge_most=reading.BADGE_MOST,
        mine=mine if others else [],
        groups=by_department(others or names),
    )


@routes.get("/queues/<queue>", least="department")
def one_queue(queue: str) -> ResponseReturnValue:
    """Show one queue: what waits, next first, and on its first page what is in hand."""
    if queue not in allowed.queues():
        abort(404)
    after = cursor(request.args.get("after", ""))

    def both(db: Session) -> tuple[Page, list[Listed]]:
        waiting = reading.waiting(db, [queue], after)
        return waiting, reading.held_in(db, [queue]) if after == FIRST else []

    waiting, held = here.run(both)
    city = here.ports().city
    return page(
        "queue.html",
        room="queues",
        queue=queue,
        department=city.queues[queue].department,
        waiting=waiting,
        held=held,
        first=after == FIRST,
    )


def by_department(names: list[str]) -> list[tuple[str, list[str]]]:
    """Group queues under their departments, in the city's order."""
    city = here.ports().city
    groups: dict[str, list[str]] = {}
    for name in names:
        groups.setdefault(city.queues[name].department, []).append(name)
    return list(groups.items())


def cursor(written: str) -> Cursor:
    """Read where a page begins ("rank,id"); anything else begins at the first."""
    rank, _, ticket_id = written.partition(",")
    try:
        after = Cursor(float(rank), int(ticket_id))
    except ValueError:
        return FIRST
    return after if math.isfinite(after.rank) and 0 <= after.ticket_id <= _ID_MOST else FIRST
