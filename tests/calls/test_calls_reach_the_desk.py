"""From the phone to the desk, in a real browser: a ticket is read out, seen, taken and closed."""

import threading
from collections.abc import Generator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Page, expect
from werkzeug.serving import make_server

from people.passwords import hashed
from people.staff import NewStaff, create
from tests.calls.conftest import Town

PASSWORD = "a desk for tests only"


@contextmanager
def desk_of(town: Town) -> Generator[str]:
    """Serve the application of the town on a free port; gives its address."""
    server = make_server("127.0.0.1", 0, town.flask, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join(timeout=5)
        server.server_close()


def hire(town: Town, username: str) -> None:
    person = NewStaff(username, "Demo Rep", "rep", hashed(PASSWORD))
    town.database.run(lambda session: create(session, person))


def report_a_pothole(town: Town) -> str:
    """Call, report, and give the ticket's number as the caller heard it."""
    caller = town.calling()
    caller.says("there is a big pothole on center street")
    caller.says("center street and 500 west")
    caller.says("the right lane")
    caller.hears("Your ticket number is")
    [(number,)] = town.rows("SELECT number FROM tickets")
    heard = "".join(letter for letter in caller.transcript[-2] if letter.isdigit())
    assert str(number) in heard
    return str(number)


@pytest.mark.browser
def test_a_ticket_taken_by_phone_is_seen_taken_and_closed_at_the_desk(
    town: Town, page: Page
) -> None:
    hire(town, "desk-rep")
    number = report_a_pothole(town)
    with desk_of(town) as address:
        page.goto(f"{address}/desk/")
        page.fill("input[name=username]", "desk-rep")
        page.fill("input[name=password]", PASSWORD)
        page.keyboard.press("Enter")
        page.fill("input[name=q]", number)
        page.keyboard.press("Enter")
        expect(page.locator("h1")).to_have_text("Pothole")
        expect(page.locator("main")).to_contain_text("Center Street & 500 West")
        page.get_by_text("word by word").click()
        expect(page.locator("main")).to_contain_text("there is a big pothole on center street")
        page.locator("h1").click()
        page.keyboard.press("t")
        expect(page.locator("main")).to_contain_text("You have this ticket")
    [(state, owner)] = town.rows(
        "SELECT w.state, s.username FROM ticket_work w JOIN staff s ON s.id = w.owner"
    )
    assert (state, owner) == ("held", "desk-rep")
