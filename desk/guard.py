"""Who comes in: the session, the role a route asks for, the form's token, and the answer's headers.

The session is a signed cookie that holds a staff id and that person's epoch: raising the epoch
ends it. Pages that a script fetches again do not count as work, so an empty desk falls asleep.
"""

import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Final
from urllib.parse import urlsplit

from flask import Response, abort, redirect, request, session, url_for
from flask.sansio.app import App
from flask.typing import ResponseReturnValue

from desk import here, render, tokens
from desk.forms import cleaned
from desk.routes import Route
from people import staff
from people.sign_in import SignedIn

IDLE: Final = timedelta(hours=8)
NOTED_EVERY: Final = timedelta(minutes=1)  # how finely idleness is measured; spares a cookie a page
COOKIE: Final = "cityline_desk"
NEXT_MOST: Final = 300


def configure(app: App) -> None:
    """Set how this app's session cookie behaves; the secret is the settings'."""
    settings = here.desk_of(app).ports.settings
    app.secret_key = settings.secret_key
    app.config |= {
        "SESSION_COOKIE_NAME": COOKIE,
        "SESSION_COOKIE_PATH": "/desk",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": settings.public_url.startswith("https://"),
        "SESSION_REFRESH_EACH_REQUEST": False,
        "PERMANENT_SESSION_LIFETIME": timedelta(days=1),  # idleness ends it long before
        "WTF_CSRF_TIME_LIMIT": None,  # the token lives as long as its session
    }


def admit(routes: Mapping[str, Route]) -> ResponseReturnValue | None:
    """Let a request through to its view, or send it to the sign-in page."""
    endpoint = (request.endpoint or "").removeprefix("desk.")
    if endpoint == "static":
        return None  # style and script, the same for everybody
    here.now()
    seat()
    if request.method == "POST":
        check_token()
    route = routes[endpoint]
    if route.public_because:
        return None
    rep = here.rep_or_nobody()
    if rep is None:
        return to_sign_in()
    if route.least is None or not staff.allows(rep.role, route.least):
        abort(403)
    return None


def seat() -> None:
    """Find who the session belongs to, if it is still good."""
    staff_id, now = session.get("staff"), here.now().timestamp()
    if not isinstance(staff_id, int):
        return
    if now - float(session.get("seen", 0)) > IDLE.total_seconds():
        return
    row = here.run(lambda db: staff.find(db, staff_id))
    if row is None or row.epoch != session.get("epoch"):
        return
    here.sit(here.seated(row))
    if not here.is_live() and now - float(session["seen"]) > NOTED_EVERY.total_seconds():
        session["seen"] = now


def check_token() -> None:
    """Refuse a form that our own page did not make."""
    if not tokens.is_good(request.form.get("csrf_token")):
        abort(400)


def begin_session(signed_in: SignedIn) -> None:
    """Start afresh: nothing from before signing in is kept, so no session can be planted."""
    session.clear()
    session.permanent = True
    session["id"] = secrets.token_urlsafe(12)
    session["staff"] = signed_in.staff_id
    session["epoch"] = signed_in.epoch
    session["seen"] = here.now().timestamp()
    session["language"] = signed_in.language


def to_sign_in() -> ResponseReturnValue:
    """Ask for a sign-in, and remember where they wanted to go."""
    wanted = request.full_path.rstrip("?") if request.method == "GET" else ""
    target = url_for("desk.sign_in_page", next=wanted or None)
    if here.is_live():
        return Response(status=204, headers={"HX-Redirect": target})
    return redirect(target, 303)


def safe_next(wanted: str) -> str:
    """Give an address of the desk to go on to; anything else is the first room."""
    parts = urlsplit(cleaned(wanted)[:NEXT_MOST])
    ours = not parts.scheme and not parts.netloc and parts.path.startswith("/desk/")
    if not ours or "\\" in wanted or parts.path.startswith("/desk/sign-"):
        return url_for("desk.work")
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def harden(response: Response) -> Response:
    """Tell the browser to run nothing and frame nothing that is not ours."""
    stream = urlsplit(render.stream_address())
    other = f" {stream.scheme}://{stream.netloc}" if stream.netloc else ""
    response.headers["Content-Security-Policy"] = (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
        f" connect-src 'self'{other}; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["X-Frame-Options"] = "DENY"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    if (request.endpoint or "") == "desk.static":
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    else:
        response.headers["Cache-Control"] = "no-store"
    return response
