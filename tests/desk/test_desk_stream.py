"""Live updates as a process of their own: who hears what, and what a hundred desks cost."""

import json
import threading
import time
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from queue import Empty, Queue

import httpx
import pytest
from flask import Flask

from config.settings import Settings
from db.session import Database
from desk.blueprint import make_blueprint
from desk.hub import understood
from desk.ports import DeskPorts
from desk.seats import is_ours
from people import staff
from tests.desk.conftest import Hire, Opens, Person
from tests.desk.serving import free_port, streaming

DESKS = 100
HOME = "http://127.0.0.1:8311"
PATIENCE = 10.0
REVIEWED = 40.0


@pytest.fixture(scope="module")
def port() -> int:
    """Find a port for the stream."""
    return free_port()


@pytest.fixture(scope="module")
def home(settings: Settings) -> Settings:
    """Write the settings of a laptop's line."""
    return settings.model_copy(update={"public_url": HOME})


@pytest.fixture(scope="module", autouse=True)
def stream(home: Settings, port: int) -> Generator[None]:
    """Run the stream."""
    with streaming(home, port):
        yield


@pytest.fixture
def app(ports: DeskPorts, home: Settings) -> Flask:
    """Build a desk whose clock is the real one: the stream's is."""
    made = Flask("desk test", static_folder=None)
    made.register_blueprint(
        make_blueprint(replace(ports, settings=home, clock=partial(datetime.now, UTC)))
    )
    return made


def cookie_of(person: Person) -> dict[str, str]:
    """Sign somebody in; gives their session as a header."""
    person.client.environ_base["wsgi.url_scheme"] = "http"
    person.signs_in()
    cookie = person.client.get_cookie("cityline_desk", path="/desk")
    assert cookie is not None
    return {"Cookie": f"cityline_desk={cookie.value}"}


@contextmanager
def listening(port: int, headers: dict[str, str]) -> Generator[Queue[str]]:
    """Listen as a browser does; gives what arrives, line by line, "" at the end."""
    lines: Queue[str] = Queue()
    with httpx.stream(
        "GET", f"http://127.0.0.1:{port}/desk/stream", headers=headers, timeout=60
    ) as answer:
        assert answer.status_code == 200, answer.status_code
        reader = threading.Thread(target=read, args=(answer, lines), daemon=True)
        reader.start()
        yield lines


def read(answer: httpx.Response, lines: Queue[str]) -> None:
    """Hand on each line until the stream ends."""
    try:
        for line in answer.iter_lines():
            lines.put(line)
    except (httpx.HTTPError, httpx.StreamError):
        pass
    lines.put("end")


def heard(lines: Queue[str], wanted: str, patience: float = PATIENCE) -> bool:
    """Tell whether a line that holds these words arrives in time."""
    until = time.monotonic() + patience
    while (left := until - time.monotonic()) > 0:
        try:
            if wanted in lines.get(timeout=left):
                return True
        except Empty:
            return False
    return False


def test_a_hundred_desks_hear_of_a_ticket(hire: Hire, opened: Opens, port: int) -> None:
    headers = cookie_of(hire())
    with ExitStack() as stack, ThreadPoolExecutor(DESKS) as pool:
        desks = [stack.enter_context(listening(port, headers)) for _ in range(DESKS)]
        assert all(heard(lines, "event: ready") for lines in desks)
        ticket = opened()
        assert all(pool.map(partial(heard, wanted=ticket.number), desks))


def test_a_department_hears_of_its_own_tickets_only(hire: Hire, opened: Opens, port: int) -> None:
    water = cookie_of(hire("department", department="public_works_water"))
    streets = cookie_of(hire("department", department="public_works_streets"))
    with listening(port, water) as of_water, listening(port, streets) as of_streets:
        assert heard(of_water, "event: ready")
        assert heard(of_streets, "event: ready")
        leak = opened()
        pothole = opened(queue="streets", department="public_works_streets")
        assert heard(of_water, leak.number)
        assert heard(of_streets, pothole.number)
        assert leak.number not in "".join(list(of_streets.queue))
        assert not heard(of_water, pothole.number, patience=0.5)


def test_signing_out_ends_the_stream(hire: Hire, port: int, database: Database) -> None:
    person = hire()
    with listening(port, cookie_of(person)) as lines:
        assert heard(lines, "event: ready")
        database.run(lambda db: staff.end_sessions(db, person.staff_id))
        assert heard(lines, "end", patience=REVIEWED)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Cookie": "cityline_desk=made-up"},
        {"Cookie": "cityline_desk="},
        {"Cookie": ";;;===cityline_desk;cityline_desk=a.b.c; cityline_desk"},
    ],
)
def test_nobody_listens_without_a_session(port: int, headers: dict[str, str]) -> None:
    answer = httpx.get(f"http://127.0.0.1:{port}/desk/stream", headers=headers)
    assert answer.status_code == 401


def test_a_page_of_another_origin_gets_nothing(hire: Hire, port: int) -> None:
    stranger = cookie_of(hire()) | {"Origin": "https://elsewhere.example"}
    answer = httpx.get(f"http://127.0.0.1:{port}/desk/stream", headers=stranger)
    assert answer.status_code == 404
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize(
    ("origin", "ours"),
    [
        ("", True),
        (HOME, True),
        ("http://localhost:8311", True),
        ("http://localhost:8312", False),
        ("https://127.0.0.1:8311", False),
        ("null", False),
        ("http://127.0.0.1:8311.elsewhere.example", False),
    ],
)
def test_only_the_desks_own_pages_are_ours(origin: str, *, ours: bool) -> None:
    assert is_ours(origin, HOME) == ours


def test_a_short_notice_is_understood_like_a_long_one() -> None:
    notice = understood(json.dumps({"kind": "opened", "ticket": 7, "queue": "streets"}))
    assert (notice["queues"], notice["departments"]) == (["streets"], [])
