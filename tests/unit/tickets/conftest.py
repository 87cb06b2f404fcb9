"""A database, reps, and tickets written directly: opening has tests of its own."""

import random
import uuid
from collections.abc import Callable, Generator
from datetime import UTC, datetime, timedelta

import pytest

from config.check_digits import check_digit
from db.session import Database
from people import staff
from people.staff import NewStaff
from tickets.tables import Ticket, Work

NOW = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def database(database_url: str) -> Generator[Database]:
    """Open the worker's database, as the app's role; slow machines wait, they do not fail."""
    made = Database(database_url, statement_ms=20_000, pool=16)
    yield made
    made.close()


@pytest.fixture
def now() -> datetime:
    """Fix the moment these tests happen."""
    return NOW


@pytest.fixture
def queue() -> str:
    """Name a queue of this test alone."""
    return f"queue-{uuid.uuid4().hex[:12]}"


@pytest.fixture
def hire(database: Database) -> Callable[[str], int]:
    """Hire a rep; gives their id."""

    def make(name: str) -> int:
        username = f"rep-{uuid.uuid4().hex[:12]}"
        new = NewStaff(username, name, "rep", "no password")
        return database.run(lambda db: staff.create(db, new))

    return make


@pytest.fixture
def opened(database: Database, queue: str) -> Callable[..., int]:
    """Open a ticket; gives its id. The lower its rank, the sooner it is next."""

    def make(rank: float = 0.0, where: str = queue, caller: str = "") -> int:
        eight = f"{random.randrange(10**7, 10**8)}"
        ticket = Ticket(
            number=eight + check_digit(eight),
            origin=f"test:{uuid.uuid4()}",
            service_type="WA-LEAK",
            department="public_works_water",
            queue=where,
            priority=3,
            language="en",
            caller=caller,
            subject="Leak at the meter",
            details={"location": "100 Main Street"},
            opened_at=NOW - timedelta(hours=1),
            respond_by=NOW + timedelta(hours=1),
            resolve_by=NOW + timedelta(days=1),
        )
        with database.transaction() as db:
            db.add(ticket)
            db.flush()
            db.add(Work(ticket_id=ticket.id, queue=where, rank=rank))
            return ticket.id

    return make
