"""Calls by the thousand, drawn from one seed, without a socket: the real line on a real database.

Residents call and do sensible and senseless things; webhooks come twice, answers get lost, status
callbacks come in disorder, workers die before and after their commits, the database is away, the
classifier does not listen, texts and their receipts are lost. After every hundred calls the jobs
are done and everything is compared: what was heard, tickets, texts, statuses, invariants.
A run replays from its seed: `./cityline soak calls --seed S --calls N`.
"""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

from flask import Flask
from sqlalchemy import func, select, text
from werkzeug.test import Client

import app
import worker
from bench.fate import DistractedEar, Fate, Killed, MortalDatabase, Postbox
from bench.residents import Resident
from config.settings import Settings
from db import verify
from db.session import Database
from devphone.caller import Caller
from devphone.network import Network
from devphone.phones import BEHAVIOURS, Phone
from devphone.signing import Signer
from devphone.wire import NO_ANSWER_IN_TIME, Answer, NoAnswer, Request
from ivr.tables import CallTurn
from ivr.verb import Ear
from jobs import outbox, work
from tickets.tables import Ticket
from webhooks.addresses import AGAIN, FALLBACK, OVERRIDES, STATUS, VOICE
from webhooks.fallback import Fallback

BEGINS: Final = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
BETWEEN_CALLS: Final = timedelta(minutes=7)  # nights, a weekend and Thanksgiving come by
BATCH: Final = 100
JOB_ROUNDS: Final = 12
CHANCE: Final = 0.03
LOST: Final = 0.15
COMPARED: Final = {
    "as many tickets as the call opened aloud": """
        SELECT c.sid FROM calls c
        WHERE (SELECT count(*) FROM tickets t WHERE t.call_sid = c.sid)
           <> (SELECT count(*) FROM call_turns t, jsonb_array_elements(t.trail) passed
               WHERE t.call_sid = c.sid AND passed ->> 1 = 'opened')""",
    "every call is over, and says so": "SELECT sid FROM calls WHERE rank <> 9",
    "every promised job is done": "SELECT id::text FROM outbox WHERE state <> 'done'",
    "every text is sent": "SELECT id::text FROM text_messages WHERE state <> 'sent'",
}

Tell = Callable[[int], None]


@dataclass
class City:
    """The line in a simulated city."""

    settings: Settings
    flask: Flask
    fallback: Client
    database: Database
    fate: Fate
    postbox: Postbox
    now: datetime = BEGINS
    kills: int = 0
    lost: float = 0.0  # of the answers to turns; a fallback's own answer arrives

    def fetch(self, request: Request) -> Answer | NoAnswer:
        """Carry a webhook to the line; fate strikes turns, and spares status callbacks."""
        parts = urlsplit(request.url)
        target = f"{parts.path}?{parts.query}" if parts.query else parts.path
        client = self.fallback if parts.path == FALLBACK else self.flask.test_client()
        if parts.query == AGAIN:
            self.leases_run_out()
        turn = parts.path.startswith(VOICE)
        self.fate.armed = turn
        try:
            response = client.open(
                target,
                method=request.method,
                data=dict(request.form),
                headers=dict(request.headers),
            )
        except Killed:
            self.kills += 1
            return NoAnswer("read", NO_ANSWER_IN_TIME, "The worker was killed.")
        finally:
            self.fate.armed = False
        if turn and self.fate.draw.random() < self.lost:
            return NoAnswer("read", NO_ANSWER_IN_TIME, "The answer was lost on its way.")
        return Answer(response.status_code, response.get_data(), dict(response.headers))

    def leases_run_out(self) -> None:
        """Let the lease on a turn end: "one moment" and the wait after it are longer than it is."""
        self.database.run(
            lambda session: session.execute(
                text("UPDATE call_turns SET lease_until = now() WHERE document IS NULL")
            )
        )


@dataclass
class Outcome:
    """What a run came to; `wrong` says all that was, and how to see it again."""

    calls: int = 0
    turns: int = 0
    tickets: int = 0
    texts: int = 0
    kills: int = 0
    struck: dict[str, int] = field(default_factory=dict[str, int])
    seconds: float = 0.0
    wrong: list[str] = field(default_factory=list[str])


