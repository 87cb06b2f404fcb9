"""The page where phrases proposed at wrap-up are reviewed, and the next training is asked for."""

from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import text

from config.words import Language
from db.session import Database
from desk.ports import DeskPorts
from learning import review, trainings
from nlp import about, service
from nlp.about import About
from nlp.gate import Reason
from nlp.taught import Taught
from tests.desk.conftest import NOW, Hire, OpenTicket, Person
from tests.desk.misheard import (
    SAID,
    Talked,
    boss,
    candidate,
    corrects,
    desks,
    nothing_learnt,
    ports,
    talked,
    ticket,
    waiting,
)
from tests.desk.test_desk_browser import Desks, assert_open_to_all, at_home, keep, ports_free

__all__ = [  # fixtures
    "at_home",
    "boss",
    "desks",
    "nothing_learnt",
    "ports",
    "ports_free",
    "talked",
    "ticket",
    "waiting",
]


def test_a_rep_does_not_review(rep: Person) -> None:
    assert rep.opens("/desk/learning").status == 403
    assert rep.sends("/desk/learning/train").status == 403


def test_the_page_says_what_would_fill_it(boss: Person) -> None:
    html = boss.opens("/desk/learning").html
    assert "Nothing to review." in html
    assert "No model is in service yet." in html
    assert "No call was checked yet." in html


def test_a_phrase_is_shown_beside_its_like_accepted_reworded_and_put_back(
    boss: Person, rep: Person, ticket: OpenTicket, database: Database
) -> None:
    corrects(rep, ticket)
    html = boss.opens("/desk/learning").html
    assert SAID in html
    assert "Known already, most alike" in html
    one = candidate(database)
    done = boss.sends(f"/desk/learning/phrases/{one}/accept", wording="a big hole in my street")
    assert "The next training learns it." in done.html
    assert "1 accepted phrase waits to be learnt." in done.html
    assert [each.words for each in database.run(review.accepted)] == ["a big hole in my street"]
    back = boss.sends(f"/desk/learning/phrases/{one}/put-back")
    assert "No accepted phrase waits to be learnt." in back.html
    assert SAID in back.html


def test_a_refused_phrase_is_gone_and_of_two_reviewers_the_second_is_told(
    boss: Person, rep: Person, ticket: OpenTicket, database: Database
) -> None:
    corrects(rep, ticket)
    one = candidate(database)
    assert "Declined." in boss.sends(f"/desk/learning/phrases/{one}/refuse").html
    late = boss.sends(f"/desk/learning/phrases/{one}/accept", wording="a hole")
    assert "Somebody else reviewed it in the meantime." in late.html
    assert database.run(review.accepted) == []


@pytest.mark.parametrize(
    ("wording", "problem"),
    [
        ("", "Please write something here first."),
        ("801 555 0142", "nothing is left"),
        ("i smell gas in my kitchen", "These words are an emergency."),
    ],
)
def test_a_wording_that_may_not_be_learnt_is_given_back_beside_its_phrase(
    boss: Person, waiting: int, wording: str, problem: str
) -> None:
    again = boss.sends(f"/desk/learning/phrases/{waiting}/accept", wording=wording)
    assert again.status == 422
    assert f'id="wording-{waiting}-problem"' in again.html
    assert problem in again.html


@pytest.mark.parametrize("number", ["0", "999999999999999999999", "x", "-1"])
def test_a_phrase_that_is_not_there_is_not_found(boss: Person, number: str) -> None:
    sent = boss.sends(f"/desk/learning/phrases/{number}/accept", wording="a hole")
    assert sent.status == 404


FIGURES = {
    "en": {"rows": 300.0, "outside": 60.0, "top1": 0.925, "top3": 0.98, "lost": 0.04},
    "es": {"rows": 290.0, "outside": 60.0, "top1": 0.91, "top3": 0.97, "oos_recall": 0.8},
    "emergencies en": {"rows": 100.0, "missed": 1.0, "harmless": 90.0, "false_alarms": 0.0},
}


@pytest.fixture
def with_model(ports: DeskPorts) -> str:
    """Put a model in service that was taught one phrase; gives its name."""
    base = ports.settings.var / "nlp"
    folder = base / "abcdef0123456789"
    folder.mkdir(parents=True)
    taught = (Taught("pothole", "en", "a hole"),)
    at = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
    known = About(at, ("pothole",), {"en": 1200, "es": 1100}, taught, {"sets": FIGURES})
    about.write(folder, known)
    service.put_in_service(base, folder, service.chosen("better", NOW, "phrases"))
    return folder.name


