"""The one wiring function: settings and ports in, the web application out.

`build` makes the Flask application (calls, desk, API, health), `web` the same from the environment
for granian. What works behind the line is wired in worker.py, so that the web starts without it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Final

from flask import Flask, Response
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.middleware.proxy_fix import ProxyFix

from api.blueprint import ApiPorts
from api.blueprint import make_blueprint as make_api
from billing.core import Billing
from billing.verifying import invariants as money_holds
from common import ROOT, real_clock, the_city
from config import logs
from config.city import City
from config.errors import ConfigError
from config.settings import Settings, read_settings
from config.words import LANGUAGES, Language
from db.errors import DatabaseUnavailable
from db.migrate import newest_revision, revision_of
from db.session import Database
from desk.blueprint import DeskPorts
from desk.blueprint import make_blueprint as make_desk
from ivr.ear import TimedEar
from ivr.flows.checker import Knowledge, faults_of
from ivr.flows.reader import read_book
from ivr.flows.walk import StandInEar
from ivr.invariants import INVARIANTS as CALLS_HOLD
from ivr.listening import LISTENERS
from ivr.state import Conversation
from ivr.verb import Ear, World
from ivr.verbs import VERBS
from jobs import heartbeat
from jobs.invariants import INVARIANTS as JOBS_HOLD
from learning.invariants import INVARIANTS as LEARNING_HOLDS
from nlp.renewal import Lesson, ready
from nlp.service import InServiceUnderstander
from people.tables import Staff
from tickets.invariants import INVARIANTS as TICKETS_HOLD
from webhooks.line import Line
from webhooks.voice import make_blueprint as make_voice

PLACES_HINTED: Final = ("Center Street", "University Avenue", "Freedom Boulevard", "500 West")
INVARIANTS: Final = (
    *CALLS_HOLD,
    *TICKETS_HOLD,
    *LEARNING_HOLDS,
    *money_holds(),
    *JOBS_HOLD,
)


@dataclass(frozen=True)
class Ports:
    """What the outside is made of; tests hand in others under the same contracts."""

    database: Database
    ear: Ear
    clock: Callable[[], datetime]


def build(settings: Settings, ports: Ports) -> Flask:
    """Wire the web application; raises ConfigError where city or flows are wrong."""
    city = the_city()
    line = Line(settings, the_conversation(), world(settings, ports, city))
    desk = DeskPorts(ports.database, city, settings, ports.clock)
    flask = Flask("cityline", static_folder=None)
    flask.config.from_mapping(
        SECRET_KEY=settings.secret_key,
        MAX_CONTENT_LENGTH=256 * 1024,
        MAX_FORM_MEMORY_SIZE=256 * 1024,
        MAX_FORM_PARTS=200,
    )
    flask.register_blueprint(make_voice(line))
    flask.register_blueprint(make_desk(desk), url_prefix="/desk")
    core = Billing(ports.database, production=settings.mode == "production")
    flask.register_blueprint(make_api(ApiPorts(ports.database, core)))
    add_health(flask, ports.database)
    if settings.trusted_proxies:
        # Whose address it is, and nothing else: what was signed comes from the settings alone.
        flask.wsgi_app = ProxyFix(flask.wsgi_app, x_for=settings.trusted_proxies, x_proto=0)
    return flask


def world(settings: Settings, ports: Ports, city: City) -> World:
    """Put together what verbs may look at."""
    return World(
        city=city,
        database=ports.database,
        ear=ports.ear,
        now=ports.clock,
        desk_phone=settings.desk_phone,
        production=settings.mode == "production",
    )


def walking_world() -> World:
    """Give a world for walking the flows: nothing in it is connected to anything."""
    nowhere = Database("postgresql://nobody@127.0.0.1:1/nowhere")
    return World(the_city(), nowhere, StandInEar(), real_clock, "+18015550100")


def add_health(flask: Flask, database: Database) -> None:
    """Answer the two questions a supervisor of processes asks."""

    @flask.get("/healthz")
    def alive() -> Response:
        return Response("ok\n", mimetype="text/plain")

    @flask.get("/readyz")
    def ready() -> Response:
        try:
            missing = database.run(lambda session: list(not_ready(session)))
        except DatabaseUnavailable:
            missing = ["database"]
        words = ", ".join(missing)
        body = f"waiting for: {words}\n" if missing else "ready\n"
        return Response(body, status=503 if missing else 200, mimetype="text/plain")


def not_ready(session: Session) -> Iterator[str]:
    """Name what is still missing before calls can be taken."""
    if revision_of(session.connection()) != newest_revision():
        yield "migrations"
    elif session.scalar(select(Staff.id).limit(1)) is None:
        yield "seed"
    elif not heartbeat.is_up(session, heartbeat.WORKER):
        yield "worker"


@lru_cache(maxsize=1)
def the_conversation() -> Conversation:
    """Read and check the flows once in a process; raises ConfigError with every fault."""
    city = the_city()
    single = {
        name: listener.outcomes[0]
        for name, listener in LISTENERS.items()
        if len(listener.outcomes) == 1
    }
    book = read_book(ROOT / "config" / "flows", single)
    hints = hints_of(city)
    knowledge = Knowledge(VERBS, {name for name, _ in hints})
    faults = faults_of(book, knowledge)
    if faults:
        raise ConfigError(faults)
    return Conversation(book, knowledge, hints)


def hints_of(city: City) -> dict[tuple[str, Language], tuple[str, ...]]:
    """Collect the recogniser's hints by name: what callers ask for, and streets of the city."""
    hints: dict[tuple[str, Language], tuple[str, ...]] = {}
    for language in LANGUAGES:
        wanted = [
            hint
            for intent in city.intents.values()
            for hint in (intent.hints_en if language == "en" else intent.hints_es)[:1]
        ]
        hints["intents", language] = tuple(dict.fromkeys(wanted))
        hints["places", language] = PLACES_HINTED
    return hints


def the_ear(settings: Settings) -> Ear:
    """Load the model in service, training one first where this city's phrases were never learnt."""
    city, base = the_city(), settings.var / "nlp"
    lesson = Lesson(list(city.intents.values()), list(city.emergencies.values()))
    ready(lesson, base, real_clock())
    understander = InServiceUnderstander(
        base, today=lambda: real_clock().astimezone(city.zone).date()
    )

    def emergency(words: str) -> str | None:
        found = understander.emergencies.find(words)
        return found.rule.emergency if found and found.sure else None

    return TimedEar(understander, emergency, model=lambda: understander.name)


def real_ports(settings: Settings) -> Ports:
    """Connect to what the settings name."""
    return Ports(
        database=Database(settings.database_url),
        ear=the_ear(settings),
        clock=real_clock,
    )


def web() -> Flask:
    """Make the web application from the environment."""
    settings = read_settings()
    logs.set_up(settings.log_level)
    return build(settings, real_ports(settings))
