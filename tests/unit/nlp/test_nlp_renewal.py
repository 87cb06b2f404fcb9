"""A model is trained, compared and put in service, or not; a start takes what was chosen."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from config.city import City
from config.intents import Intent
from nlp import about, service
from nlp.evaluate import Row
from nlp.measuring import Sets
from nlp.renewal import BETTER, FIRST, GONE, UNCHANGED, Lesson, Renewal, Terms, fits, ready, renew
from nlp.taught import Taught, with_taught

AT = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)
THREE = ("pothole", "street light out", "water leak")
ROWS = [
    Row("en", "pothole", "there is a pothole on my street"),
    Row("en", "street light out", "the street light is out"),
    Row("es", "pothole", "hay un bache en mi calle"),
    Row("es", "street light out", "no sirve la lámpara de la calle"),
]
SETS = Sets({"": ROWS}, [Row("en", "fire", "my house is on fire")], "four sentences")


@pytest.fixture(scope="module")
def lesson(city: City) -> Lesson:
    """A few phrases of three intents, and one emergency: they are learnt in a moment."""
    intents = [shortened(city.intents[each]) for each in THREE]
    return Lesson(intents, [city.emergencies["fire"]])


def shortened(intent: Intent) -> Intent:
    """Keep a few phrases."""
    return replace(intent, phrases_en=intent.phrases_en[:8], phrases_es=intent.phrases_es[:8])


def spoiled(lesson: Lesson) -> Lesson:
    """Teach the phrases of two intents the wrong way round, and fire not at all."""
    pothole, light, leak = lesson.intents
    swapped = [
        replace(pothole, phrases_en=light.phrases_en, phrases_es=light.phrases_es),
        replace(light, phrases_en=pothole.phrases_en, phrases_es=pothole.phrases_es),
        leak,
    ]
    return Lesson(swapped, lesson.emergencies)


@pytest.fixture(scope="module")
def first(lesson: Lesson, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Train the first model; gives the folder of all."""
    base = tmp_path_factory.mktemp("models")
    renewal = renew(lesson, Terms(base, AT, SETS))
    assert (renewal.is_in_service, renewal.why) == (True, FIRST)
    return base


def renews(base: Path, lesson: Lesson, sets: Sets = SETS, forced: str = "") -> Renewal:
    """Renew the model in service."""
    return renew(lesson, Terms(base, AT, sets, forced))


def back_to_the_first(base: Path, lesson: Lesson) -> str:
    """Put the first model in service again; gives its name."""
    name = renews(base, lesson, forced="for the next test").folder.name
    assert service.in_service(base).name == name
    return name


def test_what_is_known_of_the_first_model_stands_beside_it(first: Path, lesson: Lesson) -> None:
    known = about.read(first / back_to_the_first(first, lesson))
    assert known is not None
    assert (known.intents, dict(known.phrases), known.trained_at) == (
        THREE,
        {"en": 24, "es": 24},
        AT,
    )
    assert known.figures["en"]["rows"] == 2.0
    assert known.figures["emergencies en"] == {
        "rows": 1.0,
        "missed": 0.0,
        "asked": 0.0,
        "harmless": 0.0,
        "false_alarms": 0.0,
        "false_questions": 0.0,
    }


def test_the_same_lesson_again_changes_nothing(first: Path, lesson: Lesson) -> None:
    name = back_to_the_first(first, lesson)
    again = renews(first, lesson)
    assert (again.folder.name, again.why, again.is_in_service) == (name, UNCHANGED, True)


def test_a_worse_model_is_refused_with_reasons_and_the_old_one_stays(
    first: Path, lesson: Lesson
) -> None:
    name = back_to_the_first(first, lesson)
    refused = renews(first, spoiled(lesson))
    assert not refused.is_in_service
    assert {(reason.kind, reason.group) for reason in refused.reasons} >= {
        ("top1", "en"),
        ("top1", "es"),
    }
    assert service.in_service(first).name == name


