"""Shared by the tests of wrap-up and review: calls that were misunderstood, who corrects them."""

import uuid
from collections.abc import Callable, Generator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from sqlalchemy import delete

from config.settings import Settings
from db.session import Database
from desk.ports import DeskPorts
from ivr.tables import Call, CallTurn
from learning import review
from learning.tables import PhraseCandidate, Training, WrapUp
from tests.desk.conftest import NOW, Hire, Opens, OpenTicket, Person
from tests.desk.test_desk_browser import Desks, open_desks

SAID = "there is a big hole in front of my house"
Talked = Callable[..., OpenTicket]


@pytest.fixture
def ports(ports: DeskPorts, tmp_path: Path) -> DeskPorts:
    """Give each test models of its own."""
    return replace(ports, settings=ports.settings.model_copy(update={"var": tmp_path}))


@pytest.fixture
def desks(ports: DeskPorts, chromium: Browser, at_home: Settings) -> Generator[Desks]:
    """Serve a desk with these models to browsers."""
    here = at_home.model_copy(update={"var": ports.settings.var})
    with open_desks(replace(ports, settings=here), chromium) as made:
        yield made


@pytest.fixture(autouse=True)
def nothing_learnt(database: Database) -> None:
    """Begin with nothing to review."""
    for table in (WrapUp, PhraseCandidate, Training):
        database.run(lambda db, one=table: db.execute(delete(one)))


@pytest.fixture
def talked(database: Database, opened: Opens) -> Talked:
    """Open the ticket of a call that was taken for something."""

    def make(words: str = SAID, taken_for: str = "street light out") -> OpenTicket:
        memo = {
            "subject": words[:200],
            "intent": taken_for,
            "intents": [[taken_for, 0.62], ["pothole", 0.3]],
        }
        sid = f"CA{uuid.uuid4().hex}"
        with database.transaction() as db:
            row = Call(sid=sid, caller="", called="", flow="main", step="end", version="1")
            row.memo = {"memo": memo}
            db.add(row)
            db.flush()
            for turn, heard in enumerate(({}, {"words": words})):
                db.add(CallTurn(call_sid=sid, turn=turn, digest="", heard=heard, lease_until=NOW))
        return opened(call_sid=sid, subject=words[:200])

    return make


@pytest.fixture
def ticket(talked: Talked, rep: Person) -> OpenTicket:
    """Open a ticket and let the rep take it."""
    made = talked()
    rep.sends(f"{made.address}/take")
    return made


@pytest.fixture
def boss(hire: Hire) -> Person:
    """Hire a supervisor and sign them in."""
    person = hire("supervisor")
    person.signs_in()
    return person


def corrects(rep: Person, ticket: OpenTicket, intent: str = "pothole") -> str:
    """Say what it was about; gives the page that follows."""
    sent = rep.sends(f"{ticket.address}/wrap-up", verdict="other", intent=intent)
    assert sent.status == 200
    return sent.html


def candidate(database: Database) -> int:
    """Name the only phrase that waits."""
    (waiting,) = database.run(review.waiting)
    return waiting.id


@pytest.fixture
def waiting(rep: Person, ticket: OpenTicket, database: Database) -> int:
    """Let a phrase wait for review; gives its id."""
    corrects(rep, ticket)
    return candidate(database)
