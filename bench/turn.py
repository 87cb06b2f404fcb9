"""What one turn costs in process, as a ratio to a bare Flask endpoint measured in between.

bare       Flask, the SDK's signature check, constant TwiML
engine     the line's own check, form, flows and TwiML; claim and store left out, nothing classified
database   a whole turn of keys, claim and store on a real PostgreSQL included
speech     a whole turn of speech: the same, and a sentence is classified

CPU is this process's, all threads; PostgreSQL's own is not in it.
"""

import json
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus
from itertools import cycle

from flask import Flask, Response

import app
from bench import bare
from bench.ground import ground
from bench.posting import Post, new_sid, next_turn, post
from config.settings import Settings
from ivr.flows.shapes import Place
from ivr.state import Contact, Where
from ivr.turn import Walk, take_turn
from webhooks import addresses, forms
from webhooks.signature import SignatureCheck
from webhooks.twiml import document
from webhooks.voice import checked_form

ROUNDS = 400
WARM = 40
SENTENCES = (
    "there is a big pothole on center street",
    "hay una fuga de agua en mi calle",
    "when do i have to take my garbage out",
    "the street light in front of my house is out",
    "quiero hablar sobre mi factura de luz",
)

Send = Callable[[Post], bytes]


@dataclass
class Cost:
    """Microseconds of each round."""

    cpu: list[float] = field(default_factory=list[float])
    wall: list[float] = field(default_factory=list[float])

    def of(self, work: Callable[[], object]) -> None:
        """Do a piece of work and note what it cost."""
        wall, cpu = time.perf_counter_ns(), time.process_time_ns()
        work()
        self.cpu.append((time.process_time_ns() - cpu) / 1000)
        self.wall.append((time.perf_counter_ns() - wall) / 1000)


def sender(flask: Flask) -> Send:
    """Send posts to an application without a socket; anything but 200 is an error."""

    def send(one: Post) -> bytes:
        with flask.request_context(one.environ()):
            response = flask.full_dispatch_request()
        if response.status_code != HTTPStatus.OK:
            raise RuntimeError(f"{response.status}: {response.get_data()[:200]!r}")
        return response.get_data()

    return send


def engine_only(settings: Settings) -> Flask:
    """Put a turn together from the line's own parts, without claiming and storing it."""
    made = Flask("engine", static_folder=None)
    check = SignatureCheck(settings, settings.public_url)
    talk, world = app.the_conversation(), app.walking_world()
    where = Where(Place("how can I help", "ask"), "en", {})

    @made.post(addresses.VOICE)
    def turn() -> Response:
        form = checked_form(check, settings)
        sid = forms.call_sid(form)
        walk = Walk(talk, world, Contact(sid, forms.phone(form, "From")), where, 1)
        taken = take_turn(walk, forms.heard(form))
        path = addresses.turn_path(settings.secret_key, sid, 2)
        body = document(taken.reply, f"{settings.public_url}{path}{addresses.OVERRIDES}")
        return Response(body, mimetype="text/xml")

    return made


@dataclass
class Bench:
    """The four kinds, each with what prepares a round (not measured) and what is measured."""

    settings: Settings
    bare: Send
    engine: Send
    line: Send
    sentences: Iterator[str] = field(default_factory=lambda: cycle(SENTENCES))
    costs: dict[str, Cost] = field(default_factory=dict[str, Cost])

    def round(self) -> None:
        """Measure each kind once."""
        first = self.settings.public_url + addresses.VOICE
        keys = post(self.settings, first, new_sid(), Digits="1")
        self.cost("bare", lambda: self.bare(keys))
        self.cost("engine", lambda: self.engine(keys))
        self.whole("database", Digits="1")
        self.whole("speech", SpeechResult=next(self.sentences), Confidence="0.9")

    def whole(self, kind: str, **heard: str) -> None:
        """Open a call, then measure its next turn."""
        sid = new_sid()
        opening = self.line(post(self.settings, self.settings.public_url + addresses.VOICE, sid))
        turn = post(self.settings, next_turn(opening), sid, **heard)
        self.cost(kind, lambda: self.line(turn))

    def cost(self, kind: str, work: Callable[[], object]) -> None:
        self.costs.setdefault(kind, Cost()).of(work)


def measure(rounds: int = ROUNDS) -> dict[str, dict[str, float]]:
    """Measure all four in turn; gives medians in microseconds and ratios of CPU by kind."""
    with ground() as stage:
        settings = stage.settings
        ports = app.real_ports(settings)
        bench = Bench(
            settings,
            sender(bare.make(settings.public_url, settings.twilio_auth_token)),
            sender(engine_only(settings)),
            sender(app.build(settings, ports)),
        )
        for _ in range(WARM):
            bench.round()
        bench.costs.clear()
        for _ in range(rounds):
            bench.round()
        ports.database.close()
    return figures(bench.costs)


def figures(costs: dict[str, Cost]) -> dict[str, dict[str, float]]:
    """Reduce what was measured to medians."""
    plain = statistics.median(costs["bare"].cpu)
    return {
        kind: {
            "cpu_us": round(statistics.median(cost.cpu)),
            "wall_us": round(statistics.median(cost.wall)),
            "p99_wall_us": round(statistics.quantiles(cost.wall, n=100)[98]),
            "ratio": round(statistics.median(cost.cpu) / plain, 2),
        }
        for kind, cost in costs.items()
    }


def run(*, as_json: bool) -> None:
    """Measure and print."""
    found = measure()
    if as_json:
        print(json.dumps({"at": datetime.now(UTC).isoformat(), "turn": found}))
        return
    print(f"Median of {ROUNDS} rounds, microseconds; the ratio is of CPU to the bare endpoint's.")
    for kind, row in found.items():
        print(
            f"{kind:<10} cpu {row['cpu_us']:>7.0f}  wall {row['wall_us']:>7.0f}  "
            f"p99 wall {row['p99_wall_us']:>7.0f}  ratio {row['ratio']:>6.2f}"
        )
