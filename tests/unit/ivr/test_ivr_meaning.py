"""From what was understood to the next question: acted on, confirmed by key, asked once more."""

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

import app
from config.settings import Settings
from config.words import Language
from db.session import Database
from ivr.heard import Heard
from nlp import Ranked, Understanding
from tests.unit.ivr.town import Call, Danger, world

Chances = Mapping[str, float]
UNCLEAR: Chances = {"pothole": 0.03, "graffiti": 0.02, "noise": 0.01}


@dataclass
class Told(Danger):
    """An ear that understands what it was told to, sentence after sentence."""

    chances: list[Chances]
    in_scope: float = 0.97
    known: bool = True
    language: Language = "en"
    asked: list[str] = field(default_factory=list[str])

    def understand(self, words: str, language: Language | None) -> Understanding:
        del language
        self.asked.append(words)
        chances = self.chances.pop(0) if len(self.chances) > 1 else self.chances[0]
        ranked = tuple(Ranked(intent, chance) for intent, chance in chances.items())
        return Understanding(self.language, 1.0, ranked, (), None, self.in_scope, self.known, "m1")


Calling = Callable[..., Call]


@pytest.fixture(scope="module")
def calling(settings: Settings) -> Generator[Calling]:
    """Call the shipped flows, with an ear that understands this and that, one after the other."""
    database = Database(settings.database_url, statement_ms=20_000)

    def call(*chances: Chances, **more: Any) -> Call:  # noqa: ANN401  fields of Told
        there = replace(world(), database=database, ear=Told(list(chances), **more))
        return Call(app.the_conversation(), there).is_at("ask", "how can I help")

    yield call
    database.close()


def noted(call: Call) -> Mapping[str, Any]:
    """Give what the turn wrote down beside the outcome of understanding."""
    [why] = [passed.noted for passed in call.now.trail if passed.noted]
    return why


def test_what_is_plain_is_acted_on(calling: Calling) -> None:
    call = calling({"traffic signal": 0.98, "pothole": 0.01}).says("the signal is out")
    assert ("understand", "sure") in call.trail
    assert "a report about" in call.said


def test_one_two_or_three_guesses_are_offered_by_key(calling: Calling) -> None:
    one = calling({"pothole": 0.85, "graffiti": 0.05}).says("my road")
    two = calling({"pothole": 0.6, "graffiti": 0.37}).says("my road")
    three = calling({"pothole": 0.5, "graffiti": 0.25, "noise": 0.2}).says("my road")
    assert (one.at, two.at, three.at) == (
        "is it this",
        "which of the two",
        "which of the three",
    )
    assert three.said == (
        "For a pothole, press 1. For graffiti, press 2. For a noise complaint, press 3."
        " For something else, press 9."
    )
    assert "a pothole" in three.presses("1").said
    assert "graffiti" in two.presses("2").said


def test_the_third_guess_can_be_taken_by_key_and_by_word(calling: Calling) -> None:
    chances = {"pothole": 0.5, "graffiti": 0.25, "sidewalk": 0.2}
    assert "sidewalk" in calling(chances).says("my road").presses("3").said
    assert "sidewalk" in calling(chances).says("my road").says("the third one").said


def test_paying_is_confirmed_by_key_however_plain(calling: Calling) -> None:
    call = calling({"pay my bill": 1.0}, in_scope=1.0).says("i want to pay my bill")
    assert call.at == "is it this"
    assert "paying your bill, press 1" in call.said
    assert "act" not in noted(call)["seconds"]


def test_other_words_are_asked_for_once_and_then_a_person_helps(calling: Calling) -> None:
    call = calling(UNCLEAR).says("uh the thing")
    assert call.at == "say it another way"
    call.says("you know the thing")
    assert ("understand once more", "person") in call.trail


def test_none_of_the_guesses_leads_to_other_words_once_and_then_to_a_person(
    calling: Calling,
) -> None:
    guesses = {"pothole": 0.5, "graffiti": 0.45}
    call = calling(guesses).says("my road").presses("9")
    assert call.at == "say it another way"
    call.says("the road again")
    assert call.at == "which of the two"
    call.presses("9")
    assert ("ask for other words", "enough") in call.trail


def test_a_new_wish_may_be_put_in_other_words_again(calling: Calling) -> None:
    call = calling(UNCLEAR).is_at("ask", "how can I help", rephrased=True)
    assert call.says("uh the thing").at == "say it another way"


def test_the_keypad_menu_is_there_at_every_one_of_these_questions(calling: Calling) -> None:
    chances = ({"pothole": 0.85}, {"pothole": 0.6, "graffiti": 0.37})
    for call in (calling(each) for each in chances):
        assert call.says("my road").presses("8").now.where.place.flow == "keypad menu"
    lost = calling(UNCLEAR).says("uh").presses("1")
    assert lost.now.where.place.flow == "keypad menu"
    silent = calling(chances[0]).says("my road").stays_silent().stays_silent().stays_silent()
    assert silent.now.where.place.flow == "keypad menu"


def test_words_that_the_recogniser_heard_well_and_are_not_ours_go_to_a_person(
    calling: Calling,
) -> None:
    foreign = calling({"pothole": 0.02}, in_scope=0.01, known=False)
    foreign.turn(Heard(words="renew my drivers license", confidence=0.98))
    assert ("understand", "person") in foreign.trail


def test_an_intent_that_the_city_no_longer_has_is_not_offered(calling: Calling) -> None:
    call = calling({"gone": 0.6, "pothole": 0.39}).says("my road")
    assert call.at == "is it this"
    assert "a pothole" in call.said


def test_why_a_step_was_chosen_is_kept_with_the_turn(calling: Calling) -> None:
    call = calling({"pothole": 0.6, "graffiti": 0.37, "noise": 0.01, "court": 0.01})
    why = noted(call.says("my road"))
    assert why["intents"] == [["pothole", 0.6], ["graffiti", 0.37], ["noise", 0.01]]
    assert (why["language"], why["in_scope"], why["model"]) == (["en", 1.0], 0.97, "m1")
    assert why["decision"] == "confirm"
    assert min(why["seconds"], key=why["seconds"].get) == "confirm 2"
    [line] = [passed.line() for passed in call.now.trail if passed.noted]
    assert line == ["how can I help / understand", "between two", why]
    assert [len(passed.line()) for passed in call.now.trail].count(3) == 1


def test_the_first_clear_sentence_settles_the_language(calling: Calling) -> None:
    call = calling({"pothole": 0.98}, language="es").says("hay un bache enorme")
    assert call.hears == "es"
    assert calling({"pothole": 0.98}, language="es").says("hola").hears == "en"
