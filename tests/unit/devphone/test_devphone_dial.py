"""Dial: other phones ring, one hears the whisper, two talk."""

import pytest

from devphone.phones import Behaviour, Phone, phones_from
from tests.unit.devphone.town import Town, town

DESK = "+18015550100"
DIAL = (
    f'<Dial action="/after" timeout="20"><Number url="/whisper" statusCallback="/leg"'
    f' statusCallbackEvent="initiated ringing answered completed">{DESK}</Number></Dial>'
)
WHISPER = (
    '<Gather numDigits="1" action="/accepted"><Say>Press 1 to take it.</Say></Gather><Hangup/>'
)


def office(**more: str) -> Town:
    table = {
        "/voice": DIAL,
        "/whisper": WHISPER,
        "/accepted": "",
        "/leg": "",
        "/after": "<Say>Bye.</Say>",
    }
    return town(table | more)


def test_a_rep_who_accepts_is_put_through() -> None:
    here = office()
    rep = here.caller(DESK)
    caller = here.calling()
    rep.picks_up()
    rep.hears("Press 1 to take it.")
    rep.presses("1")
    caller.is_put_through_to(DESK)
    rep.is_put_through_to("+18015550142")
    rep.hangs_up()
    caller.hears("Bye.")
    form = here.line.to("/after")[0].form
    assert (form["DialCallStatus"], form["DialBridged"]) == ("completed", "true")
    assert form["DialCallSid"].startswith("CA")
    assert int(form["DialCallDuration"]) >= 1


def test_a_rep_who_does_not_press_is_completed_but_not_bridged() -> None:
    here = office()
    rep = here.caller(DESK)
    here.calling()
    rep.picks_up()
    rep.stays_silent()
    form = here.line.to("/after")[0].form
    assert (form["DialCallStatus"], form["DialBridged"]) == ("completed", "false")


def test_a_childs_callbacks_carry_both_call_sids_in_order() -> None:
    here = office()
    here.network.add_phones([Phone(DESK, presses="1")])
    caller = here.calling()
    caller.is_put_through_to(DESK)
    caller.waits()  # the phone that nobody attends hangs up by itself
    caller.hears("Bye.")
    forms = [request.form for request in here.line.to("/leg")]
    assert [form["CallStatus"] for form in forms] == [
        "initiated",
        "ringing",
        "in-progress",
        "completed",
    ]
    assert [form["SequenceNumber"] for form in forms] == ["0", "1", "2", "3"]
    assert caller.leg is not None
    assert {form["ParentCallSid"] for form in forms} == {caller.leg.sid}
    assert caller.leg.sid not in {form["CallSid"] for form in forms}


@pytest.mark.parametrize("behaviour", ["busy", "no-answer", "failed"])
def test_a_phone_that_is_not_answered_says_why(behaviour: Behaviour) -> None:
    here = office()
    here.network.add_phones([Phone(DESK, behaviour=behaviour)])
    here.calling().hears("Bye.")
    form = here.line.to("/after")[0].form
    assert (form["DialCallStatus"], form["DialBridged"]) == (behaviour, "false")


def test_a_phone_that_rings_too_long_has_no_answer() -> None:
    here = office()
    here.network.add_phones([Phone(DESK, behaviour="rings")])
    caller = here.calling()
    caller.waits()
    assert here.line.to("/after")[0].form["DialCallStatus"] == "no-answer"


def test_without_an_action_the_next_verb_runs() -> None:
    here = office(**{"/voice": f"<Dial>{DESK}</Dial><Say>Next.</Say>"})
    caller = here.calling()
    caller.waits()
    caller.hears("Next.")


def test_the_first_of_several_phones_wins_and_the_others_stop_ringing() -> None:
    numbers = "<Number>+18015550101</Number><Number>+18015550102</Number>"
    here = office(**{"/voice": f'<Dial action="/after">{numbers}</Dial>'})
    here.network.add_phones([Phone("+18015550101", behaviour="rings")])
    caller = here.calling()
    caller.is_put_through_to("+18015550102")
    legs = {leg.called: leg.status for leg in here.network.calls.values()}
    assert legs["+18015550101"] == "canceled"


def test_in_sequence_the_second_rings_after_the_first_gave_up() -> None:
    numbers = "<Number>+18015550101</Number><Number>+18015550102</Number>"
    here = office(**{"/voice": f'<Dial sequential="true" action="/after">{numbers}</Dial>'})
    here.network.add_phones([Phone("+18015550101", behaviour="busy")])
    here.calling().is_put_through_to("+18015550102")


def test_a_caller_who_hangs_up_ends_the_other_leg_and_the_action_still_hears() -> None:
    here = office()
    here.network.add_phones([Phone(DESK, presses="1")])
    caller = here.calling()
    caller.hangs_up()
    assert {leg.status for leg in here.network.calls.values()} == {"completed"}
    form = here.line.to("/after")[0].form
    assert (form["DialCallStatus"], form["CallStatus"]) == ("completed", "completed")


def test_answer_on_bridge_leaves_the_caller_ringing_until_somebody_answers() -> None:
    here = office(**{"/voice": f'<Dial answerOnBridge="true" action="/after">{DESK}</Dial>'})
    rep = here.caller(DESK)
    here.network.add_phones([Phone(DESK, behaviour="rings")])
    caller = here.calling()
    assert caller.leg is not None
    assert caller.leg.status == "ringing"
    rep.picks_up()
    assert caller.leg.status == "in-progress"


def test_the_line_cannot_dial_itself() -> None:
    here = office(**{"/voice": '<Dial action="/after">+18015550199</Dial>'})
    here.calling()
    assert here.line.to("/after")[0].form["DialCallStatus"] == "failed"


def test_a_failing_whisper_ends_only_the_leg_that_should_have_heard_it() -> None:
    here = office(**{"/whisper": "<Record action='/x'/>"})
    caller = here.calling()
    caller.hears("Bye.")
    assert here.line.to("/after")[0].form["DialBridged"] == "false"


def test_phones_are_read_from_one_line_of_text() -> None:
    read = phones_from(
        "+18015550100=Rep's desk phone:answers:1, +18015550101=Night:busy,+18015550102"
    )
    assert [(one.name, one.behaviour, one.presses) for one in read] == [
        ("Rep's desk phone", "answers", "1"), ("Night", "busy", ""), ("", "answers", ""),
    ]  # fmt: skip
    with pytest.raises(ValueError, match="not 'sings'"):
        phones_from("+18015550100=Desk:sings")
