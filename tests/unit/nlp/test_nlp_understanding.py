"""The public promise: any text gets a calm answer, the same one every time."""

import math
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import nlp
from config.city import City
from config.intents import Intent
from config.words import Language
from nlp.answers import Understanding
from nlp.explain import explain
from nlp.model import PipelineUnderstander
from nlp.storing import content_hash

CALM = settings(
    deadline=None,
    max_examples=120,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
WILD = st.one_of(
    st.text(st.characters(codec=None), max_size=300),  # lone surrogates and NUL among them
    st.text("aeioulcñ '0123456789$.🔥", max_size=300),
    st.sampled_from(
        ["", " ", "\0", "\ud800", "a" * 10_000, "no " * 4_000, "ﷺ" * 700, "我家没电了"]
    ),
)


@CALM
@given(words=WILD, language=st.sampled_from(["en", "es", None]))
def test_any_text_gets_a_calm_answer(
    understander: PipelineUnderstander, words: str, language: Language | None
) -> None:
    answer = understander.understand(words, language)
    chances = [ranked.probability for ranked in answer.intents]
    assert math.isclose(sum(chances), 1.0, abs_tol=1e-6)
    assert chances == sorted(chances, reverse=True)
    assert 0.0 <= answer.language_sure <= 1.0
    assert answer == understander.understand(words, language)


@pytest.mark.parametrize("nothing", ["", "  ", "🔥🔥", "...", "\0\ud800"])
def test_nothing_said_is_lost_and_in_the_language_of_the_call(
    understander: PipelineUnderstander, nothing: str
) -> None:
    answer = understander.understand(nothing, "es")
    assert (answer.language, answer.language_sure) == ("es", 0.0)
    assert (answer.known, answer.in_scope) == (False, 0.0)


@pytest.mark.parametrize(
    ("words", "language", "intent"),
    [
        ("um yeah hi the street light by my house is out", "en", "street light out"),
        ("hola este se fue la luz en mi casa", "es", "power outage"),
        ("reportar un bache", "es", "pothole"),
        ("let me talk to a real person", "en", "talk to a person"),
    ],
)
def test_a_plain_sentence_is_understood(
    understander: PipelineUnderstander, words: str, language: Language, intent: str
) -> None:
    answer = understander.understand(words)
    assert (answer.language, answer.intents[0].intent) == (language, intent)
    assert answer.known


@pytest.mark.parametrize(
    ("words", "language"),
    [
        ("i don't speak spanish", "en"),
        ("do you speak spanish", "en"),
        ("español por favor", "es"),
        ("no hablo inglés", "es"),
        ("en espanol", "es"),
    ],
)
def test_the_language_is_that_of_the_words_not_the_one_they_name(
    understander: PipelineUnderstander, words: str, language: Language
) -> None:
    assert understander.understand(words).language == language


def test_the_language_of_the_call_settles_a_word_of_both(
    understander: PipelineUnderstander,
) -> None:
    assert understander.understand("no", "es").language == "es"
    assert understander.understand("no", "en").language == "en"


def test_an_emergency_is_named_whatever_the_language_of_the_call(
    understander: PipelineUnderstander,
) -> None:
    assert understander.understand("huele a gas en mi cocina", "en").emergency == "gas smell"
    assert understander.understand("i want to know when you are open").emergency is None


def test_numbers_amounts_and_places_are_named(understander: PipelineUnderstander) -> None:
    said = "account 1 2 3 4 five six 7 8 i paid $48.20 at 351 west center street"
    found = [(each.kind, each.value) for each in understander.understand(said).entities]
    assert found == [
        ("account", "12345678"),
        ("amount", "48.20"),
        ("address", "351 West Center Street"),
    ]


def test_only_the_first_characters_are_read(understander: PipelineUnderstander) -> None:
    short = "hay un bache " + "x" * 700
    assert understander.understand(short) == understander.understand(short + " incendio en mi casa")


def test_threads_get_the_answers_that_one_would(understander: PipelineUnderstander) -> None:
    said = [f"the light on {number} east is out" for number in range(40)]
    expected = [understander.understand(each) for each in said]
    heard: dict[int, list[Understanding]] = {}

    def ask(number: int) -> None:
        heard[number] = [understander.understand(each) for each in said]

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert list(heard.values()) == [expected] * 4


def test_odd_words_do_not_stay_in_memory(understander: PipelineUnderstander) -> None:
    strings = understander.pipeline.vocab.strings
    understander.understand("warm up")
    before = len(strings)
    for number in range(200):
        understander.understand(f"word{number}zq other{number}")
    assert len(strings) == before


def test_the_same_phrases_are_not_trained_again(
    city: City, dozen: list[Intent], model_folder: Path
) -> None:
    before = (model_folder / "card.md").stat().st_mtime_ns
    trained = nlp.train(reversed(dozen), city.emergencies.values(), model_folder.parent)
    assert trained == model_folder
    assert (model_folder / "card.md").stat().st_mtime_ns == before


def test_another_phrase_is_another_model(city: City, dozen: list[Intent]) -> None:
    dangers = [*city.emergencies.values()]
    assert content_hash(dozen, dangers) != content_hash(dozen[1:], dangers)
    assert content_hash(dozen, dangers) != content_hash(dozen, dangers[1:])


def test_one_intent_is_no_choice_and_is_refused(dozen: list[Intent], tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="at least two intents"):
        nlp.train(dozen[:1], [], tmp_path)
    assert not any(tmp_path.iterdir())


def test_understanding_never_imports_scikit_learn(model_folder: Path) -> None:
    code = (
        "import sys, nlp, pathlib; assert 'spacy' not in sys.modules;"
        "nlp.load(pathlib.Path(sys.argv[1])).understand('hola');"
        "sys.exit('sklearn' in sys.modules)"
    )
    command = [sys.executable, "-c", code, str(model_folder)]
    root = Path(nlp.__file__).parents[1]
    assert subprocess.run(command, cwd=root, timeout=60, check=False).returncode == 0


def test_an_explanation_names_what_spoke_for_the_answer(
    understander: PipelineUnderstander,
) -> None:
    told = explain(understander, "um hay un bache en mi calle")
    assert "pothole" in told
    assert "ache" in told.split("for pothole:")[1]
    assert "the threshold is" in told
