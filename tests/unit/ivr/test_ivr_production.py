"""In production nothing is spoken that nobody has verified."""

from dataclasses import replace

import app
from ivr.verb import Turn
from ivr.verbs.meaning import find_the_destination
from ivr.verbs.reporting import promise_words


def turn(*, production: bool) -> Turn:
    world = replace(app.walking_world(), production=production)
    return Turn(world, "CA" + "0" * 32, "+18015550142", 1, "en", {})


def test_an_unverified_answer_is_read_out_in_the_demo_only() -> None:
    demo, live = turn(production=False), turn(production=True)
    for one in (demo, live):
        one.remember("intent", "garbage day")
    assert find_the_destination(demo) == "information"
    assert find_the_destination(live) == "not verified"


def test_an_unverified_clock_is_no_promise_in_production() -> None:
    pothole = app.the_city().services["RD-POT"]
    assert promise_words(turn(production=True), pothole).en == "as soon as they can"
    assert promise_words(turn(production=False), pothole).en.startswith("by ")
