"""A database of this room's own, reps in it, and calls whose tickets can be wrapped up."""

import uuid
from collections.abc import Callable, Generator
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import delete

from db.session import Database
from ivr.tables import Call, CallTurn
from jobs.tables import Promise
from learning.hearing import Hearing
from learning.tables import PhraseCandidate, Training, WrapUp
from people import staff
from people.staff import NewStaff
from tests.services import Servers, on_database

NOW = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def learning_url(servers: Servers, new_database: Callable[[str], str]) -> str:
    """Address the database of this room's tests."""
    return on_database(servers.database_url, new_database("learning"))


@pytest.fixture
def database(learning_url: str) -> Generator[Database]:
    """A database in which nothing was ever learnt."""
    made = Database(learning_url, statement_ms=20_000)
    for table in (WrapUp, PhraseCandidate, Training, Promise):
        made.run(lambda db, one=table: db.execute(delete(one)))
    yield made
    made.close()


@pytest.fixture
def rep(database: Database) -> int:
    """Hire a rep; gives their id."""
    new = NewStaff(f"rep-{uuid.uuid4().hex[:12]}", "The rep", "rep", "no password")
    return database.run(lambda db: staff.create(db, new))


@pytest.fixture
def now() -> datetime:
    """Fix the moment these tests happen."""
    return NOW


Hears = Callable[..., Hearing]


@pytest.fixture
def heard() -> Hears:
    """Make what was heard on a call, without the call."""

    def make(words: str = "there is a hole in my road") -> Hearing:
        guesses = (("street light out", 0.6), ("pothole", 0.3))
        return Hearing("CA1", 1, "en", words, guesses, "street light out")

    return make


Calls = Callable[..., str]


@pytest.fixture
def call(database: Database) -> Calls:
    """Write a call with its turns, (heard, trail) each, and what it remembers; gives its sid."""

    def make(turns: list[tuple[dict[str, Any], list[Any]]], memo: dict[str, Any]) -> str:
        sid = f"CA{uuid.uuid4().hex}"
        with database.transaction() as db:
            db.add(
                Call(
                    sid=sid,
                    caller="+18015550142",
                    called="+18015550199",
                    flow="main",
                    step="end",
                    version="1",
                    memo={"memo": memo},
                )
            )
            db.flush()
            for number, (words, trail) in enumerate(turns):
                db.add(
                    CallTurn(
                        call_sid=sid,
                        turn=number,
                        digest="",
                        heard=words,
                        trail=trail,
                        language="es",
                        lease_until=NOW,
                    )
                )
        return sid

    return make
