"""A database with the city's chart, and accounts made for one test alone."""

import itertools
import random
from collections.abc import Callable, Generator
from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from billing.accounts.numbers import numbered
from billing.ledger.chart import load_chart
from db.session import Database

RESIDENT = text("""
INSERT INTO residents (name, language, email, mailing)
VALUES ('Resident 00001', 'en', '', '') RETURNING id""")
PREMISE = text("""
INSERT INTO premises (address, zip, cycle) VALUES (:address, '84601', 1) RETURNING id""")
ACCOUNT = text("""
INSERT INTO accounts (number, resident_id, premise_id, kind, status, owner_group, paperless,
    opened_on, version)
VALUES (:number, :resident, :premise, 'residential', 'active', '', false, '2020-01-01', 1)
RETURNING id""")
SEQUENCE = itertools.count(random.SystemRandom().randrange(10**7))


@pytest.fixture(scope="session")
def database(database_url: str) -> Generator[Database]:
    """Open the worker's database, as the app's role, with the chart in it."""
    made = Database(database_url, statement_ms=60_000, pool=20)
    made.run(load_chart)
    yield made
    made.close()


@pytest.fixture
def fresh(fresh_database_url: str) -> Generator[Database]:
    """Open a database of this test alone, with the chart in it and one account."""
    made = Database(fresh_database_url, statement_ms=60_000, pool=6)
    made.run(load_chart)
    made.run(open_account)
    yield made
    made.close()


@pytest.fixture
def on() -> date:
    """Fix the day that the money of these tests counts."""
    return date(2026, 11, 23)


@pytest.fixture
def account(database: Database) -> Callable[[], int]:
    """Open an account; gives its id."""
    return lambda: database.run(open_account)


@pytest.fixture
def key() -> Callable[[str], str]:
    """Make a posting's key that no other test uses."""
    return lambda name: f"{name}:{next(SEQUENCE)}:{random.getrandbits(48)}"


def open_account(session: Session) -> int:
    """Write the rows an account stands on, plainly: opening one has tests of its own."""
    resident = session.execute(RESIDENT).scalar_one()
    where = f"{next(SEQUENCE)} Center Street {random.getrandbits(48)}"
    premise = session.execute(PREMISE, {"address": where}).scalar_one()
    number = numbered(random.randrange(9_000_000))
    given = {"number": number, "resident": resident, "premise": premise}
    return session.execute(ACCOUNT, given).scalar_one()
