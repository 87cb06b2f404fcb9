"""Enqueue, the wait, and being served."""

import pytest

from devphone.caller import Caller
from tests.unit.devphone.town import HOME, Town, town

DESK = "+18015550100"
VOICE = '<Enqueue waitUrl="/wait" action="/served">billing</Enqueue><Say>Never.</Say>'
WAIT = '<Gather numDigits="1" action="/leave" timeout="10"><Say>Please wait.</Say></Gather>'


def office(**more: str) -> Town:
    table = {"/voice": VOICE, "/wait": WAIT, "/leave": "<Leave/>", "/served": "<Say>Goodbye.</Say>"}
    return town(table | more)


def result(here: Town) -> str:
    return here.line.to("/served")[-1].form["QueueResult"]


def test_a_caller_in_line_hears_the_wait_document_over_and_over() -> None:
    here = office()
    caller = here.calling()
    caller.is_waiting_in("billing")
    caller.hears("Please wait.")
    caller.stays_silent()
    caller.waits(30)
    caller.hears("Please wait.")
    first, second = here.line.to("/wait")
    assert (first.form["QueuePosition"], first.form["CurrentQueueSize"]) == ("1", "1")
    assert first.form["MaxQueueSize"] == "1000"
    assert int(second.form["QueueTime"]) >= 30


def test_a_wait_document_that_redirects_to_itself_does_not_spin() -> None:
    here = office(**{"/wait": "<Play>music.mp3</Play><Redirect>/wait</Redirect>"})
    here.calling()
    assert len(here.line.to("/wait")) == 1


def test_who_came_later_stands_behind() -> None:
    here = office()
    here.calling("+18015550142")
    second = here.calling("+18015550143")
    assert here.line.to("/wait")[-1].form["QueuePosition"] == "2"
    second.hangs_up()
    assert len(here.network.queue("billing").members) == 1


def test_a_caller_who_leaves_goes_on_at_the_action() -> None:
    here = office()
    caller = here.calling()
    caller.presses("1")
    caller.hears("Goodbye.")
    assert result(here) == "leave"
    assert here.line.to("/served")[0].form["QueueSid"].startswith("QU")


def test_a_caller_who_hangs_up_leaves_the_line_and_the_action_hears() -> None:
    here = office()
    caller = here.calling()
    caller.hangs_up()
    assert result(here) == "hangup"
    assert here.network.queue("billing").members == []


def test_a_faulty_wait_document_gives_the_caller_back() -> None:
    here = office(**{"/wait": "<Dial>+18015550101</Dial>"})
    caller = here.calling()
    caller.hears("Goodbye.")
    assert result(here) == "error"


def test_a_full_queue_refuses() -> None:
    here = office(**{"/voice": '<Enqueue maxQueueSize="1" action="/served">billing</Enqueue>'})
    here.calling("+18015550142")
    here.calling("+18015550143").hears("Goodbye.")
    assert result(here) == "queue-full"


def test_a_redirected_call_leaves_the_line_for_its_new_document() -> None:
    here = office(**{"/elsewhere": "<Say>Somewhere else.</Say>"})
    caller = here.calling()
    assert caller.leg is not None
    here.network.redirect(caller.leg.sid, f"{HOME}/elsewhere")
    caller.hears("Somewhere else.")
    assert result(here) == "redirected"


SERVE = '<Dial action="/after"><Queue url="/your-turn">billing</Queue></Dial>'


def rep_dials_in(here: Town) -> Caller:
    here.network.add_line("+18015550198", f"{HOME}/serve")
    rep = here.caller(DESK)
    rep.dials("+18015550198")
    return rep


@pytest.mark.parametrize("rep_first", [True, False])
def test_a_rep_serves_the_first_in_line(*, rep_first: bool) -> None:
    here = office(**{"/serve": SERVE, "/your-turn": "<Say>You are next.</Say>", "/after": ""})
    if rep_first:
        rep = rep_dials_in(here)
        caller = here.calling()
    else:
        caller = here.calling()
        rep = rep_dials_in(here)
    caller.hears("You are next.")
    caller.is_put_through_to(DESK)
    rep.is_put_through_to("+18015550142")
    assert here.line.to("/served") == []  # only after the talk
    rep.hangs_up()
    caller.hears("Goodbye.")
    assert result(here) == "bridged"


def test_a_rep_whose_queue_stays_empty_goes_on() -> None:
    here = office(**{"/serve": SERVE, "/after": "<Say>Nobody is waiting.</Say>"})
    rep = rep_dials_in(here)
    rep.waits()
    rep.hears("Nobody is waiting.")
