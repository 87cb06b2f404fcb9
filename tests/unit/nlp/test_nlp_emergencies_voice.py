"""The learned voice beside the emergency rules: indirect and broken words, calm on all else."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.city import City
from nlp.emergencies import Emergencies
from nlp.emergencies.features import ideas, letters, sounds
from nlp.emergencies.rules import make_rule, plain_phrases, rules_of
from nlp.emergencies.training import learn_emergencies
from nlp.emergencies.voice import MOST_AT_ONCE, pieces
from nlp.noise import noised
from nlp.vectors import Vectors, packaged


@pytest.fixture(scope="module")
def emergencies(city: City) -> Emergencies:
    dangers, intents = [*city.emergencies.values()], [*city.intents.values()]
    return learn_emergencies(dangers, intents, encoder())


def encoder() -> Vectors | None:
    """Give vectors as training has them: made in the same batches every time."""
    found = packaged()
    return found and found.vectors


def alarms_at(emergencies: Emergencies, said: str) -> bool:
    """Tell whether these words stop everything, whatever was asked."""
    found = emergencies.find(said)
    return found is not None and found.sure


@pytest.mark.parametrize(
    ("said", "emergency"),
    [
        ("the road has water shooting way up in the air", "water main break"),
        ("it smells like rotten eggs down in the basement", "gas smell"),
        ("the manhole out front is overflowing with sewage", "sewer backup"),
        ("my neighbor's garage is burning", "fire"),
        ("hay cables tirados por la banqueta", "wire down"),
        ("ya no quiero vivir", "crisis"),
        ("mi cocina se está quemando", "fire"),
        ("huele como a huevo podrido en el sótano", "gas smell"),
        ("i hear somebody walking around downstairs and i'm home alone", "crime in progress"),
        ("my grandpa's mouth is drooping and he can't lift his arm", "medical emergency"),
        ("she gave away her things and said goodbye to everybody", "crisis"),
        ("the thing from the pole is lying in our bushes humming", "wire down"),
        ("we're trapped in the elevator and it's filling up", "emergency"),
        ("el enchufe está caliente y huele a plástico", "fire"),
        ("oigo pasos abajo y estoy sola", "crime in progress"),
        ("sale papel de baño ajeno por la regadera", "sewer backup"),
        ("la flama se apaga sola y huele raro en el closet", "gas smell"),
        ("9-1-1", "emergency"),
        ("9 8 8", "crisis"),
    ],
)
def test_indirect_wordings_are_heard(emergencies: Emergencies, said: str, emergency: str) -> None:
    found = emergencies.find(said)
    assert found is not None
    assert found.rule.emergency == emergency


@pytest.mark.parametrize(
    "said",
    [
        "fire station road", "i live on fire station road", "1240 north 900 east",
        "351 west center street", "911 north 500 west", "9 1 1 south main", "nine one one east",
        "water street", "main street", "power house road", "gas station on university",
        "nueve once norte", "yes", "sí", "no", "hidrante", "calle principal", "five oh three",
        "next friday", "el quince", "one hundred forty eight ninety two", "18015550142",
        "my name is ash burns", "the white house on the corner", "camino del río", "hell if i know",
    ],
)  # fmt: skip
def test_answers_in_a_call_raise_no_alarm(emergencies: Emergencies, said: str) -> None:
    assert not alarms_at(emergencies, said)


@pytest.mark.parametrize(
    "said",
    [
        "the smell from the dump is bad today", "hydrants were flushed and my water is brown",
        "how do i get an alarm permit", "we had a flood in the basement last spring",
        "there's an old phone wire coiled on the pole", "my bill made me scream",
        "vi en las noticias lo del incendio", "me cobraron la falsa alarma",
    ],
)  # fmt: skip
def test_what_only_sounds_like_danger_is_not_even_asked_about(
    emergencies: Emergencies, said: str
) -> None:
    assert emergencies.find(said) is None


@pytest.mark.parametrize(
    "said",
    [
        "my taxes are on fire this year",
        "what movie is playing in the park is it the one with the shots fired",
        "does the museum have a carbon monoxide exhibit",
    ],
)
def test_a_rule_that_all_else_speaks_against_costs_a_question_only(
    emergencies: Emergencies, said: str
) -> None:
    assert Emergencies(emergencies.rules).find(said) is not None
    found = emergencies.find(said)
    assert found is not None
    assert not found.sure


def test_no_rule_is_doubted_in_its_own_words(city: City, emergencies: Emergencies) -> None:
    doubted = [
        way
        for rule in rules_of([*city.emergencies.values()])
        if not rule.look_alike
        and (found := emergencies.find(way := next(plain_phrases(rule.phrase))))
        and found.rule.words
        and not found.sure
    ]
    assert doubted == []


def test_hardly_an_ordinary_phrase_of_the_city_raises_an_alarm(
    city: City, emergencies: Emergencies
) -> None:
    """Not none: a leak in the street is a report of ours and may be a main that broke."""
    phrases = [
        phrase
        for intent in city.intents.values()
        for phrase in (*intent.phrases_en, *intent.phrases_es)
    ]
    found = {phrase: emergencies.find(phrase) for phrase in phrases[::4]}
    asked = [phrase for phrase, what in found.items() if what]
    assert len(asked) <= 0.06 * len(found), asked
    alarms = [phrase for phrase, what in found.items() if what and what.sure]
    assert len(alarms) <= 0.005 * len(found), alarms


def test_nearly_every_sentence_it_learnt_is_heard_with_fillers_too(
    city: City, emergencies: Emergencies
) -> None:
    learnt = [
        (each.id, form)
        for each in city.emergencies.values()
        for phrase in (*each.phrases_en, *each.phrases_es)
        if phrase.startswith("~")
        for form in (phrase[2:], noised(phrase[2:], "en")[0])
    ]
    learnt = learnt[::3]
    missed = [said for _, said in learnt if emergencies.find(said) is None]
    assert len(missed) <= 0.07 * len(learnt), (len(missed), len(learnt), missed)


def test_an_emergency_in_a_long_story_is_heard(emergencies: Emergencies) -> None:
    story = (
        "good morning i have been a resident for thirty years and i always pay my bill on time "
        "and my daughter told me i should call because when i came home from church today "
    )
    assert emergencies.find(story + "water is shooting out of the ground by the road") is not None


def test_a_stored_voice_hears_the_same(emergencies: Emergencies, tmp_path: Path) -> None:
    emergencies.to_disk(tmp_path)
    again = Emergencies.from_disk(tmp_path)
    doubted = "my taxes are on fire this year"
    for said in ("the road has water shooting up", "pay my bill", "hay un cable caído", doubted):
        assert again.find(said) == emergencies.find(said)


def test_the_same_phrases_give_the_same_bytes(
    city: City, emergencies: Emergencies, tmp_path: Path
) -> None:
    dangers, intents = [*city.emergencies.values()], [*city.intents.values()]
    second = learn_emergencies(dangers, intents, encoder())
    emergencies.to_disk(tmp_path / "one")
    second.to_disk(tmp_path / "two")
    files = sorted((tmp_path / "one").rglob("*.*"))
    assert len(files) > 5
    for file in files:
        other = tmp_path / "two" / file.relative_to(tmp_path / "one")
        assert file.read_bytes() == other.read_bytes()


def test_with_too_little_to_learn_from_the_rules_stand_alone(city: City) -> None:
    one = city.emergencies["fire"]
    assert learn_emergencies([one], []).voice is None


def test_a_sentence_after_a_tilde_makes_no_rule(city: City) -> None:
    written = {rule.phrase for rule in rules_of([*city.emergencies.values()])}
    assert written
    assert not any(phrase.startswith("~") for phrase in written)


def test_a_phrase_is_said_once_for_each_way() -> None:
    assert [*plain_phrases("=there wire|cable down!")] == ["there wire down", "there cable down"]
    assert [*plain_phrases("~ it smells")] == ["it smells"]


def test_words_that_sound_alike_are_written_alike() -> None:
    assert sounds("vaca") == sounds("baka")
    assert sounds("knock") == sounds("nock")
    assert set(letters(("cable",))) & set(letters(("kable",)))


def test_ideas_are_the_same_in_both_languages() -> None:
    shared = set(ideas(("wire", "down"))) & set(ideas(("cable", "caido")))
    assert {"wire", "down", "down&wire"} <= shared


def test_pieces_overlap_and_hold_every_word_of_weight() -> None:
    words = tuple(f"w{number}" for number in range(MOST_AT_ONCE * 3 + 5))
    heard = pieces(words)
    assert {word for piece in heard for word in piece} == set(words)
    assert all(len(piece) <= MOST_AT_ONCE * 2 for piece in heard)


@pytest.mark.parametrize(
    "said",
    ["", " ", "\x00", "\ud800 gas", "🔥🔥🔥", "火事です", "a" * 10_000, "gas fire wire " * 1_000],
)
def test_odd_text_is_borne(emergencies: Emergencies, said: str) -> None:
    emergencies.find(said)


@settings(max_examples=150, deadline=None)
@given(text=st.text(st.characters(), max_size=800))
def test_any_text_is_borne_by_rules_and_voice(emergencies: Emergencies, text: str) -> None:
    found = emergencies.find(text)
    assert found is None or not found.rule.look_alike


def test_a_rule_is_asked_before_the_voice(emergencies: Emergencies) -> None:
    rule = make_rule("fire", "house burning", look_alike=False)
    found = Emergencies((rule,), emergencies.voice).find("my house is burning")
    assert found is not None
    assert found.rule == rule
