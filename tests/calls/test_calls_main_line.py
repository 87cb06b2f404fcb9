"""The main job, told as calls: understood, taken somewhere, and a ticket that somebody owns."""

import re
from datetime import UTC, datetime
from typing import Any, cast

from config.check_digits import is_ticket_number
from config.words import Both
from devphone.caller import Caller
from devphone.phones import Phone
from routing.closures import clear_closure, set_closure
from tests.calls.conftest import DESK_PHONE, Town

READ_BACK = re.compile("Your ticket number is|número de su reporte es")


def test_a_pothole_reported_in_english_ends_as_a_ticket_with_a_number(town: Town) -> None:
    caller = town.calling()
    caller.hears("Welcome to the Provo city line")
    caller.hears("dial 9 1 1")
    caller.says("there is a big pothole on center street")
    caller.hears("a report about a pothole")
    caller.says("center street and 500 west")
    answer_the_rest(caller)
    caller.hears("Your ticket number is")
    caller.presses("2")
    caller.hears("anything else")
    caller.says("no thank you")
    caller.hears("Goodbye")
    caller.was_hung_up()
    [(service, queue, details, language)] = town.tickets(caller)
    assert (service, queue, language) == ("RD-POT", "streets", "en")
    assert "500 West" in str(details)
    [(number,)] = town.rows("SELECT number FROM tickets")
    assert is_ticket_number(str(number))
    spoken = " ".join(str(number)[at] for at in range(3))
    assert any(spoken in line for line in caller.transcript)


def answer_the_rest(caller: Caller) -> None:
    """Answer what else the report asks, whatever it is, until the number is read."""
    for _ in range(6):
        if any(READ_BACK.search(line) for line in caller.transcript):
            return
        caller.says("yes")
    raise AssertionError("the report never ended:\n" + "\n".join(caller.transcript))


def test_spanish_by_speech_is_answered_in_spanish_from_the_first_sentence(town: Town) -> None:
    caller = town.calling("+18015550143")
    caller.hears("Para español, oprima 2")
    caller.says("hola buenas hay una fuga de agua en mi calle")
    caller.hears_in("es")
    caller.hears("reporte sobre una fuga")
    caller.says("calle center y quinientos oeste")
    answer_the_rest(caller)
    caller.hears_in("es")
    [(service, _queue, _details, language)] = town.tickets(caller)
    assert (service, language) == ("WA-LEAK", "es")


def test_english_by_key_alone_reaches_a_ticket(town: Town) -> None:
    caller = town.calling()
    caller.presses("1")
    caller.hears("For streets and sidewalks, press 4")
    caller.presses("4")
    caller.hears("For a pothole, press 1")
    caller.presses("1")
    caller.hears("a report about a pothole")


def test_spanish_by_key(town: Town) -> None:
    caller = town.calling()
    caller.presses("2")
    caller.hears_in("es")
    caller.hears("¿En qué puedo ayudarle?")


def test_español_said_at_the_welcome_switches_the_language(town: Town) -> None:
    caller = town.calling()
    caller.says("español por favor")
    caller.hears_in("es")


def test_silence_is_asked_again_shorter_and_then_put_through_to_a_person(town: Town) -> None:
    caller = town.calling()
    caller.stays_silent()
    caller.hears("in a few words what you need")
    caller.stays_silent()
    caller.hears("For a person press 0")
    caller.stays_silent()
    caller.hears("put you through to a representative")
    caller.is_put_through_to(DESK_PHONE)


def test_zero_is_a_person_at_once(town: Town) -> None:
    caller = town.calling()
    caller.presses("0")
    caller.is_put_through_to(DESK_PHONE)
    caller.hangs_up()
    [(status,)] = town.rows("SELECT status FROM calls")
    assert status == "completed"


def test_the_desk_that_does_not_answer_becomes_a_call_back(town: Town) -> None:
    town.network.phones[str(town.settings.desk_phone)] = no_answer(town)
    caller = town.calling()
    caller.says("let me talk to a representative")
    caller.hears("somebody will call you back")
    caller.says("i want to talk about my account")
    caller.hears("Your ticket number is")
    [(service, queue, _details, _language)] = town.tickets(caller)
    assert (service, queue) == ("CS-CALL", "general")


def no_answer(town: Town) -> Phone:
    """Give the desk phone that rings and rings."""
    return Phone(str(town.settings.desk_phone), name=DESK_PHONE, behaviour="no-answer")


