"""Webhooks: retries, the fallback, and what is never to be heard."""

from collections.abc import Callable

import pytest

from devphone.wire import Answer, NoAnswer, Request
from tests.unit.devphone.town import town

HOME = "https://line.example"
SLOW = NoAnswer("read", 11200, "No answer in time.")
DEAD = NoAnswer("connect", 11205, "No connection.")
BUSY = Answer(503, b"", {})


def on_try(answers: list[Answer | NoAnswer]) -> Callable[[Request], Answer | NoAnswer]:
    left = list(answers)
    return lambda _: left.pop(0)


HELLO = Answer(200, b"<Response><Say>Hello.</Say></Response>", {"Content-Type": "text/xml"})


@pytest.mark.parametrize(
    ("fragment", "trouble", "tries"),
    [
        ("", DEAD, 2),  # by default once more, and only where there was no connection
        ("", SLOW, 1),
        ("", BUSY, 1),
        ("rc=3&rp=5xx", BUSY, 4),
        ("rc=2&rp=rt", SLOW, 3),
        ("rc=2&rp=4xx", Answer(404, b""), 3),
        ("rc=2&rp=all", SLOW, 3),
        ("rc=0", DEAD, 1),
    ],
)
def test_a_webhook_is_tried_as_often_as_its_fragment_says(
    fragment: str, trouble: Answer | NoAnswer, tries: int
) -> None:
    here = town({"/voice": trouble}, voice_url=f"{HOME}/voice#{fragment}")
    here.calling()
    assert len(here.line.requests) == tries


def test_every_try_carries_the_same_token() -> None:
    here = town({"/voice": on_try([DEAD, HELLO])})
    caller = here.calling()
    caller.hears("Hello.")
    first, second = here.line.requests
    token = "I-Twilio-Idempotency-Token"
    assert first.headers[token] == second.headers[token]
    assert first.headers["X-Twilio-Signature"] == second.headers["X-Twilio-Signature"]


@pytest.mark.parametrize(
    ("trouble", "code"),
    [
        (DEAD, "11205"),
        (SLOW, "11200"),
        (BUSY, "11217"),
        (Answer(429, b""), "11217"),
        (Answer(200, b"<Response>", {"Content-Type": "text/xml"}), "12100"),
        (Answer(200, b"<Response/>", {"Content-Type": "text/plain"}), "12300"),
        (Answer(200, b"x" * 70_000, {"Content-Type": "text/xml"}), "11750"),
        (Answer(200, b"<Response><Say/></Response>", {"Content-Type": "text/xml"}), "13520"),
        (Answer(200, b"<Response><Nope/></Response>", {"Content-Type": "text/xml"}), "12200"),
    ],
)
def test_what_fails_goes_to_the_fallback_with_its_code(
    trouble: Answer | NoAnswer, code: str
) -> None:
    here = town(
        {"/voice": trouble, "/fallback": "<Say>One moment.</Say>"}, fallback_url=f"{HOME}/fallback"
    )
    caller = here.calling()
    caller.hears("One moment.")
    (request,) = here.line.to("/fallback")
    assert request.form["ErrorCode"] == code
    assert request.form["ErrorUrl"] == f"{HOME}/voice"


def test_a_later_failure_reaches_the_fallback_with_what_was_heard() -> None:
    here = town(
        {
            "/voice": '<Gather action="/next" numDigits="1"><Say>Press.</Say></Gather>',
            "/next": BUSY,
            "/fallback": "<Say>One moment.</Say>",
        },
        fallback_url=f"{HOME}/fallback",
    )
    caller = here.calling()
    caller.presses("1")
    caller.hears("One moment.")
    assert here.line.to("/fallback")[0].form["Digits"] == "1"


def test_without_a_fallback_the_caller_hears_what_nobody_should() -> None:
    here = town({"/voice": BUSY})
    caller = here.calling()
    caller.hears("An application error has occurred")
    caller.was_hung_up()


def test_a_faulty_document_is_recorded_as_a_violation() -> None:
    here = town({"/voice": "<Say/><Nope/>"})
    here.calling()
    (violation,) = here.network.violations
    assert violation.sentences == ("<Say> says nothing.", "<Nope> is no element of TwiML.")


def test_a_line_that_goes_in_circles_is_stopped() -> None:
    here = town({"/voice": "<Redirect>/voice</Redirect>"})
    caller = here.calling()
    caller.was_hung_up()
    assert "a circle" in "\n".join(caller.transcript)


def test_addresses_start_from_the_document_they_stand_in() -> None:
    here = town(
        {
            "/twilio/voice": "<Redirect>menu/start?x=1</Redirect>",
            "/twilio/menu/start": "<Redirect>next</Redirect>",
            "/twilio/menu/next": "<Redirect>../../end#rc=2</Redirect>",
            "/end": "<Say>Bye.</Say>",
        },
        voice_url=f"{HOME}/twilio/voice",
    )
    here.calling()
    assert here.line.paths() == [
        "/twilio/voice",
        "/twilio/menu/start?x=1",
        "/twilio/menu/next",
        "/end",
    ]


def test_a_verb_that_is_not_there_yet_is_refused_aloud() -> None:
    here = town({"/voice": "<Pay/>"})
    assert "cannot perform <Pay>" in "\n".join(here.calling().transcript)
    here = town({"/voice": "<Dial><Sim>DE123</Sim></Dial>"})
    assert "cannot dial <Sim>" in "\n".join(here.calling().transcript)


def test_the_first_request_carries_the_standard_fields() -> None:
    here = town({"/voice": "<Hangup/>"})
    caller = here.caller()
    caller.dials("+18015550199", stir="TN-Validation-Passed-A")
    form = here.line.requests[0].form
    assert form["CallSid"].startswith("CA")
    assert (form["From"], form["To"]) == (form["Caller"], form["Called"])
    assert form["From"] == "+18015550142"
    assert (form["Direction"], form["CallStatus"]) == ("inbound", "ringing")
    assert (form["ApiVersion"], form["FromCity"], form["FromState"]) == (
        "2010-04-01",
        "PROVO",
        "UT",
    )
    assert form["StirVerstat"] == "TN-Validation-Passed-A"


def test_a_rejected_call_is_never_answered() -> None:
    here = town({"/voice": '<Reject reason="busy"/>'})
    caller = here.calling()
    assert caller.leg is not None
    assert (caller.leg.status, caller.leg.answered_at) == ("busy", None)
