"""The city's sentences, written apart from the training phrases: floors that the line must hold.

    city.tsv          language, intent ("oos": none of ours), text
    emergencies.tsv   language, emergency ("none": a look-alike), text
Neither is ever used to train or to choose a threshold.
"""

import csv
import os
from collections.abc import Sequence
from pathlib import Path
from typing import cast

import pytest

from config.city import City, read_city
from config.words import LANGUAGES, Language
from nlp.emergencies import Emergencies
from nlp.emergency_rules import rules_of
from nlp.evaluate import OUT_OF_SCOPE, Row, evaluate
from nlp.learnt import Figures
from nlp.model import load
from nlp.noise import noised
from nlp.normalise import fold, plain_text
from nlp.storing import train

HERE = Path(__file__).parent
FEWEST_PER_INTENT = 4
MOST_FALSE_ALARMS = 1


def _rows(name: str, label: str) -> list[Row]:
    with (HERE / name).open(encoding="utf-8") as lines:
        read = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [Row(cast("Language", row["language"]), row[label], row["text"]) for row in read]


@pytest.fixture(scope="module")
def city() -> City:
    return read_city(HERE.parents[1] / "config")


@pytest.fixture(scope="module")
def sentences() -> list[Row]:
    return _rows("city.tsv", "intent")


@pytest.fixture(scope="module")
def figures(city: City, sentences: list[Row], tmp_path_factory: pytest.TempPathFactory) -> Figures:
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base
    folder = train(city.intents.values(), city.emergencies.values(), shared / "nlp")
    return evaluate(load(folder), sentences)


@pytest.fixture(scope="module")
def emergencies(city: City) -> Emergencies:
    return Emergencies(rules_of([*city.emergencies.values()]))


@pytest.fixture(scope="module")
def dangers() -> list[Row]:
    return _rows("emergencies.tsv", "emergency")


def test_every_intent_is_asked_for_often_enough_in_both_languages(
    city: City, sentences: Sequence[Row]
) -> None:
    asked = [(row.intent, row.language) for row in sentences]
    wanted = [(intent, language) for intent in city.intents for language in LANGUAGES]
    assert [each for each in wanted if asked.count(each) < FEWEST_PER_INTENT] == []
    assert {intent for intent, _ in asked} - {*city.intents, OUT_OF_SCOPE} == set()


def test_no_sentence_is_a_training_phrase(city: City, sentences: Sequence[Row]) -> None:
    phrases = {
        plain_text(phrase)
        for intent in city.intents.values()
        for phrase in (*intent.phrases_en, *intent.phrases_es)
    }
    assert [row.text for row in sentences if plain_text(row.text) in phrases] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_best_intent_is_right_nine_times_in_ten(figures: Figures, language: Language) -> None:
    assert figures[language]["top1"] >= 0.89
    assert figures[language]["top3"] >= 0.97


def test_spanish_is_understood_as_well_as_english(figures: Figures) -> None:
    assert abs(figures["en"]["top1"] - figures["es"]["top1"]) <= 0.03


@pytest.mark.parametrize("language", LANGUAGES)
def test_acting_without_asking_is_rarely_wrong(figures: Figures, language: Language) -> None:
    assert figures[language]["sure"] >= 0.6
    assert figures[language]["wrong_when_sure"] <= 0.03
    assert figures[language]["lost"] <= 0.05
    assert figures[language]["ece"] <= 0.08


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_nobody_here_does_is_mostly_not_acted_on(figures: Figures, language: Language) -> None:
    assert figures[language]["oos_recall"] >= 0.6
    assert figures[language]["oos_auroc"] >= 0.88
    assert figures[language]["oos_acted_on"] <= 0.2


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_language_of_a_sentence_is_told(figures: Figures, language: Language) -> None:
    assert figures[language]["language_right"] >= 0.98


def test_every_emergency_is_caught_clean_without_accents_and_with_fillers(
    emergencies: Emergencies, dangers: Sequence[Row]
) -> None:
    wanted = [
        (row.intent, text)
        for row in dangers
        if row.intent != "none"
        for text in (row.text, fold(row.text), noised(row.text, row.language)[0])
    ]
    heard = [(intent, text, emergencies.find(text)) for intent, text in wanted]
    missed = [
        (intent, text)
        for intent, text, found in heard
        if found is None or found.rule.emergency != intent
    ]
    assert missed == []


def test_most_emergencies_are_caught_when_words_are_lost(
    emergencies: Emergencies, dangers: Sequence[Row]
) -> None:
    broken = [
        text
        for row in dangers
        if row.intent != "none"
        for text in noised(row.text, row.language)[1:]
    ]
    caught = sum(emergencies.find(text) is not None for text in broken)
    assert caught >= 0.7 * len(broken)


def test_look_alikes_hardly_ever_raise_an_alarm(
    emergencies: Emergencies, dangers: Sequence[Row], sentences: Sequence[Row]
) -> None:
    harmless = [row.text for row in dangers if row.intent == "none"]
    harmless += [row.text for row in sentences]
    alarms = [text for text in harmless if emergencies.find(text) is not None]
    assert len(alarms) <= MOST_FALSE_ALARMS, alarms


def test_the_set_is_large_enough_to_mean_something(dangers: Sequence[Row]) -> None:
    harmless = [row for row in dangers if row.intent == "none"]
    assert len(harmless) >= 120
    assert len(dangers) - len(harmless) >= 80


def test_no_training_phrase_of_an_intent_raises_an_alarm(
    city: City, emergencies: Emergencies
) -> None:
    alarms = [
        phrase
        for intent in city.intents.values()
        for phrase in (*intent.phrases_en, *intent.phrases_es)
        if emergencies.find(phrase) is not None
    ]
    assert alarms == []