def test_an_emergency_is_told_to_dial_911_on_the_first_turn(town: Town) -> None:
    caller = town.calling()
    caller.says("there is a power line down in the street and it is sparking")
    caller.hears("9 1 1")
    caller.presses("1")
    caller.hears("a report about")
    answer_the_rest(caller)
    [(service, _queue, _details, _language)] = town.tickets(caller)
    assert service == "PW-WIRE"


def test_gas_in_spanish_is_an_emergency_too(town: Town) -> None:
    caller = town.calling()
    caller.says("huele a gas en mi casa")
    caller.hears("9 1 1")


def test_a_closed_city_says_when_it_opens_and_still_takes_a_report(town: Town) -> None:
    town.clock.now = datetime(2026, 11, 22, 20, 0, tzinfo=UTC)  # a Sunday, 13:00
    caller = town.calling()
    caller.hears("Our offices are closed now and open tomorrow at 8")
    caller.says("talk to a person please")
    caller.hears("I will write down your request")
    caller.says("it is about my water bill")
    caller.hears("Your ticket number is")


def test_thanksgiving_is_named(town: Town) -> None:
    town.clock.now = datetime(2026, 11, 26, 18, 0, tzinfo=UTC)
    town.calling().hears("closed for Thanksgiving")


def test_an_emergency_closure_is_heard_by_the_next_caller(town: Town) -> None:
    said = Both("A snow storm closed the city.", "Una tormenta de nieve cerró la ciudad.")
    now = town.clock.now
    town.database.run(lambda session: set_closure(session, "test", said, None, now))
    town.calling().hears("A snow storm closed the city.")
    town.database.run(lambda session: clear_closure(session, "test", now))
    town.calling().does_not_hear("snow storm")


def test_unsure_is_confirmed_by_key_between_two_or_three(town: Town) -> None:
    caller = town.calling()
    caller.says("my bill")
    caller.hears("press 1. For ")
    caller.hears("For something else, press 9")
    caller.presses("9")
    caller.hears("Please say it in other words, or press 1 for a menu")


def test_money_is_confirmed_with_one_question_however_plain(town: Town) -> None:
    caller = town.calling()
    caller.says("i would like to pay my bill")
    caller.hears("If it is about paying your bill, press 1")
    caller.says("yes")
    caller.is_put_through_to(DESK_PHONE)


def test_what_is_not_understood_twice_is_taken_to_a_person(town: Town) -> None:
    caller = town.calling()
    caller.says("asdf qwer")
    caller.hears("Please say it in other words")
    caller.says("qwer asdf")
    caller.is_put_through_to(DESK_PHONE)
    [(trail,)] = town.rows("SELECT trail FROM call_turns WHERE turn = 1")
    [why] = [step[2] for step in cast("list[list[Any]]", trail) if len(step) > 2]
    assert {"language", "in_scope", "intents", "decision", "seconds", "model"} == set(why)


def test_every_webhook_sent_twice_changes_nothing(town: Town) -> None:
    town.network.faults.repeat_every_webhook = True
    caller = town.calling()
    caller.says("there is a big pothole on center street")
    caller.says("center street and 500 west")
    answer_the_rest(caller)
    caller.presses("1")
    caller.hears("on its way")
    assert len(town.tickets(caller)) == 1
    assert town.rows("SELECT count(*) FROM text_messages") == [(1,)]


def test_a_lost_answer_is_given_again_and_no_ticket_is_doubled(town: Town) -> None:
    caller = town.calling()
    town.network.faults.lose_answer(1)
    caller.says("there is a big pothole on center street")
    caller.hears("One moment, please")
    caller.hears("Where is the pothole?")
    town.network.faults.lose_answer(1)
    caller.says("center street and 500 west")
    town.network.faults.lose_answer(1)
    caller.says("the right lane")
    caller.hears("Your ticket number is")
    assert len(town.tickets(caller)) == 1


def test_the_status_of_a_ticket_is_told_by_its_number(town: Town) -> None:
    first = town.calling()
    first.says("there is a big pothole on center street")
    first.says("center street and 500 west")
    answer_the_rest(first)
    [(number,)] = town.rows("SELECT number FROM tickets")
    second = town.calling("+18015550150")
    second.presses("1")
    second.presses("7")
    second.presses(str(number))
    second.hears("Your report about a pothole")
    second.hears("is open")
