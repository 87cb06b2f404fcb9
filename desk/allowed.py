"""Which tickets and queues somebody may see: a department its own, everybody else all."""

from flask import abort

from config.check_digits import is_ticket_number
from desk import here
from tickets import reading
from tickets.reading import Listed


def is_department() -> bool:
    """Tell a department's user from those who answer for the whole city."""
    return here.rep().role == "department"


def may_see(ticket: Listed) -> bool:
    """Tell whether a ticket is theirs: addressed to their department, or in a queue of its."""
    if not is_department():
        return True
    mine = here.rep().department
    queue = here.ports().city.queues.get(ticket.queue)
    return ticket.department == mine or (queue is not None and queue.department == mine)


def queues() -> list[str]:
    """Every queue this person may open, in the city's order."""
    rep, all_queues = here.rep(), here.ports().city.queues
    if not is_department():
        return list(all_queues)
    return [name for name, queue in all_queues.items() if queue.department == rep.department]


def my_queues() -> list[str]:
    """List the queues this person sees first; without a choice, all they may open."""
    allowed = queues()
    chosen = [queue for queue in here.rep().queues if queue in allowed]
    return chosen or allowed


def ticket_or_404(number: str) -> Listed:
    """Find a ticket this person may see; one of another department is simply not there."""
    found = here.run(lambda db: reading.by_number(db, number)) if is_ticket_number(number) else None
    if found is None or not may_see(found):
        abort(404)
    return found
