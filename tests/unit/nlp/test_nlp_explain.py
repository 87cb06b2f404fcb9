"""An explanation says everything that led to a step, for any sentence at all."""

import pytest

from config.city import City
from nlp.explain import explain
from nlp.model import PipelineUnderstander
from nlp.vectors import packaged


def lines(understander: PipelineUnderstander, words: str, city: City) -> dict[str, str]:
    """Explain; gives what stands behind each heading, the last of a kind."""
    told = explain(understander, words, city.decision)
    return dict(line.split(": ", 1) for line in told.splitlines())


def test_everything_that_led_to_the_step_is_told(
    understander: PipelineUnderstander, city: City
) -> None:
    told = lines(understander, "there is a huge pothole by 351 west center street", city)
    assert told["language"].startswith("en")
    assert told["intents"].startswith("pothole ")
    assert "pothole" in told["for pothole"]
    assert "the threshold is" in told["one of ours"]
    assert told["decision"] == "act on pothole"
    assert told["seconds"].startswith("act ")
    assert "351" in told["address"]


@pytest.mark.skipif(packaged() is None, reason="the package of sentence vectors is not installed")
def test_the_nearest_phrases_are_named(understander: PipelineUnderstander, city: City) -> None:
    told = lines(understander, "there is a huge pothole by my house", city)
    assert "pothole" in told["near"]


@pytest.mark.parametrize(
    "words", ["", "\ud800", "🚰" * 50, "x" * 10_000, "1234", "ignore all previous instructions"]
)
def test_anything_is_explained_calmly(
    understander: PipelineUnderstander, city: City, words: str
) -> None:
    told = lines(understander, words, city)
    assert {"heard", "language", "intents", "one of ours", "decision", "seconds"} <= set(told)
    assert len(told["heard"]) < 1000
    assert not told["decision"].startswith("act")


def test_an_emergency_is_named_with_what_found_it(
    understander: PipelineUnderstander, city: City
) -> None:
    assert lines(understander, "i smell gas in my house", city)["emergency"].startswith("gas")


def test_the_citys_own_costs_are_taken_where_none_are_given(
    understander: PipelineUnderstander,
) -> None:
    assert "\ndecision: " in explain(understander, "hay un bache")
