"""Status callbacks on good days, and every fault that can be switched on."""

from itertools import count

import pytest

from devphone.faults import Faults
from devphone.wire import Answer, Request
from tests.unit.devphone.town import HOME, XML, town

EVENTS = frozenset({"initiated", "ringing", "answered", "completed"})
VOICE = '<Gather numDigits="1" action="/heard"><Say>Press.</Say></Gather>'


def test_a_line_hears_the_end_of_its_calls() -> None:
    here = town({"/voice": "<Hangup/>", "/status": ""}, status_url=f"{HOME}/status")
    here.calling()
    (request,) = here.line.to("/status")
    assert request.form["CallStatus"] == "completed"
    assert request.form["CallDuration"] == "1"
    assert request.form["CallbackSource"] == "call-progress-events"
    assert request.form["Timestamp"].endswith("GMT")


def test_a_callback_that_fails_does_not_touch_the_call() -> None:
    here = town({"/voice": "<Say>Hello.</Say>"}, status_url=f"{HOME}/nowhere")
    here.calling().hears("Hello.")


def test_on_a_bad_day_callbacks_come_in_any_order_and_one_twice() -> None:
    here = town({"/voice": "<Hangup/>", "/status": ""}, status_url=f"{HOME}/status")
    here.network.lines["+18015550199"].status_events = EVENTS
    here.network.faults.shuffle_status_callbacks = True
    here.network.faults.seed = 3
    here.calling()
    numbers = [request.form["SequenceNumber"] for request in here.line.to("/status")]
    assert sorted(set(numbers)) == ["0", "1", "2", "3"]
    assert len(numbers) == 5
    assert numbers != sorted(numbers)


def test_a_repeated_webhook_has_the_same_token_and_a_changed_answer_is_noticed() -> None:
    turns = count(1)

    def other_every_time(_: Request) -> Answer:
        return Answer(200, f"<Response><Say>{next(turns)}</Say></Response>".encode(), XML)

    here = town({"/voice": VOICE, "/heard": other_every_time})
    here.network.faults.repeat_every_webhook = True
    caller = here.calling()
    caller.presses("1")
    caller.hears("1")
    first, again = here.line.to("/heard")
    assert first == again
    (difference,) = here.network.faults.differences
    assert difference.request.url == f"{HOME}/heard"


def test_a_lost_answer_is_asked_for_again_where_the_fragment_allows() -> None:
    here = town({"/voice": VOICE}, voice_url=f"{HOME}/voice#rc=1&rp=rt")
    here.network.faults.lose_answer(1)
    here.calling().hears("Press.")
    assert len(here.line.to("/voice")) == 2


def test_a_delay_passes_on_the_networks_clock() -> None:
    here = town({"/voice": "<Hangup/>"})
    before = here.network.now()
    here.network.faults.delay_s = 7.0
    here.calling()
    assert here.network.now() - before >= 7.0


def test_faults_are_set_from_json_and_strangers_refused() -> None:
    faults = Faults()
    faults.set({"delay_s": 2, "repeat_every_webhook": True})
    assert (faults.delay_s, faults.repeat_every_webhook) == (2, True)
    wrongs: list[object] = ["all", {"differences": 1}, {"delay_s": "2"}]
    for wrong in wrongs:
        with pytest.raises(ValueError, match=r"fault|Faults"):
            faults.set(wrong)
