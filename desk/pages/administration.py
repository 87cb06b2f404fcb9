"""The emergency-closure switch, and who changed what lately."""

from datetime import datetime

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from calendars.hours import Closure
from config.words import Both
from desk import forms, here
from desk.forms import NotFilled
from desk.render import page
from desk.routes import Routes
from people import audit
from people.audit import Recorded
from routing import closures

routes = Routes()
COMINGS_AND_GOINGS = ("signed in", "signed out")
MESSAGE_MOST = 400  # read aloud: half a minute at most


@routes.get("/administration", least="supervisor")
def show_administration() -> ResponseReturnValue:
    """Show the switch and the newest lines of the audit log."""
    return show()


@routes.post("/administration/closure", least="supervisor")
def close_city() -> ResponseReturnValue:
    """Close the city: every caller hears the message from now on."""
    message = Both(forms.words("message_en", MESSAGE_MOST), forms.words("message_es", MESSAGE_MOST))
    until, by, now = moment_or_none("until"), here.rep().username, here.now()
    here.run(lambda db: closures.set_closure(db, by, message, until, now))
    here.say(here.t("closure.is_set"), saved="closure message_en message_es")
    return redirect(url_for("desk.show_administration"), 303)


@routes.post("/administration/closure/clear", least="supervisor")
def open_city() -> ResponseReturnValue:
    """Open the city again."""
    by, now = here.rep().username, here.now()
    here.run(lambda db: closures.clear_closure(db, by, now))
    here.say(here.t("closure.is_cleared"))
    return redirect(url_for("desk.show_administration"), 303)


def moment_or_none(field: str) -> datetime | None:
    """Read a time of the city's clock, None when left empty; raises NotFilled for a past one."""
    written = request.form.get(field, "").strip()
    if not written:
        return None
    try:
        typed = datetime.fromisoformat(written)
    except ValueError:
        raise NotFilled(field, "closure.no_time") from None
    moment = typed.replace(tzinfo=here.ports().city.zone)
    if moment <= here.now():
        raise NotFilled(field, "closure.past")
    return moment


def show(problem: str = "", field: str = "") -> str:
    """Render the page; after a refused form, with the problem and what was typed."""

    def both(db: Session) -> tuple[list[Closure], list[Recorded]]:
        return closures.current(db, here.now()), audit.newest(db, leaving_out=COMINGS_AND_GOINGS)

    in_force, log = here.run(both)
    return page(
        "administration.html",
        room="administration",
        in_force=in_force,
        log=log,
        problem=problem,
        field=field,
        typed=request.form,
        most=MESSAGE_MOST,
    )
