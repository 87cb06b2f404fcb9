"""The emergency-closure switch: one row in force, heard by the next caller, and audited."""

from collections.abc import Callable, Generator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from config.words import Both
from db.session import Database
from routing.closures import clear_closure, current, set_closure

NOW = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)
STORM = Both("A storm.", "Una tormenta.")
FIRE = Both("A fire.", "Un incendio.")
HOUR = timedelta(hours=1)


@pytest.fixture
def database(fresh_database_url: str) -> Generator[Database]:
    made = Database(fresh_database_url, statement_ms=20_000)
    yield made
    made.close()


@pytest.fixture
def audited(database: Database) -> Callable[[], list[object]]:
    sql = text("SELECT action FROM audit ORDER BY id")
    return lambda: database.run(lambda db: list(db.scalars(sql)))


def close(database: Database, message: Both, until: datetime | None, at: datetime = NOW) -> None:
    database.run(lambda db: set_closure(db, "alice", message, until, at))


def heard(database: Database, at: datetime) -> list[str]:
    """List the messages in force at a moment."""
    found = database.run(lambda db: current(db, at))
    return [one.name.en for one in found if one.name and one.starts <= at]


def test_a_closure_without_an_end_lasts_until_it_is_cleared(
    database: Database, audited: Callable[[], list[object]]
) -> None:
    close(database, STORM, None)
    assert heard(database, NOW + 1000 * HOUR) == ["A storm."]
    assert database.run(lambda db: clear_closure(db, "alice", NOW + HOUR))
    assert heard(database, NOW + HOUR) == []
    assert audited() == ["closure set", "closure cleared"]


def test_a_closure_ends_by_itself_at_its_time(database: Database) -> None:
    close(database, STORM, NOW + HOUR)
    assert heard(database, NOW + HOUR - timedelta(seconds=1)) == ["A storm."]
    assert heard(database, NOW + HOUR) == []


def test_a_new_closure_takes_the_place_of_the_old(database: Database) -> None:
    close(database, STORM, None)
    close(database, FIRE, None, NOW + HOUR)
    assert heard(database, NOW + 2 * HOUR) == ["A fire."]


def test_opening_an_open_city_changes_nothing_and_is_not_audited(
    database: Database, audited: Callable[[], list[object]]
) -> None:
    assert not database.run(lambda db: clear_closure(db, "alice", NOW))
    assert audited() == []


def test_a_closure_that_is_over_needs_no_clearing(
    database: Database, audited: Callable[[], list[object]]
) -> None:
    close(database, STORM, NOW + HOUR)
    assert not database.run(lambda db: clear_closure(db, "alice", NOW + 2 * HOUR))
    assert audited() == ["closure set"]
