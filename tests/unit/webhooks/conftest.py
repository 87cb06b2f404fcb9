"""The real application on a real database, with a classifier that nobody hears."""

from collections.abc import Callable, Generator
from datetime import UTC, datetime

import pytest
from sqlalchemy import text

import app
from config.settings import Settings
from config.words import Language
from db.session import Database
from ivr.ear import NotListening
from nlp import Understanding
from tests.unit.webhooks.posting import Twilio

NOW = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)  # a Monday, ten in the morning
WRITTEN = ("calls", "call_turns", "call_events", "tickets", "outbox", "text_messages")

Rows = Callable[..., list[tuple[object, ...]]]


class DeafEar:
    """A classifier that is never there: callers go by keys."""

    def understand(self, words: str, language: Language | None) -> Understanding:
        raise NotListening(f"{words!r} {language}")

    def emergency(self, words: str) -> str | None:
        del words
        return None


@pytest.fixture(scope="session")
def database(settings: Settings) -> Generator[Database]:
    """The worker's database with, as in the web process, a connection for every thread."""
    made = Database(settings.database_url, statement_ms=20_000, pool=24)
    yield made
    made.close()


@pytest.fixture(scope="session")
def twilio(settings: Settings, database: Database) -> Twilio:
    """Twilio, with the line's application at the other end."""
    ports = app.Ports(database, DeafEar(), lambda: NOW)
    return Twilio(app.build(settings, ports), settings)


@pytest.fixture
def rows(database: Database) -> Rows:
    """Read the database."""

    def read(sql: str, **values: object) -> list[tuple[object, ...]]:
        return database.run(lambda db: [tuple(row) for row in db.execute(text(sql), values)])

    return read


@pytest.fixture
def written(rows: Rows) -> Callable[[], list[tuple[object, ...]]]:
    """Count what calls write, table by table."""
    return lambda: [row for table in WRITTEN for row in rows(f"SELECT count(*) FROM {table}")]  # noqa: S608  our own names
