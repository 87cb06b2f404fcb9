"""The desk in a real browser: by keyboard alone, live in two windows, for every eye."""

import os
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from config.settings import Settings
from config.words import Language
from desk.blueprint import make_blueprint
from desk.ports import DeskPorts
from tests.desk.conftest import PASSWORD, Hire, Opens, Person, Tour
from tests.desk.serving import free_port, served, streaming

pytestmark = pytest.mark.browser
SHOTS = os.environ.get("CITYLINE_SHOTS", "")  # a folder to keep pictures in, for people to look at
WIDTHS = {"wide": 1440, "middle": 1024, "narrow": 390}


@dataclass
class Desks:
    """A desk that is served, and windows on it."""

    home: str
    browser: Browser
    windows: ExitStack = field(default_factory=ExitStack)

    def window(self, **given: object) -> Page:
        """Open a window with no memory; a script that fails in it fails the test."""
        context = self.browser.new_context(base_url=self.home, **given)  # pyright: ignore[reportArgumentType]  playwright's own words
        context.set_default_timeout(10_000)
        self.windows.callback(context.close)
        page = context.new_page()
        page.on("pageerror", lambda error: pytest.fail(f"a script failed: {error}"))
        return page

    def at_work(self, person: Person, **given: object) -> Page:
        """Open a window and sign in, by keyboard."""
        page = self.window(**given)
        page.goto("/desk/work")
        expect(page.locator("#username")).to_be_focused()
        page.keyboard.type(person.username)
        page.keyboard.press("Tab")
        page.keyboard.type(PASSWORD)
        page.keyboard.press("Enter")
        expect(page).to_have_url(f"{self.home}/desk/work")
        return page


@pytest.fixture(scope="module")
def ports_free() -> tuple[int, int]:
    """Two ports: the desk's and its stream's."""
    return free_port(), free_port()


@pytest.fixture(scope="module")
def at_home(settings: Settings, ports_free: tuple[int, int]) -> Settings:
    """Write the settings of a laptop's line."""
    web, stream = (f"http://127.0.0.1:{port}" for port in ports_free)
    return settings.model_copy(update={"public_url": web, "stream_url": stream})


@pytest.fixture
def desks(ports: DeskPorts, chromium: Browser, at_home: Settings) -> Generator[Desks]:
    """Serve a desk."""
    with open_desks(replace(ports, settings=at_home), chromium) as made:
        yield made


@contextmanager
def open_desks(ports: DeskPorts, browser: Browser) -> Generator[Desks]:
    """Serve a desk on these ports, where its settings say it is."""
    app = Flask("desk test", static_folder=None)
    app.register_blueprint(make_blueprint(ports), url_prefix="/desk")
    port = urlsplit(ports.settings.public_url).port or 0
    with served(app, port) as home:
        made = Desks(home, browser)
        with made.windows:
            yield made


@pytest.fixture(scope="module")
def stream(at_home: Settings, ports_free: tuple[int, int]) -> Generator[None]:
    """Run the live updates beside it."""
    with streaming(at_home, ports_free[1]):
        yield


def focused(page: Page) -> str:
    """Tell what has the keyboard."""
    return str(page.evaluate("document.activeElement.id || document.activeElement.textContent"))


@pytest.mark.usefixtures("stream")
def test_a_ticket_is_taken_noted_and_closed_by_keyboard_alone(
    desks: Desks, hire: Hire, opened: Opens
) -> None:
    ticket = opened(queue="records", rank=-9e9)
    page = desks.at_work(hire(queues=("records",)))
    page.keyboard.press("j")
    assert "Leak at meter or street" in focused(page)
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{desks.home}{ticket.address}")
    page.keyboard.press("t")
    expect(page.get_by_text("You have this ticket.")).to_be_visible()
    page.keyboard.press("n")
    page.keyboard.type("Called back, nobody there.")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Note saved.")).to_be_visible()
    page.keyboard.press("c")
    page.keyboard.type("The crew closed the valve.")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("This ticket is closed.")).to_be_visible()
    page.keyboard.press("u")
    expect(page.get_by_text("You have this ticket.")).to_be_visible()


@pytest.mark.usefixtures("stream")
def test_a_ticket_is_referred_by_keyboard_alone(desks: Desks, hire: Hire, opened: Opens) -> None:
    ticket = opened(queue="records", rank=-8e9)
    page = desks.at_work(hire(queues=("records",)))
    page.goto(ticket.address)
    page.keyboard.press("r")
    page.keyboard.type("Str")
    page.keyboard.press("Tab")
    page.keyboard.type("It is their road.")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text(f"Ticket {ticket.number} was referred to Str")).to_be_visible()
    page.keyboard.press("g")
    page.keyboard.press("q")
    expect(page).to_have_url(f"{desks.home}/desk/queues")


