"""The city's sentences, written apart from the training phrases: floors that the line must hold.

What the files are and who may look at them: README.md beside this. None is ever used to train.
"""

from collections.abc import Sequence
from pathlib import Path

import pytest

from config.city import City
from config.words import LANGUAGES, Language
from nlp.emergencies import Found
from nlp.evaluate import HARMLESS, OUT_OF_SCOPE, Row, read_rows
from nlp.learnt import Figures
from nlp.measuring import Measured, Sets
from nlp.model import PipelineUnderstander
from nlp.normalise import fold, plain_text

HERE = Path(__file__).parent
FEWEST_PER_INTENT = 5  # in the two clean sets together


@pytest.fixture(scope="module")
def figures(measured: Measured) -> Figures:
    return measured.figures()


def heard(understander: PipelineUnderstander, rows: Sequence[Row]) -> list[Found | None]:
    """Listen for emergencies."""
    return [understander.emergencies.find(row.text) for row in rows]


def dangers(name: str) -> list[Row]:
    """Read the emergencies of a set."""
    rows = read_rows(HERE / f"{name}.tsv", "emergency")
    return [row for row in rows if row.intent != HARMLESS]


def look_alikes(name: str) -> list[Row]:
    """Read what only sounds like an emergency."""
    rows = read_rows(HERE / f"{name}.tsv", "emergency")
    return [row for row in rows if row.intent == HARMLESS]


def test_every_intent_is_asked_for_often_enough_in_both_languages(city: City, sets: Sets) -> None:
    asked = [(row.intent, row.language) for row in sets.clean]
    wanted = [(intent, language) for intent in city.intents for language in LANGUAGES]
    assert [each for each in wanted if asked.count(each) < FEWEST_PER_INTENT] == []
    assert {intent for intent, _ in asked} - {*city.intents, OUT_OF_SCOPE} == set()


def test_no_sentence_is_a_training_phrase(city: City, sets: Sets) -> None:
    phrases = {
        plain_text(phrase)
        for each in city.intents.values()
        for phrase in (*each.phrases_en, *each.phrases_es)
    }
    assert [row.text for row in sets.clean if plain_text(row.text) in phrases] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_floors_of_intents_are_held(figures: Figures, language: Language) -> None:
    assert figures[language]["top1"] >= 0.93
    assert figures[language]["top3"] >= 0.98
    assert figures[language]["ece"] <= 0.035
    assert figures[language]["language_right"] >= 0.99


def test_spanish_is_understood_as_well_as_english(figures: Figures) -> None:
    assert abs(figures["en"]["top1"] - figures["es"]["top1"]) <= 0.03


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_acted_on_is_right(figures: Figures, language: Language) -> None:
    assert figures[language]["acted"] >= 0.6
    assert figures[language]["wrong_when_acted"] <= 0.03
    assert figures[f"{language} noise07"]["wrong_when_acted"] <= 0.04
    assert figures[f"{language} noise45"]["wrong_when_acted"] <= 0.15
    assert figures[language]["lost"] <= 0.05


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_nobody_here_does_is_mostly_not_acted_on(figures: Figures, language: Language) -> None:
    assert figures[language]["oos_recall"] >= 0.55
    assert figures[language]["oos_auroc"] >= 0.88
    assert figures[language]["oos_acted_on"] <= 0.2


def test_every_known_emergency_stops_the_call_with_and_without_accents(
    understander: PipelineUnderstander,
) -> None:
    rows = dangers("emergencies")
    said = [*rows, *(Row(row.language, row.intent, fold(row.text)) for row in rows)]
    found = heard(understander, said)
    missed = [
        row.text
        for row, what in zip(said, found, strict=True)
        if what is None or not what.sure or what.rule.emergency != row.intent
    ]
    assert missed == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_emergency_in_anybodys_words_is_heard_or_asked_about(
    understander: PipelineUnderstander, language: Language
) -> None:
    rows = [row for row in dangers("emergencies_blind") if row.language == language]
    found = [what for what in heard(understander, rows) if what is not None]
    assert len(found) >= 0.97 * len(rows)
    assert sum(what.sure for what in found) >= 0.92 * len(rows)


def test_look_alikes_hardly_ever_stop_a_call(understander: PipelineUnderstander) -> None:
    known, blind = look_alikes("emergencies"), look_alikes("emergencies_blind")
    for rows, most in ((known, 0.03), (blind, 0.04)):
        stopped = [what for what in heard(understander, rows) if what is not None and what.sure]
        assert len(stopped) <= most * len(rows)


def test_ordinary_wishes_are_hardly_ever_taken_for_danger(
    understander: PipelineUnderstander, sets: Sets
) -> None:
    found = [what for what in heard(understander, sets.clean) if what is not None]
    assert sum(what.sure for what in found) <= 0.01 * len(sets.clean)
    assert len(found) <= 0.045 * len(sets.clean)


def test_the_sets_are_large_enough_to_mean_something(sets: Sets) -> None:
    assert len(dangers("emergencies_blind")) == len(look_alikes("emergencies_blind")) == 200
    assert len(sets.clean) >= 1400