def test_a_worse_model_goes_in_by_force_and_the_reason_is_kept(first: Path, lesson: Lesson) -> None:
    name = back_to_the_first(first, lesson)
    forced = renews(first, spoiled(lesson), forced="to see what happens")
    record = service.read(first)
    assert forced.is_in_service
    assert record is not None
    assert (record.why, record.earlier[0]) == ("forced: to see what happens", name)


def test_without_an_evaluation_set_only_force_puts_a_model_in(first: Path, lesson: Lesson) -> None:
    back_to_the_first(first, lesson)
    taught = replace(lesson, taught=(Taught("pothole", "en", "my wheel fell into the road"),))
    refused = renews(first, taught, Sets())
    assert [reason.kind for reason in refused.reasons] == ["no set"]
    assert not refused.is_in_service
    assert renews(first, taught, Sets(), "it is only a phrase").is_in_service


def test_what_the_desk_taught_is_learnt_and_named(first: Path, lesson: Lesson) -> None:
    back_to_the_first(first, lesson)
    phrase = Taught("pothole", "en", "my wheel fell into the road")
    renewal = renews(first, replace(lesson, taught=(phrase,)))
    known = about.read(renewal.folder)
    assert (renewal.is_in_service, renewal.why) == (True, BETTER)
    assert known is not None
    assert (known.taught, known.phrases["en"]) == ((phrase,), 25)


def test_an_intent_that_is_new_cannot_make_a_model_fail(
    first: Path, lesson: Lesson, city: City
) -> None:
    back_to_the_first(first, lesson)
    more = replace(lesson, intents=[*lesson.intents, shortened(city.intents["passport"])])
    assert renews(first, more).why == BETTER


def test_a_model_that_names_an_intent_that_is_gone_does_not_stay(
    first: Path, lesson: Lesson
) -> None:
    back_to_the_first(first, lesson)
    fewer = replace(spoiled(lesson), intents=spoiled(lesson).intents[:2])
    renewal = renews(first, fewer)
    assert (renewal.is_in_service, renewal.why) == (True, GONE)


def test_a_model_fits_as_long_as_every_intent_it_names_is_there(
    first: Path, lesson: Lesson
) -> None:
    folder = first / back_to_the_first(first, lesson)
    assert fits(folder, {*THREE, "passport"})
    assert not fits(folder, {*THREE[:2], "passport"})
    assert not fits(first / "nowhere", set(THREE))


def test_a_start_takes_what_was_chosen_also_after_going_back(first: Path, lesson: Lesson) -> None:
    name = back_to_the_first(first, lesson)
    assert ready(lesson, first, AT).name == name
    taught = replace(lesson, taught=(Taught("pothole", "en", "my wheel fell into the road"),))
    newer = renews(first, taught).folder.name
    assert ready(lesson, first, AT).name == newer
    choice = service.chosen("went back", AT, lesson.basis)
    service.roll_back(first, choice, lambda folder: folder.name == name)
    assert ready(lesson, first, AT).name == name


def test_a_start_with_an_empty_folder_trains(lesson: Lesson, tmp_path: Path) -> None:
    folder = ready(lesson, tmp_path / "new", AT)
    assert service.in_service(tmp_path / "new") == folder
    assert about.read(folder) is not None


def test_taught_phrases_join_their_intent_once(lesson: Lesson) -> None:
    known = lesson.intents[0].phrases_en[0]
    taught: Sequence[Taught] = (
        Taught("pothole", "en", "a crater"),
        Taught("pothole", "en", "A crater!"),
        Taught("pothole", "en", known),
        Taught("gone", "en", "whatever"),
    )
    found = with_taught(lesson.intents, taught)
    assert found[0].phrases_en == (*lesson.intents[0].phrases_en, "a crater")
    assert found[1:] == list(lesson.intents[1:])
