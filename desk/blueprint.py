"""Puts the desk together: routes, guard, errors. Mounted at /desk."""

import hashlib
from pathlib import Path

from flask import Blueprint, abort
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue

from desk import guard, here
from desk.errors import handle_all
from desk.pages import (
    administration,
    changes,
    learning,
    queues,
    search,
    sign_in,
    ticket,
    work,
    wrap_up,
)
from desk.ports import DeskPorts
from desk.routes import Route, Routes
from desk.words import read_words

STATIC = Path(__file__).with_name("static")
last = Routes()


def all_routes() -> list[Route]:
    """Every address of the desk, for the blueprint and for whoever reviews who may do what."""
    rooms = (sign_in, work, queues, ticket, changes, wrap_up, search, learning, administration)
    return [route for room in rooms for route in room.routes.all] + last.all


def make_blueprint(desk: DeskPorts) -> Blueprint:
    """Build the desk on these ports. One app holds one desk."""
    blueprint = Blueprint("desk", __name__, url_prefix="/desk", static_folder=str(STATIC))
    made = here.Desk(desk, read_words(), hashed_assets())
    routes = {route.endpoint: route for route in all_routes()}

    def settle(state: BlueprintSetupState) -> None:
        state.app.extensions[here.EXTENSION] = made
        guard.configure(state.app)

    blueprint.record_once(settle)
    blueprint.before_request(lambda: guard.admit(routes))
    blueprint.after_request(guard.harden)
    for route in routes.values():
        blueprint.add_url_rule(route.rule, route.endpoint, route.view, methods=[route.method])
    handle_all(blueprint)
    return blueprint


@last.get("/<path:_anything>", least="department")
def no_such_page(_anything: str) -> ResponseReturnValue:
    """Whatever else is asked for under /desk is not there: said on a page of the desk."""
    abort(404)


def hashed_assets() -> dict[str, str]:
    """Name each static file's content, so that browsers keep it for a year and never too long."""
    files = (path for path in STATIC.rglob("*") if path.is_file())
    return {
        path.relative_to(STATIC).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()[:12]
        for path in files
    }