@pytest.mark.usefixtures("with_model")
def test_the_model_in_service_is_shown_with_its_figures_in_both_languages(boss: Person) -> None:
    html = boss.opens("/desk/learning").html
    for words in (
        "abcdef01",
        "1200 English and 1100 Spanish",
        "92.5%",
        "91.0%",
        "80.0%",
        "1 / 100",
    ):
        assert words in html
    boss.sends("/desk/language", language="es", next="/desk/learning")
    assert "92.5\N{NO-BREAK SPACE}%" in boss.opens("/desk/learning").html


@pytest.mark.usefixtures("with_model")
def test_a_phrase_that_the_model_was_taught_waits_for_no_training(
    boss: Person, rep: Person, ticket: OpenTicket, database: Database
) -> None:
    corrects(rep, ticket)
    one = candidate(database)
    done = boss.sends(f"/desk/learning/phrases/{one}/accept", wording="a hole")
    assert "No accepted phrase waits to be learnt." in done.html


def test_a_training_is_asked_for_once_and_followed(boss: Person, database: Database) -> None:
    html = boss.sends("/desk/learning/train").html
    assert "Waiting for the worker." in html
    assert 'hx-trigger="every 2s"' in html
    boss.sends("/desk/learning/train")
    query = text("SELECT count(*) FROM trainings")
    assert database.run(lambda db: db.scalar(query)) == 1
    newest = database.run(trainings.newest)
    assert newest is not None
    database.run(lambda db: trainings.begin(db, newest.id, NOW))
    assert "Training." in boss.opens("/desk/learning").html
    database.run(lambda db: trainings.measuring(db, newest.id, NOW))
    assert "Comparing with the model in service." in boss.opens("/desk/learning").html


@pytest.mark.parametrize(
    ("how", "reasons", "words"),
    [
        ("in service", [], "Last training: done, in service since"),
        (
            "refused",
            [asdict(Reason("top1", "es", 0.87, 0.9, 290, 0.018))],
            "Spanish: right at the first guess for 87.0% of 290 sentences, before 90.0%.",
        ),
        (
            "refused",
            [asdict(Reason("missed", "emergencies en", 2, 1, 100))],
            "English: misses 2 of 100 emergencies, before 1.",
        ),
        ("failed", [trainings.failure("MemoryError: <none>")], "MemoryError: &lt;none&gt;"),
        ("failed", [{"kind": "of a later version"}], "it did not finish"),
    ],
)
def test_how_a_training_ended_is_said_with_its_reasons(
    boss: Person, database: Database, how: trainings.Ended, reasons: list[Any], words: str
) -> None:
    asked = database.run(lambda db: trainings.ask(db, boss.staff_id, NOW))
    database.run(lambda db: trainings.end(db, asked, how, "abc", reasons))
    html = boss.opens("/desk/learning").html
    assert words in html
    assert "Train now" in html


def test_a_training_that_went_silent_is_said_to_have_failed(
    boss: Person, database: Database
) -> None:
    before = NOW - trainings.SILENT_MOST - timedelta(seconds=1)
    database.run(lambda db: trainings.ask(db, boss.staff_id, before))
    assert "It was cut off before its end." in boss.opens("/desk/learning").html


@pytest.mark.browser
@pytest.mark.usefixtures("with_model")
@pytest.mark.parametrize("language", ["en", "es"])
def test_a_call_is_wrapped_up_and_its_phrase_accepted_by_keyboard_alone(
    desks: Desks, hire: Hire, talked: Talked, database: Database, language: Language
) -> None:
    ticket = talked()
    page = desks.at_work(hire("supervisor", language=language), reduced_motion="reduce")
    page.goto(ticket.address)
    page.keyboard.press("t")
    expect(page.locator("#wrap-up")).to_be_visible()
    page.keyboard.press("i")
    page.keyboard.type("un bach" if language == "es" else "a poth")
    look_at(page, "/desk/wrap-up", language)
    page.keyboard.press("Control+Enter")
    expect(page.locator("#wrap-up .done")).to_be_visible(timeout=20_000)
    page.keyboard.press("g")
    page.keyboard.press("l")
    expect(page).to_have_url(f"{desks.home}/desk/learning")
    page.keyboard.press("j")
    look_at(page, "/desk/learning", language)
    page.keyboard.press("e")
    page.keyboard.type("hole in the road")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".banner-done")).to_be_visible()
    assert [each.words for each in database.run(review.accepted)] == ["hole in the road"]
    page.keyboard.press("u")
    expect(page.locator(".phrase")).to_be_visible()
    assert_fits(page, 390)
    keep(page, "/desk/learning", f"{language}-narrow")


def look_at(page: Page, name: str, language: Language) -> None:
    """Keep a picture for people to look at, and let axe look."""
    keep(page, name, language)
    assert_open_to_all(page)


def assert_fits(page: Page, width: int) -> None:
    """See that a page is no wider than its window."""
    page.set_viewport_size({"width": width, "height": 900})
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