def simulate(
    settings: Settings, ear: Ear, calls: int, seed: int, tell: Tell = lambda _done: None
) -> Outcome:
    """Simulate so many calls; stops at the first batch in which anything was wrong."""
    began, outcome = time.monotonic(), Outcome()
    city = found(settings, ear, random.Random(f"{seed}"))
    try:
        for number in range(calls):
            outcome.wrong += call(city, seed, number)
            outcome.calls += 1
            if outcome.calls % BATCH == 0 or outcome.calls == calls:
                outcome.wrong += compared(city)
                tell(outcome.calls)
            if outcome.wrong:
                outcome.wrong.append(f"replay: ./cityline soak calls --seed {seed} --calls {calls}")
                break
        count(city, outcome)
    finally:
        city.database.close()
        outcome.seconds = time.monotonic() - began
    return outcome


def found(settings: Settings, ear: Ear, draw: random.Random) -> City:
    """Found the city: the line, wired by app.build as always, among mortals."""
    fate = Fate(draw, CHANCE)
    mortal = MortalDatabase(settings.database_url, fate)
    clock: list[City] = []
    ports = app.Ports(mortal, DistractedEar(ear, fate), lambda: clock[0].now)
    city = City(
        settings,
        app.build(settings, ports),
        Client(Fallback(settings)),
        mortal,
        fate,
        Postbox(draw),
    )
    clock.append(city)
    return city


def call(city: City, seed: int, number: int) -> list[str]:
    """Make one call; gives what was wrong with it."""
    draw = random.Random(f"{seed}:{number}")
    network = network_for(city, draw)
    city.now += draw.random() * 2 * BETWEEN_CALLS
    caller = Caller(network, f"+180155501{draw.randrange(1, 99):02}")
    wild = draw.choice((0.0, 0.1, 0.5))
    wrong = Resident(caller, app.the_city(), draw, wild).calls(city.settings.line_number)
    wrong += [f"{one.url}: {one.sentences}" for one in network.violations]
    wrong += [f"broken: {one!r}" for one in network.broken]
    wrong += [f"answered otherwise: {one}" for one in network.faults.differences]
    return [f"call {number}: {one}" for one in wrong]


def network_for(city: City, draw: random.Random) -> Network:
    """Give a call its own network with its own bad day; a third of the days are good."""
    settings, day = city.settings, draw.choice(("good", "repeats", "losses", "deaths"))
    network = Network(
        city.fetch, account=settings.twilio_account_sid, signer=Signer(settings.twilio_auth_token)
    )
    network.add_phones(
        [Phone(settings.desk_phone or "", behaviour=draw.choice(BEHAVIOURS[2:] + BEHAVIOURS[:1]))]
    )
    network.add_line(
        settings.line_number,
        settings.public_url + VOICE + OVERRIDES,
        fallback_url=settings.public_url + FALLBACK,
        status_url=settings.public_url + STATUS,
    )
    network.faults.repeat_every_webhook = day == "repeats"
    network.faults.shuffle_status_callbacks = draw.random() < 0.5  # noqa: PLR2004  every other
    network.faults.seed = draw.randrange(1_000_000)
    city.lost = LOST if day == "losses" else 0.0
    city.fate.chance = CHANCE if day == "deaths" else 0.0
    return network


def compared(city: City) -> list[str]:
    """Do the jobs, then compare everything that must agree."""
    do_the_jobs(city)
    rules = COMPARED | {one.name: one.breaks for one in app.INVARIANTS}
    wrong: list[str] = []
    for name, breaks in rules.items():
        rows = city.database.run(
            lambda session, n=name, b=breaks: verify.broken(session, verify.Invariant(n, b))
        )
        wrong += [f"{name}: {rows}"] if rows else []
    doubled = len(city.postbox.sent) - len(set(city.postbox.sent))
    return [*wrong, f"{doubled} texts were sent twice"] if doubled else wrong


def do_the_jobs(city: City) -> None:
    """Work until nothing is due, with the pauses between tries taken out."""
    known = worker.handlers(city.settings, city.database, city.postbox)
    for _ in range(JOB_ROUNDS):
        city.database.run(
            lambda session: session.execute(
                text("UPDATE outbox SET not_before = now() WHERE state = 'promised'")
            )
        )
        dead = [one.id for one in city.database.run(outbox.dead)]
        city.database.run(lambda session, ids=dead: outbox.replay(session, ids))
        due = city.database.run(outbox.claim_due)
        for promise_id, attempt in due:
            work.perform(city.database, known, promise_id, attempt)


def count(city: City, outcome: Outcome) -> None:
    """Count what came of it all."""
    outcome.turns, outcome.tickets = city.database.run(
        lambda session: (
            session.scalar(select(func.count()).select_from(CallTurn)) or 0,
            session.scalar(select(func.count()).select_from(Ticket)) or 0,
        )
    )
    outcome.texts, outcome.kills = len(city.postbox.sent), city.kills
    outcome.struck = {str(doom): times for doom, times in city.fate.struck.items()}
