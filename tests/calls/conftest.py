"""A town for call tests: the real application, a real database, the stand-in phone network."""

from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask import Flask
from sqlalchemy import text
from werkzeug.test import Client

import app
import worker
from config.settings import Settings
from db.session import Database
from devphone.caller import Caller
from devphone.network import Network
from devphone.phones import Phone
from devphone.signing import Signer
from devphone.wire import Answer, NoAnswer, Request
from ivr.verb import Ear
from jobs import outbox, work
from jobs.work import Handler
from messages.twilio_carrier import TwilioCarrier
from tests.services import Servers, on_database
from webhooks.addresses import FALLBACK, OVERRIDES, STATUS, VOICE
from webhooks.fallback import Fallback

MONDAY_MORNING = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)  # 10:00 in Provo
DESK_PHONE = "Rep's desk phone"


@dataclass
class Clock:
    """What time it is in the town."""

    now: datetime = MONDAY_MORNING

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Town:
    """The line under test with everything around it."""

    settings: Settings
    database: Database
    network: Network
    clock: Clock
    flask: Flask
    callers: list[Caller] = field(default_factory=list[Caller])

    def caller(self, number: str = "+18015550142") -> Caller:
        """Give a resident with a phone."""
        caller = Caller(self.network, number)
        self.callers.append(caller)
        return caller

    def calling(self, number: str = "+18015550142") -> Caller:
        """Give a resident who has just dialled the line."""
        caller = self.caller(number)
        caller.dials(self.settings.line_number)
        return caller

    def rows(self, sql: str, **values: object) -> list[tuple[object, ...]]:
        """Read the database as a list of tuples."""
        return self.database.run(
            lambda session: [tuple(row) for row in session.execute(text(sql), values)]
        )

    def tickets(self, caller: Caller) -> list[tuple[object, ...]]:
        """List the tickets of one caller: type, queue, details, language."""
        return self.rows(
            "SELECT service_type, queue, details, language FROM tickets"
            " WHERE caller = :caller ORDER BY id",
            caller=caller.number,
        )


@pytest.fixture(scope="session")
def line_settings(
    settings: Settings, servers: Servers, new_database: Callable[[str], str]
) -> Settings:
    """Give the calls a database of their own, which each test begins with empty."""
    name = new_database("calls")
    return settings.model_copy(
        update={
            "database_url": on_database(servers.database_url, name),
            "database_owner_url": on_database(servers.database_owner_url, name),
        }
    )


@pytest.fixture(scope="session")
def ear(settings: Settings, trained_var: Path) -> Ear:
    """Load the real classifier; it is trained once per change of the city's phrases."""
    return app.the_ear(settings.model_copy(update={"var": trained_var}))


@pytest.fixture
def town(line_settings: Settings, ear: Ear) -> Generator[Town]:
    """Open the line in a town; every document that was answered must keep to the grammar."""
    clock, settings = Clock(), line_settings
    database = Database(settings.database_url)
    clear(settings)
    flask = app.build(settings, app.Ports(database, ear, clock))
    network = Network(
        partial(fetch, flask, Client(Fallback(settings))),
        account=settings.twilio_account_sid,
        signer=Signer(settings.twilio_auth_token),
    )
    network.add_phones([Phone(settings.desk_phone or "", name=DESK_PHONE)])
    network.add_line(
        settings.line_number,
        settings.public_url + VOICE + OVERRIDES,
        fallback_url=settings.public_url + FALLBACK,
        status_url=settings.public_url + STATUS,
    )
    yield Town(settings, database, network, clock, flask)
    database.close()
    assert network.violations == []
    assert network.broken == []
    assert network.faults.differences == []


WRITTEN = (
    "call_turns",
    "call_events",
    "calls",
    "referrals",
    "ticket_work",
    "ticket_events",
    "text_messages",
    "tickets",
    "text_consents",
    "outbox",
    "closures",
    "audit",
)
APPEND_ONLY = ("ticket_events", "audit", "text_consents", "call_events")


def clear(settings: Settings) -> None:
    """Empty the tables that calls write, as their owner: each test begins with no calls."""
    owner = Database(settings.database_owner_url or settings.database_url)
    with owner.transaction() as session:
        for table in APPEND_ONLY:
            session.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER append_only"))
        for table in WRITTEN:
            session.execute(text(f"DELETE FROM {table}"))  # noqa: S608  our own names
        for table in APPEND_ONLY:
            session.execute(text(f"ALTER TABLE {table} ENABLE TRIGGER append_only"))
    owner.close()


def fetch(flask: Flask, fallback: Client, request: Request) -> Answer | NoAnswer:
    """Carry a webhook to the application, or to the fallback, without a socket."""
    parts = urlsplit(request.url)
    target = f"{parts.path}?{parts.query}" if parts.query else parts.path
    client = fallback if parts.path == FALLBACK else flask.test_client()
    response = client.open(
        target, method=request.method, data=dict(request.form), headers=dict(request.headers)
    )
    return Answer(response.status_code, response.get_data(), dict(response.headers))


Run = Callable[[], int]


@pytest.fixture
def run_jobs(town: Town) -> Run:
    """Do every promised job that is due, as the worker would; gives how many."""
    carrier = TwilioCarrier(town.settings)
    known: dict[str, Handler] = dict(worker.handlers(town.settings, town.database, carrier))

    def run() -> int:
        due = town.database.run(outbox.claim_due)
        for promise_id, attempt in due:
            work.perform(town.database, known, promise_id, attempt)
        return len(due)

    return run
