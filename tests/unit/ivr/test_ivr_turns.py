"""The turn engine: what was heard leads somewhere, always, and never round for ever."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from ivr.flows.shapes import Book
from ivr.heard import Heard
from ivr.reply import Goodbye, Listen, PutThrough
from ivr.turn import DIALLED, TURNS_MOST
from ivr.verb import LANGUAGE_CHOSEN
from tests.unit.ivr.town import FILES, MAIN, Call, book_of, call_into, never_run


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Book:
    return book_of(tmp_path_factory.mktemp("book"))


@pytest.fixture
def call(book: Book) -> Call:
    return call_into(book)


def test_a_call_walks_to_its_first_question(call: Call) -> None:
    call.dials()
    assert call.said == "Hello. What is your number, please?"
    assert (call.at, call.hears) == ("ask", "en")


def test_a_good_answer_is_remembered_and_led_on(call: Call) -> None:
    call.dials().presses("1234")
    assert call.now.where.memo["digits"] == "1234"
    assert call.trail == [("ask", "digits"), ("look it up", "found")]
    assert call.said == "It is seven big. For one, press 1. For two, press 2."


def test_effects_are_collected_and_not_run(call: Call) -> None:
    call.dials().presses("1234")
    assert call.now.effects == (never_run,)
    assert call.presses("9").now.effects == ()


def test_the_memo_is_copied_and_never_changed_in_place(call: Call) -> None:
    before = call.dials().now.where
    kept = dict(before.memo)
    call.presses("1234")
    assert before.memo == kept


def test_a_key_of_the_question_has_its_own_way(call: Call) -> None:
    call.dials().presses("#")
    assert call.at == "menu"
    assert "digits" not in call.now.where.memo


@pytest.mark.parametrize("asked", ["0", "representative", "quiero hablar con una persona"])
@pytest.mark.parametrize("question", ["ask", "menu"])
def test_a_person_can_be_asked_for_at_any_question(call: Call, question: str, asked: str) -> None:
    call.is_at(question)
    call.turn(Heard(digits=asked) if asked == "0" else Heard(words=asked))
    assert isinstance(call.now.reply, PutThrough)
    assert call.now.reply.number == "+18015550100"
    assert call.now.reply.seconds == 20


@pytest.mark.parametrize("heard", [Heard(digits="*"), Heard(words="repeat that please")])
def test_repeat_puts_the_whole_question_again_and_costs_no_try(call: Call, heard: Heard) -> None:
    call.dials().stays_silent().turn(heard)
    assert call.said == "What is your number, please?"
    assert call.now.where.tries == 0


def test_repeat_says_the_question_without_the_greeting(call: Call) -> None:
    assert call.dials().presses("*").said == "What is your number, please?"


def test_go_back_leads_to_the_question_before(call: Call) -> None:
    call.dials().presses("#").says("go back")
    assert call.at == "ask"


def test_go_back_at_the_first_question_puts_it_again(call: Call) -> None:
    call.dials().says("go back").says("go back")
    assert call.at == "ask"


def test_nobody_goes_back_behind_what_was_done(call: Call) -> None:
    """A ticket that was opened would be opened again by the answer to the question before it."""
    call.dials().presses("1234").says("go back")
    assert call.at == "menu"


def test_the_language_switch_keeps_the_step_and_the_rest_of_the_call(call: Call) -> None:
    call.dials().says("español por favor")
    assert (call.at, call.hears) == ("ask", "es")
    assert call.said == "¿Cuál es su número, por favor?"
    assert call.now.where.memo[LANGUAGE_CHOSEN] is True
    assert call.presses("1234").said.startswith("Es seven de grande.")
    assert call.says("english").hears == "en"


def test_an_emergency_goes_before_any_answer(call: Call) -> None:
    call.dials().says("1 2 3 4 my house is on fire")
    assert isinstance(call.now.reply, Goodbye)
    assert call.now.where.memo["emergency"] == "fire"
    assert call.now.ending == "danger"


def test_an_emergency_where_the_flow_has_no_way_for_it_is_an_answer(call: Call) -> None:
    call.is_at("find a phone", "to a person").says("fire")
    assert call.now.where.place.flow == "to a person"


def test_the_ladder_gets_shorter_and_leads_out(call: Call) -> None:
    call.dials()
    said: list[str] = []
    for _ in range(3):
        said.append(call.stays_silent().said)
        assert call.trail == [("ask", "silence")]
    assert said == ["Your number, please?", "Your number?", "Your number?"]
    call.says("what a lovely morning it is")
    assert call.trail[0] == ("ask", "not understood")
    assert isinstance(call.now.reply, PutThrough)


def test_a_good_answer_after_a_miss_begins_a_new_count(call: Call) -> None:
    call.dials().stays_silent().stays_silent().presses("12")
    assert call.now.where.tries == 0


def test_a_menu_is_chosen_by_word_and_remembers_the_choice(call: Call) -> None:
    call.is_at("menu").says("the orange")
    assert call.now.where.memo["choice"] == "two"
    assert call.trail[0] == ("menu", "two")


def test_a_menus_words_are_what_the_recogniser_is_told(call: Call) -> None:
    call.dials().presses("#")
    assert isinstance(call.now.reply, Listen)
    assert call.now.reply.hints == ("the apple", "the orange")


def test_a_verb_passed_too_often_takes_its_way_out(call: Call) -> None:
    call.is_at("ask", found=False)
    call.presses("1").presses("2")
    assert call.trail == [("ask", "digits"), ("look it up", "not found")]
    call.presses("3")
    assert call.trail[:2] == [("ask", "digits"), ("look it up", "otherwise")]
    assert isinstance(call.now.reply, PutThrough)


@pytest.mark.parametrize("status", sorted(DIALLED))
def test_a_transfer_goes_on_by_how_the_ringing_ended(call: Call, status: str) -> None:
    call.is_at("ring", "to a person").rang(status)
    assert call.trail == [("ring", DIALLED[status])]
    assert ("Nobody is there." in call.said) is (DIALLED[status] != "answered")


@pytest.mark.parametrize("heard", [Heard(), Heard(dialled="odd"), Heard(digits="1")])
def test_a_transfer_whose_end_is_not_told_has_failed(call: Call, heard: Heard) -> None:
    assert call.is_at("ring", "to a person").turn(heard).trail == [("ring", "failed")]


def test_no_number_to_ring_is_a_ring_that_failed(call: Call) -> None:
    call.is_at("ask", desk="").presses("0")
    assert isinstance(call.now.reply, Goodbye)
    assert call.said == "Nobody is there. Goodbye."


@pytest.mark.parametrize("flow", ["main line", "a flow of another day"])
def test_a_step_that_a_deploy_took_away_leads_to_a_person(call: Call, flow: str) -> None:
    call.is_at("a step of another day", flow).presses("1")
    assert isinstance(call.now.reply, PutThrough)
    assert call.trail[0] == ("a step of another day", "lost")


def test_a_renamed_step_is_found_by_its_former_name(tmp_path: Path) -> None:
    renamed = MAIN.replace("  ask:\n    ask:", "  number:\n    formerly: ask\n    ask:")
    renamed = renamed.replace("then: ask", "then: number").replace("found: ask", "found: number")
    call = call_into(book_of(tmp_path, FILES | {"main": renamed})).is_at("ask")
    assert call.stays_silent().said == "Your number, please?"
    assert call.presses("1234").at == "menu"


def test_a_very_long_call_is_taken_to_a_person_once_and_ended_at_twice_the_length(
    call: Call,
) -> None:
    call.dials()
    assert isinstance(call.turn(Heard(digits="*"), TURNS_MOST - 1).now.reply, Listen)
    at_last = call.turn(Heard(digits="*"), TURNS_MOST)
    assert isinstance(at_last.now.reply, PutThrough)
    call.is_at("ask").turn(Heard(digits="*"), TURNS_MOST + 1)
    assert isinstance(call.now.reply, Listen)
    call.turn(Heard(digits="*"), 2 * TURNS_MOST + 1)
    assert isinstance(call.now.reply, Goodbye)
    assert (call.now.ending, "Goodbye" in call.said) == ("too long", True)


HEARD = st.one_of(
    st.builds(Heard, digits=st.from_regex(r"[0-9*#]{0,5}", fullmatch=True)),
    st.builds(
        Heard,
        words=st.sampled_from(
            ["yes", "no", "representante", "go back", "español", "english", "repeat", "one", "fire"]
        )
        | st.text(max_size=20),
    ),
    st.builds(Heard, dialled=st.sampled_from([*DIALLED, "odd"])),
)


@hypothesis_settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(HEARD, max_size=25), st.booleans())
def test_whatever_is_heard_every_turn_says_something_and_counts_stay_bounded(
    book: Book, answers: list[Heard], found: object
) -> None:
    call = call_into(book).is_at("ask", found=found)
    for heard in answers:
        if isinstance(call.turn(heard).now.reply, Goodbye):
            break
        assert call.said
        assert call.now.where.tries < 4
        assert len(call.now.where.asked) <= 8