@pytest.mark.usefixtures("stream")
def test_what_one_rep_does_another_sees_without_reloading(
    desks: Desks, hire: Hire, opened: Opens
) -> None:
    ticket = opened(queue="cemetery")
    first = desks.at_work(hire(name="First Rep", queues=("cemetery",)))
    second = desks.at_work(hire(name="Second Rep", queues=("cemetery",)))
    expect(second.locator("#pulse")).to_have_attribute("data-state", "on")
    row = second.locator(f'[data-number="{ticket.number}"]')
    expect(row).to_be_visible()
    first.goto(ticket.address)
    first.keyboard.press("t")
    expect(row).to_have_count(0)
    second.goto(ticket.address)
    second.locator("#note").fill("Half a thought")
    first.keyboard.press("n")
    first.keyboard.type("Crew is on its way.")
    first.keyboard.press("Control+Enter")
    expect(second.locator("#timeline + .timeline")).to_contain_text("Crew is on its way.")
    expect(second.locator("#note")).to_have_value("Half a thought")
    expect(second.locator("#announce")).to_have_text("This ticket was just updated.")
    another = opened(queue="cemetery")
    first.goto("/desk/queues/cemetery")
    second.goto("/desk/queues/cemetery")
    expect(second.locator(f'[data-number="{another.number}"]')).to_be_visible()


def test_without_a_stream_the_page_says_so_asks_by_itself_and_comes_back(
    ports: DeskPorts, settings: Settings, chromium: Browser, hire: Hire, opened: Opens
) -> None:
    web, stream = free_port(), free_port()
    addresses = {
        "public_url": f"http://127.0.0.1:{web}",
        "stream_url": f"http://127.0.0.1:{stream}",
    }
    alone = settings.model_copy(update=addresses)
    with open_desks(replace(ports, settings=alone), chromium) as desks:
        page = desks.at_work(hire(queues=("ada",)))
        paused = page.get_by_text("Live updates paused; checking every 10 seconds")
        expect(paused).to_be_visible()
        ticket = opened(queue="ada")
        row = page.locator(f'[data-number="{ticket.number}"]')
        expect(row).to_be_visible(timeout=15_000)
        with streaming(alone, stream):
            expect(page.locator("#pulse")).to_have_attribute("data-state", "on", timeout=40_000)


def test_a_draft_outlives_the_page_and_ends_when_it_is_saved(
    desks: Desks, hire: Hire, opened: Opens
) -> None:
    ticket = opened(queue="records")
    page = desks.at_work(hire())
    page.goto(ticket.address)
    page.locator("#note").fill("Not yet saved")
    page.reload()
    expect(page.locator("#note")).to_have_value("Not yet saved")
    page.get_by_role("button", name="Save note").click()
    expect(page.get_by_text("Note saved.")).to_be_visible()
    expect(page.locator("#note")).to_have_value("")


def test_letters_do_nothing_once_shortcuts_are_off(desks: Desks, hire: Hire, opened: Opens) -> None:
    ticket = opened(queue="records")
    page = desks.at_work(hire())
    page.goto(ticket.address)
    page.keyboard.press("?")
    page.get_by_label("Single-key shortcuts are on").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("t")
    page.reload()
    expect(page.get_by_text("Nobody has this ticket yet.")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "es"])
def test_no_page_stands_in_anybodys_way(
    desks: Desks, hire: Hire, tour: Tour, language: Language, scheme: str
) -> None:
    person = hire("supervisor", language=language)
    door = desks.window(color_scheme=scheme, locale=language)
    visit(door, "/desk/sign-in")
    assert door.locator("html").get_attribute("lang") == language
    assert_open_to_all(door)
    page = desks.at_work(person, color_scheme=scheme, reduced_motion="reduce")
    for address in tour():
        visit(page, address)
        if "tickets" in address:
            page.locator("details").evaluate_all("all => all.forEach(one => one.open = true)")
        keep(page, address, f"{language}-{scheme}")
        assert_open_to_all(page)


@pytest.mark.parametrize("name", WIDTHS)
def test_no_page_is_wider_than_its_window(desks: Desks, hire: Hire, tour: Tour, name: str) -> None:
    window = {"width": WIDTHS[name], "height": 900}
    door = desks.window(viewport=window)
    visit(door, "/desk/sign-in")
    keep(door, "/desk/sign-in", name)
    page = desks.at_work(hire("supervisor"), viewport=window)
    for address in tour():
        visit(page, address)
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, f"{address} is {wide} px wider than {WIDTHS[name]}"
        keep(page, address, name)


def visit(page: Page, address: str) -> None:
    """Go to a page and see that it is the one that was meant."""
    answer = page.goto(address)
    assert answer is not None
    assert answer.status == (404 if "000000000" in address else 200), address


def keep(page: Page, address: str, name: str) -> None:
    """Keep a picture, where a folder was named."""
    if SHOTS:
        file = address.removeprefix("/desk/").replace("/", "-").replace("?", "-")[:40]
        page.screenshot(path=Path(SHOTS) / f"{file}-{name}.png", full_page=True)


def assert_open_to_all(page: Page) -> None:
    """Let axe look for what stands in somebody's way (WCAG 2.2 AA and good practice)."""
    rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    axe = cast("Any", Axe())  # the package has no types
    found = axe.run(page, options={"runOnly": rules})
    assert found.response["passes"], "axe looked at nothing"
    assert found.violations_count == 0, f"{page.url}: {found.generate_report()}"
