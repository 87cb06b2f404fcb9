"""Templates: an environment of the desk's own, strict about names, escaping everything."""

from functools import cache
from pathlib import Path
from typing import Any, cast

from flask import request, url_for
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from desk import clocks, here, shown
from desk.tokens import token
from people.staff import allows

DEEDS = {
    "closure set": "log.closure_set",
    "closure cleared": "log.closure_cleared",
}
FOLDER = Path(__file__).with_name("templates")


def page(template: str, **values: object) -> str:
    """Render a page with what every page knows. Nothing but the frame's parts is global."""
    rep = here.rep_or_nobody()
    frame = {
        "language": here.language(),
        "rep": rep,
        "room": "",
        "said": here.said(),
        "is_supervisor": bool(rep) and allows(rep.role, "supervisor"),
        "query": request.args.get("q", ""),
        "city": here.ports().city.name.get(here.language()),
    }
    return environment().get_template(template).render(frame | values)


@cache
def environment() -> Environment:
    """Make the environment once: its functions look at the request when they are called."""
    made = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    cast("dict[str, Any]", made.globals).update(
        {
            "t": here.t,
            "asset": _asset,
            "address": _address,
            "csrf_token": token,
            "stream_address": stream_address,
            "here_address": _here_address,
            "deed": _deed,
            "clock": clocks.clock,
            "ago": clocks.ago,
            "moment": clocks.moment,
            "due_words": clocks.due_words,
            "service_name": shown.service_name,
            "queue_name": shown.queue_name,
            "department_name": shown.department_name,
            "language_name": shown.language_name,
            "priority_name": shown.priority_name,
            "phone": shown.phone,
            "place": shown.place,
            "told": shown.told,
        }
    )
    return made


def _asset(name: str) -> str:
    return url_for("desk.static", filename=name, v=here.desk().assets.get(name, ""))


def _address(view: str, **values: str) -> str:
    return url_for(f"desk.{view}", _external=False, **values)


def _here_address() -> str:
    """Name the page at hand, to come back to; after a form, the desk's first."""
    return request.full_path.rstrip("?") if request.method == "GET" else url_for("desk.work")


def _deed(action: str) -> str:
    """Say what a line of the audit log says; what other rooms write is shown as they wrote it."""
    return here.t(DEEDS[action]) if action in DEEDS else action


def stream_address() -> str:
    """Where the browser listens for changes, "" where there is no stream.

    A laptop's line is known by two names (localhost and its number): cookies belong to one of
    them, so the stream is named as the page was.
    """
    base = here.ports().settings.stream_url or ""
    asked = request.host.split(":")[0]
    for name in ("127.0.0.1", "localhost"):
        if asked in {"127.0.0.1", "localhost"}:
            base = base.replace(f"//{name}:", f"//{asked}:")
    return f"{base}/desk/stream" if base else ""
