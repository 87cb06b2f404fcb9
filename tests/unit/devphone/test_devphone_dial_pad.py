"""The dial pad in a real browser: a call made by hand, by keyboard, in both languages."""

import os
from collections.abc import Generator
from typing import Any, cast

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

from tests.unit.devphone.running import Process

pytestmark = pytest.mark.browser

WIDTHS = [390, 1440]
# Elements that have words of their own, and have them still in English.
ENGLISH_LEFT = """async () => {
  const words = await import("/static/words.js");
  words.speakPage("en");
  const all = [...document.querySelectorAll("[data-text]")].map((one) => [one, one.textContent]);
  words.speakPage("es");
  return all.filter(([one, english]) => one.textContent === english).map(([, english]) => english);
}"""


@pytest.fixture
def pad(chromium: Browser, devphone: Process) -> Generator[Page]:
    """Open a fresh page; anything on its console, a broken policy for one, fails the test."""
    page = chromium.new_page(viewport={"width": 1440, "height": 1000}, locale="en-US")
    complaints: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            complaints.append(message.text)

    page.on("console", listen)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(devphone.url)
    yield page
    page.close()
    assert complaints == []


def test_a_call_is_made_heard_answered_and_shown(pad: Page) -> None:
    pad.get_by_role("button", name="Call", exact=True).click()
    expect(pad.locator("#talk")).to_contain_text("How can I help?")
    expect(pad.locator("#hearing")).to_have_text("The line listens for keys and words")
    pad.get_by_label("What to say").fill("there is a pothole")
    pad.get_by_role("button", name="Say it").click()
    expect(pad.locator("#talk")).to_contain_text("there is a pothole")
    expect(pad.locator("#talk")).to_contain_text("Put through to Rep's desk phone")
    expect(pad.locator("#machines > li")).to_have_count(2)
    pad.locator("#machines summary").first.click()
    expect(pad.locator("#machines pre").first).to_contain_text("<Dial")
    pad.get_by_role("button", name="Hang up").click()
    expect(pad.locator("#state")).to_have_text("The call is over")


def test_keys_are_pressed_on_the_keyboard(pad: Page) -> None:
    pad.get_by_role("button", name="Call", exact=True).focus()
    pad.keyboard.press("Enter")
    expect(pad.locator("#talk")).to_contain_text("How can I help?")
    pad.locator("body").press("1")
    pad.locator("body").press("#")
    expect(pad.locator("#talk .keys")).to_have_text("1#")
    expect(pad.locator("#talk")).to_contain_text("Put through to")
    pad.get_by_role("button", name="Hang up").click()
    expect(pad.locator("#state")).to_have_text("The call is over")


def test_the_page_speaks_spanish(pad: Page) -> None:
    pad.get_by_role("button", name="Español").click()
    expect(pad.locator("html")).to_have_attribute("lang", "es")
    expect(pad.get_by_role("button", name="Llamar")).to_be_visible()
    left = pad.evaluate(ENGLISH_LEFT)
    assert left == []


def test_choosing_a_number_chooses_its_language(pad: Page) -> None:
    pad.get_by_label("Call from").select_option("+18015550143")
    assert pad.get_by_label("Language spoken").input_value() == "es"
    pad.get_by_label("Call from").select_option("")
    expect(pad.get_by_label("Number, with +1")).to_be_visible()


def test_two_tabs_are_caller_and_rep(pad: Page, chromium: Browser, devphone: Process) -> None:
    rep = chromium.new_page(locale="en-US")
    rep.goto(devphone.url)
    rep.get_by_label("Call from").select_option("+18015550100")
    rep.get_by_label("Calls to this number ring here").check()
    pad.get_by_role("button", name="Call", exact=True).click()
    expect(pad.locator("#talk")).to_contain_text("How can I help?")
    pad.locator("[data-key='0']").click()
    rep.get_by_role("button", name="Answer").click()
    expect(rep.locator("#talk")).to_contain_text("Put through to +18015550142")
    expect(pad.locator("#talk")).to_contain_text("Put through to")
    rep.get_by_role("button", name="Hang up").click()
    expect(pad.locator("#talk")).to_contain_text("Goodbye.")
    expect(rep.get_by_label("Calls to this number ring here")).to_be_visible()
    rep.get_by_label("Calls to this number ring here").uncheck()
    rep.close()


def test_a_text_is_sent_and_shown(pad: Page) -> None:
    pad.get_by_label("Text to the line").fill("The lamp is out")
    pad.get_by_role("button", name="Send the text").click()
    expect(pad.locator("#texts")).to_contain_text("The lamp is out")


def violations(page: Page) -> list[tuple[str, list[str]]]:
    """List the rules of axe that the page breaks, each with the elements that break it."""
    answer = cast("dict[str, list[dict[str, Any]]]", Axe().run(page).response)  # pyright: ignore[reportUnknownMemberType]  axe is untyped
    return [(one["id"], [node["html"] for node in one["nodes"]]) for one in answer["violations"]]


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("language", ["English", "Español"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_bars_anybody_and_nothing_overflows(
    pad: Page, width: int, language: str, scheme: str
) -> None:
    pad.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    pad.set_viewport_size({"width": width, "height": 900})
    pad.get_by_role("button", name=language).click()
    pad.locator("#call").click()
    expect(pad.locator("#talk")).to_contain_text("How can I help?")
    pad.locator("[data-key='1']").click()
    expect(pad.locator("#machines > li")).to_have_count(2)
    pad.locator("#machines summary").first.click()
    assert violations(pad) == []
    assert pad.evaluate("document.documentElement.scrollWidth <= innerWidth")
    if folder := os.environ.get("DEVPHONE_SCREENSHOTS"):
        pad.screenshot(path=f"{folder}/{width}-{language}-{scheme}.png", full_page=True)
    pad.locator("#hang-up").click()
    expect(pad.locator("#setup")).to_be_visible()
    if folder:
        pad.screenshot(path=f"{folder}/{width}-{language}-{scheme}-after.png", full_page=True)
