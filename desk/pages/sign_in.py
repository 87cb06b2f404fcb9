"""Signing in and out, and the language of the pages."""

import math

from flask import redirect, request, session, url_for
from flask.typing import ResponseReturnValue

from desk import guard, here
from desk.forms import cleaned
from desk.render import page
from desk.routes import Routes
from people import audit, staff
from people.sign_in import SignedIn, TooManyTries, Try, sign_in

routes = Routes()


@routes.public("GET", "/sign-in", because="nobody is known before signing in")
def sign_in_page() -> ResponseReturnValue:
    """Show the sign-in form; whoever is signed in goes on to their work."""
    if here.rep_or_nobody():
        return redirect(guard.safe_next(request.args.get("next", "")), 303)
    session["language"] = here.language()
    return show()


@routes.public("POST", "/sign-in", because="nobody is known before signing in")
def sign_in_now() -> ResponseReturnValue:
    """Try a name and a password; the same words whichever of the two was wrong."""
    tried = Try(
        username=cleaned(request.form.get("username", "")),
        password=request.form.get("password", ""),
        address=request.remote_addr or "",
    )
    result = sign_in(here.ports().database, tried, here.now())
    if isinstance(result, SignedIn):
        guard.begin_session(result)
        return redirect(guard.safe_next(request.form.get("next", "")), 303)
    if isinstance(result, TooManyTries):
        minutes = math.ceil(result.wait.total_seconds() / 60)
        return show(here.t("sign_in.too_many", minutes=max(minutes, 1))), 429
    return show(here.t("sign_in.wrong")), 403


@routes.post("/sign-out", least="department")
def sign_out() -> ResponseReturnValue:
    """End every session of this person: a copied cookie is worth nothing afterwards."""
    rep = here.rep()
    here.run(lambda db: staff.end_sessions(db, rep.id))
    here.run(lambda db: audit.record(db, rep.username, "signed out", {}))
    session.clear()
    session["language"] = rep.language
    return redirect(url_for("desk.sign_in_page"), 303)


@routes.post("/language", least="department")
def change_language() -> ResponseReturnValue:
    """Keep the language this person wants, and show the same page in it."""
    wanted = here.known_language(request.form.get("language"))
    rep = here.rep()
    here.run(lambda db: staff.speak(db, rep.id, wanted))
    session["language"] = wanted
    return redirect(guard.safe_next(request.form.get("next", "")), 303)


def show(problem: str = "") -> str:
    """Render the form; the password is never sent back."""
    wanted = request.values.get("next", "")
    username = cleaned(request.form.get("username", ""))
    return page("sign_in.html", problem=problem, wanted=wanted, username=username)
