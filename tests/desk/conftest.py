"""A city's desk with people at it. Every page that is opened is checked for the house rules."""

import uuid
from collections.abc import Callable, Generator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol, TypedDict, Unpack

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from config.check_digits import check_digit
from config.city import City, read_city
from config.settings import Settings
from config.words import Language
from db.session import Database
from desk.blueprint import make_blueprint
from desk.ports import DeskPorts
from people import passwords, staff
from people.staff import NewStaff, Role
from tests.desk.house_rules import Page
from tests.desk.story import tell_a_story
from tickets.events import Happened, Where, record
from tickets.tables import Ticket, Work

CONFIG = Path(__file__).parents[2] / "config"
PASSWORD = "correct horse battery"
NOW = datetime(2026, 11, 23, 17, 30, tzinfo=UTC)  # a Monday, 10:30 in Provo


@dataclass
class Opened:
    """A page somebody opened."""

    response: TestResponse
    page: Page

    @property
    def status(self) -> int:
        return self.response.status_code

    @property
    def html(self) -> str:
        return self.page.html


@dataclass
class Person:
    """Somebody at a desk, and the browser in front of them."""

    client: FlaskClient
    username: str
    staff_id: int
    token: str = ""

    def opens(self, address: str, query: str = "") -> Opened:
        """Open a page, following where it leads; check the house rules."""
        return self._checked(
            self.client.get(
                address, query_string={"q": query} if query else None, follow_redirects=True
            )
        )

    def sends(self, address: str, **fields: object) -> Opened:
        """Send a form with its token, following where it leads."""
        data = {"csrf_token": self.token} | {name: str(value) for name, value in fields.items()}
        return self._checked(self.client.post(address, data=data, follow_redirects=True))

    def signs_in(self, password: str = PASSWORD) -> Opened:
        """Sign in at the door."""
        self.opens("/desk/sign-in")
        return self.sends("/desk/sign-in", username=self.username, password=password)

    def _checked(self, response: TestResponse) -> Opened:
        page = Page(response.get_data(as_text=True))
        assert page.problems() == []
        assert "script-src 'self';" in response.headers["Content-Security-Policy"]
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        tokens = [str(form["fields"].get("csrf_token", "")) for form in page.forms]
        self.token = next((token for token in tokens if token), self.token)
        return Opened(response, page)


@pytest.fixture(scope="session")
def city() -> City:
    """Read the model city."""
    return read_city(CONFIG)


@pytest.fixture(scope="session")
def database(database_url: str) -> Generator[Database]:
    """Open the worker's database, as the app's role."""
    made = Database(database_url, statement_ms=20_000)
    yield made
    made.close()


@dataclass
class Clock:
    """What time it is, until a test says otherwise."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    """Give the desk a clock."""
    return Clock()


@pytest.fixture
def ports(database: Database, city: City, settings: Settings, clock: Clock) -> DeskPorts:
    """Put together what the desk is given."""
    return DeskPorts(database, city, settings, clock)


@pytest.fixture
def app(ports: DeskPorts) -> Flask:
    """Build an app with nothing but the desk."""
    made = Flask("desk test", static_folder=None)
    made.register_blueprint(make_blueprint(ports), url_prefix="/desk")
    return made


@pytest.fixture(scope="session")
def password_hash() -> str:
    """Hashing takes its time: once for all who are hired."""
    return passwords.hashed(PASSWORD)


class About(TypedDict, total=False):
    """What may be said of somebody new, beside their role."""

    language: Language
    department: str
    queues: tuple[str, ...]


class Hire(Protocol):
    """Hires somebody; gives them with a browser of their own, not yet signed in."""

    def __call__(self, role: Role = "rep", name: str = "", **given: Unpack[About]) -> Person: ...


@pytest.fixture
def hire(app: Flask, database: Database, password_hash: str) -> Hire:
    """Hire people."""

    def make(role: Role = "rep", name: str = "", **given: Unpack[About]) -> Person:
        username = f"{role}-{uuid.uuid4().hex[:10]}"
        new = NewStaff(username, name or f"The {role}", role, password_hash, **given)
        staff_id = database.run(lambda db: staff.create(db, new))
        client = app.test_client()
        client.environ_base["wsgi.url_scheme"] = "https"  # secure cookies go no other way
        return Person(client, username, staff_id)

    return make


@pytest.fixture
def rep(hire: Hire) -> Person:
    """Hire a rep and sign them in."""
    person = hire()
    person.signs_in()
    return person


@dataclass(frozen=True)
class OpenTicket:
    """What tests need to know of a ticket."""

    id: int
    number: str

    @property
    def address(self) -> str:
        return f"/desk/tickets/{self.number}"


class Opens(Protocol):
    """Opens a ticket of a service type; `given` changes columns of Ticket, and `rank`."""

    def __call__(self, code: str = "WA-LEAK", **given: object) -> OpenTicket: ...


@pytest.fixture
def opened(database: Database, city: City) -> Opens:
    """Open tickets as the line does."""

    def make(code: str = "WA-LEAK", **given: object) -> OpenTicket:
        return write_ticket(database, city, code, given)

    return make


def write_ticket(database: Database, city: City, code: str, given: dict[str, Any]) -> OpenTicket:
    """Write a ticket's rows; `given` changes columns of Ticket, and `rank`."""
    service = city.services[code]
    eight = f"{uuid.uuid4().int % 90_000_000 + 10_000_000}"
    rank = float(given.pop("rank", 0.0))
    at = given.pop("opened_at", NOW - timedelta(minutes=40))
    columns: dict[str, Any] = {
        "number": eight + check_digit(eight),
        "origin": f"test:{uuid.uuid4()}",
        "service_type": code,
        "department": service.department,
        "queue": service.queue,
        "priority": service.priority,
        "language": "en",
        "subject": "Water comes out of the ground at the meter",
        "details": {"location": "100 North 500 West"},
        "opened_at": at,
        "respond_by": at + timedelta(hours=2),
        "resolve_by": at + timedelta(days=2),
    }
    ticket = Ticket(**(columns | given))
    with database.transaction() as db:
        db.add(ticket)
        db.flush()
        db.add(Work(ticket_id=ticket.id, queue=ticket.queue, rank=rank))
        where = Where(ticket.id, ticket.number, (ticket.queue,), (ticket.department,))
        record(db, where, Happened("opened", None, at, {}))
        return OpenTicket(ticket.id, ticket.number)


Tour = Callable[[], list[str]]


@pytest.fixture
def tour(database: Database, opened: Opens) -> Tour:
    """Fill the city with tickets in every state; gives the pages worth looking at."""

    def prepare() -> list[str]:
        told = tell_a_story(database, opened)
        return [
            "/desk/work",
            "/desk/queues",
            "/desk/queues/water-field",
            told.address,
            "/desk/search?q=801-555-0142",
            "/desk/search",
            "/desk/administration",
            "/desk/learning",
            "/desk/tickets/000000000",
        ]

    return prepare
