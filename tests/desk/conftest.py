"""A city's desk with people at it. Every page a rep opens is checked for the house rules, for free."""

import re
import uuid
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from config.check_digits import check_digit
from config.city import City, read_city
from config.settings import Settings
from db.session import Database
from desk.blueprint import make_blueprint
from desk.ports import DeskPorts
from people import passwords, staff
from people.staff import NewStaff, Role
from tests.desk.story import tell_a_story
from tickets.events import Happened, Where, record
from tickets.tables import Ticket, Work

CONFIG = Path(__file__).parents[2] / "config"
PASSWORD = "correct horse battery"
NOW = datetime(2026, 11, 23, 17, 30, tzinfo=UTC)  # a Monday, 10:30 in Provo
WORDLESS = {"hidden", "submit"}


@dataclass
class Page(HTMLParser):
    """What a page is made of, as far as the house rules look."""

    html: str
    language: str = ""
    title: str = ""
    headings: int = 0
    inline: list[str] = field(default_factory=list[str])
    labelled: set[str] = field(default_factory=set[str])
    controls: list[dict[str, str]] = field(default_factory=list[dict[str, str]])
    forms: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])

    def __post_init__(self) -> None:
        super().__init__()
        self.feed(self.html)
        found = re.search(r"<title>(.*?)</title>", self.html, re.DOTALL)
        self.title = found.group(1).strip() if found else ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "html":
            self.language = given.get("lang", "")
        self.headings += tag == "h1"
        handlers = [name for name in given if name.startswith(("on", "hx-on", "style"))]
        self.inline += handlers
        if tag == "style" or (tag == "script" and "src" not in given):
            self.inline.append(tag)
        if tag == "label":
            self.labelled.add(given.get("for", ""))
        if tag == "form":
            self.forms.append({"attributes": given, "fields": {}})
        if tag in {"input", "textarea", "select"}:
            self.controls.append(given | {"tag": tag})
            if self.forms and "name" in given:
                self.forms[-1]["fields"][given["name"]] = given.get("value", "")

    def problems(self) -> list[str]:
        """What breaks a house rule, each in a few words."""
        found = [f"inline {what}" for what in self.inline]
        found += [] if self.title else ["no title"]
        found += [] if self.language in {"en", "es"} else ["no language"]
        found += [] if self.headings == 1 else [f"{self.headings} first headings"]
        found += [f"unlabelled {c.get('name')}" for c in self.controls if not self._is_labelled(c)]
        found += [f"a form without a token: {f['attributes']}" for f in self.forms if bare(f)]
        return found

    def _is_labelled(self, control: dict[str, str]) -> bool:
        if control.get("type") in WORDLESS or control.get("id") == "single-keys":
            return True  # the latter's label is around it
        return control.get("id", "?") in self.labelled


def bare(form: Mapping[str, Any]) -> bool:
    """Tell a form that changes something and carries no token."""
    posts = form["attributes"].get("method", "get").lower() == "post"
    return posts and not form["fields"].get("csrf_token")


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

    def opens(self, address: str, **given: Any) -> Opened:
        """Open a page, following where it leads; check the house rules."""
        return self._checked(self.client.get(address, follow_redirects=True, **given))

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
        tokens = (form["fields"].get("csrf_token") for form in page.forms)
        self.token = next(filter(None, tokens), self.token)
        return Opened(response, page)


@pytest.fixture(scope="session")
def city() -> City:
    """The model city."""
    return read_city(CONFIG)


@pytest.fixture(scope="session")
def database(database_url: str) -> Generator[Database]:
    """The worker's database, as the app's role."""
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
    """The desk's clock."""
    return Clock()


@pytest.fixture
def ports(database: Database, city: City, settings: Settings, clock: Clock) -> DeskPorts:
    """What the desk is given."""
    return DeskPorts(database, city, settings, clock)


@pytest.fixture
def app(ports: DeskPorts) -> Flask:
    """An app with nothing but the desk."""
    made = Flask("desk test", static_folder=None)
    made.register_blueprint(make_blueprint(ports), url_prefix="/desk")
    return made


@pytest.fixture(scope="session")
def password_hash() -> str:
    """Hashing takes its time: once for all who are hired."""
    return passwords.hashed(PASSWORD)


Hire = Callable[..., Person]


@pytest.fixture
def hire(app: Flask, database: Database, password_hash: str) -> Hire:
    """Hire somebody; gives them with a browser of their own, not yet signed in."""

    def make(role: Role = "rep", **given: Any) -> Person:
        username = f"{role}-{uuid.uuid4().hex[:10]}"
        new = NewStaff(username, given.pop("name", f"The {role}"), role, password_hash, **given)
        staff_id = database.run(lambda db: staff.create(db, new))
        # Secure cookies go over https only.
        client = app.test_client()
        client.environ_base["wsgi.url_scheme"] = "https"
        return Person(client, username, staff_id)

    return make


@pytest.fixture
def rep(hire: Hire) -> Person:
    """A rep at work."""
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


Opens = Callable[..., OpenTicket]


@pytest.fixture
def opened(database: Database, city: City) -> Opens:
    """Open a ticket as the line does."""

    def make(code: str = "WA-LEAK", **given: Any) -> OpenTicket:
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


@pytest.fixture
def tour(database: Database, opened: Opens) -> Callable[[], list[str]]:
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
            "/desk/tickets/000000000",
        ]

    return prepare
