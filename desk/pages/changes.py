"""What can be done to a ticket. Each is a form, an answer of "see other", and often an undo."""

from collections.abc import Callable

from flask import redirect, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from desk import allowed, forms, here, shown
from desk.routes import Routes
from tickets import changes, work
from tickets.changes import Change, To
from tickets.reading import Listed

routes = Routes()


@routes.post("/tickets/<number>/take", least="department")
def take(number: str) -> ResponseReturnValue:
    """Take it; whoever comes second is told who has it."""
    ticket = allowed.ticket_or_404(number)
    rep, now = here.rep(), here.now()
    taken = here.run(lambda db: work.take(db, ticket.id, rep.id, now))
    if taken.won:
        return back(number, here.t("ticket.taken"), undo="give_back")
    has_it = here.t("ticket.has_it", who=taken.owner_name) if taken.owner else here.t("no.closed")
    return back(number, has_it)


@routes.post("/tickets/<number>/give-back", least="department")
def give_back(number: str) -> ResponseReturnValue:
    """Put it back in line, at its old place."""
    ticket = allowed.ticket_or_404(number)
    rep, now = here.rep(), here.now()
    here.run(lambda db: work.give_back(db, ticket.id, rep.id, now))
    return back(number, here.t("ticket.given_back"), undo="take")


@routes.post("/tickets/<number>/note", least="department")
def note(number: str) -> ResponseReturnValue:
    """Add a note that only staff see."""
    ticket, words = allowed.ticket_or_404(number), forms.words("note")
    change(ticket, lambda db, this: changes.note(db, this, words))
    return back(number, here.t("ticket.noted"), saved="note")


@routes.post("/tickets/<number>/refer", least="department")
def refer(number: str) -> ResponseReturnValue:
    """Ask another department to take it on; a department's user lets go of it by that."""
    ticket, queues = allowed.ticket_or_404(number), here.ports().city.queues
    queue, reason = forms.one_of("queue", queues), forms.words("reason")
    to = To(queues[queue].department, queue)
    change(ticket, lambda db, this: changes.refer(db, this, to, reason))
    done = here.t("ticket.referred", number=number, queue=shown.queue_name(queue))
    if allowed.is_department() and to.department != here.rep().department:
        here.say(done, saved=f"{number} reason")
        return redirect(url_for("desk.work"), 303)
    return back(number, done, saved="reason")


@routes.post("/tickets/<number>/close", least="department")
def close(number: str) -> ResponseReturnValue:
    """Close it, saying how it ended."""
    ticket, resolution = allowed.ticket_or_404(number), forms.words("resolution")
    change(ticket, lambda db, this: changes.close(db, this, resolution))
    return back(number, here.t("ticket.closed"), undo="undo_close", saved="resolution")


@routes.post("/tickets/<number>/undo-close", least="department")
def undo_close(number: str) -> ResponseReturnValue:
    """Take back a close at once: the ticket is in one's own hand again."""
    ticket, reason = allowed.ticket_or_404(number), here.t("ticket.close_undone")
    change(ticket, lambda db, this: changes.reopen(db, this, reason, hold=True))
    return back(number, here.t("ticket.reopened"))


@routes.post("/tickets/<number>/reopen", least="department")
def reopen(number: str) -> ResponseReturnValue:
    """Open it again, at its old place in line."""
    ticket, reason = allowed.ticket_or_404(number), forms.words("reopen")
    change(ticket, lambda db, this: changes.reopen(db, this, reason))
    return back(number, here.t("ticket.reopened"), saved="reopen")


def change(ticket: Listed, do: Callable[[Session, Change], None]) -> None:
    """Change the ticket as the form saw it, in one transaction."""
    this = Change(ticket.id, forms.version(), here.rep().id, here.now())
    here.run(lambda db: do(db, this))


def back(number: str, words: str, undo: str = "", saved: str = "") -> ResponseReturnValue:
    """Go back to the ticket, saying what was done, how to undo it, and which draft is spent."""
    spent = f"{number} {saved}" if saved else ""
    here.say(words, undo, number, spent)
    return redirect(url_for("desk.one_ticket", number=number), 303)
