"""A database of this room's own: what is promised here is seen by nobody else."""

import uuid
from collections.abc import Callable, Generator

import pytest
from sqlalchemy import text

from db.session import Database
from jobs import outbox
from tests.services import Servers, on_database

Rows = Callable[..., list[tuple[object, ...]]]


@pytest.fixture(scope="session")
def jobs_url(servers: Servers, new_database: Callable[[str], str]) -> str:
    """Address the database of this room's tests."""
    return on_database(servers.database_url, new_database("jobs"))


@pytest.fixture
def database(jobs_url: str) -> Generator[Database]:
    """An outbox with nothing in it."""
    made = Database(jobs_url, statement_ms=20_000, pool=16)
    made.run(lambda db: db.execute(text("DELETE FROM outbox")))
    made.run(lambda db: db.execute(text("DELETE FROM heartbeats")))
    yield made
    made.close()


@pytest.fixture
def rows(database: Database) -> Rows:
    """Read the database."""

    def read(sql: str, **values: object) -> list[tuple[object, ...]]:
        return database.run(lambda db: [tuple(row) for row in db.execute(text(sql), values)])

    return read


@pytest.fixture
def change(database: Database) -> Callable[..., None]:
    """Change the database: let time pass for a job."""

    def write(sql: str, **values: object) -> None:
        database.run(lambda db: db.execute(text(sql), values))

    return write


@pytest.fixture
def promised(database: Database) -> Callable[..., int]:
    """Promise a job; gives its id."""

    def make(name: str = "count", **args: object) -> int:
        key = uuid.uuid4().hex
        database.run(lambda db: outbox.promise(db, name, key, args))
        sql = text("SELECT id FROM outbox WHERE key = :key")
        return int(database.run(lambda db: db.execute(sql, {"key": key}).scalar_one()))

    return make


@pytest.fixture
def servers_empty(servers: Servers) -> Generator[Database]:
    """A database that was never migrated: no table is there."""
    made = Database(on_database(servers.admin_url, "postgres"))
    yield made
    made.close()
