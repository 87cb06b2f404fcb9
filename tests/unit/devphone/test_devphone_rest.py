"""The REST API, spoken to by the real twilio client; only its base URL is rewritten."""

from datetime import UTC, datetime

import pytest
from twilio.base.exceptions import TwilioRestException

from devphone.network import DEMO_ACCOUNT
from devphone.phones import Phone
from tests.unit.devphone.rest_client import client_of, sid_of
from tests.unit.devphone.town import HOME, NUMBER, Town, town

RESIDENT = "+18015550142"


@pytest.fixture
def here() -> Town:
    return town(
        {
            "/voice": "<Enqueue waitUrl='/wait'>billing</Enqueue>",
            "/wait": "<Gather timeout='10'><Say>Please wait.</Say></Gather>",
            "/hello": "<Gather><Say>Hello.</Say></Gather>",
            "/status": "",
            "/sms": "<Message>Thank you.</Message>",
        },
        sms_url=f"{HOME}/sms",
    )


def test_a_message_is_sent_delivered_and_reported(here: Town) -> None:
    sent = client_of(here).messages.create(
        to=RESIDENT,
        from_=NUMBER,
        body="Your ticket is 100000009.",
        status_callback=f"{HOME}/status",
    )
    here.caller().receives_text("ticket is 100000009")
    assert client_of(here).messages(sid_of(sent)).fetch().status == "delivered"
    states = [request.form["MessageStatus"] for request in here.line.to("/status")]
    assert states == ["sent", "delivered"]


def test_a_message_to_a_phone_that_fails_is_undelivered_with_its_reason(here: Town) -> None:
    here.network.add_phones([Phone(RESIDENT, behaviour="failed")])
    sent = client_of(here).messages.create(to=RESIDENT, from_=NUMBER, body="Hello.")
    fetched = client_of(here).messages(sid_of(sent)).fetch()
    assert (fetched.status, fetched.error_code) == ("undelivered", 30005)


def test_messages_are_listed_by_receiver_and_day(here: Town) -> None:
    client = client_of(here)
    client.messages.create(to=RESIDENT, from_=NUMBER, body="One.")
    client.messages.create(to="+18015550143", from_=NUMBER, body="Two.")
    today = datetime.now(UTC)
    assert [one.body for one in client.messages.list(to=RESIDENT, date_sent=today)] == ["One."]
    assert client.messages.list(date_sent=datetime(2020, 1, 1, tzinfo=UTC)) == []
    assert len(client.messages.list(date_sent_after=today)) == 2


@pytest.mark.parametrize(
    ("to", "sender", "body", "code"),
    [
        ("555", NUMBER, "Hello.", 21211),
        ("+15005550001", NUMBER, "Hello.", 21211),
        ("+15005550009", NUMBER, "Hello.", 21614),
        (RESIDENT, "+18015550150", "Hello.", 21606),
        (RESIDENT, "+15005550007", "Hello.", 21606),
        (RESIDENT, "+15005550001", "Hello.", 21212),
        (RESIDENT, NUMBER, "a" * 1601, 21617),
        (RESIDENT, NUMBER, "", 21602),
    ],
)
def test_messages_are_refused_as_twilio_refuses(
    here: Town, to: str, sender: str, body: str, code: int
) -> None:
    with pytest.raises(TwilioRestException) as refusal:
        client_of(here).messages.create(to=to, from_=sender, body=body)
    assert (refusal.value.status, refusal.value.code) == (400, code)


def test_nobody_who_said_stop_gets_a_message_until_they_say_start(here: Town) -> None:
    caller, client = here.caller(), client_of(here)
    caller.texts(NUMBER, "  Stop ")
    with pytest.raises(TwilioRestException) as refusal:
        client.messages.create(to=RESIDENT, from_=NUMBER, body="Hello.")
    assert refusal.value.code == 21610
    caller.texts(NUMBER, "START")
    assert client.messages.create(to=RESIDENT, from_=NUMBER, body="Hello.").status == "queued"


def test_a_text_to_the_line_reaches_its_webhook_and_is_replied_to(here: Town) -> None:
    caller = here.caller()
    caller.texts(NUMBER, "The lamp is out")
    (request,) = here.line.to("/sms")
    assert (request.form["Body"], request.form["NumMedia"]) == ("The lamp is out", "0")
    caller.receives_text("Thank you.")


def test_the_wrong_token_is_refused(here: Town) -> None:
    with pytest.raises(TwilioRestException) as refusal:
        client_of(here, "wrong").api.accounts(DEMO_ACCOUNT).fetch()
    assert (refusal.value.status, refusal.value.code) == (401, 20003)


def test_an_unknown_resource_is_not_found(here: Town) -> None:
    with pytest.raises(TwilioRestException) as refusal:
        client_of(here).messages("SM" + "0" * 32).fetch()
    assert (refusal.value.status, refusal.value.code) == (404, 20404)


def test_requests_are_too_many_on_request(here: Town) -> None:
    here.network.faults.refuse_rest = 1
    client = client_of(here)
    with pytest.raises(TwilioRestException) as refusal:
        client.api.accounts(DEMO_ACCOUNT).fetch()
    assert (refusal.value.status, refusal.value.code) == (429, 20429)
    assert client.messages.list() == []


def test_a_phone_is_called_and_hears_the_document(here: Town) -> None:
    client, rep = client_of(here), here.caller()
    here.network.add_phones([Phone(RESIDENT, behaviour="rings")])
    made = client.calls.create(
        to=RESIDENT,
        from_=NUMBER,
        url=f"{HOME}/hello",
        status_callback=f"{HOME}/status",
        status_callback_event=["initiated", "ringing", "answered", "completed"],
    )
    assert client.calls(sid_of(made)).fetch().status == "ringing"
    rep.picks_up()
    rep.hears("Hello.")
    assert here.line.to("/hello")[0].form["Direction"] == "outbound-api"
    client.calls(sid_of(made)).update(status="completed")
    rep.was_hung_up()
    states = [request.form["CallStatus"] for request in here.line.to("/status")]
    assert states == ["initiated", "ringing", "in-progress", "completed"]


@pytest.mark.parametrize(("behaviour", "status"), [("busy", "busy"), ("no-answer", "no-answer")])
def test_a_phone_that_is_not_answered_ends_the_call_in_words(
    here: Town, behaviour: str, status: str
) -> None:
    here.network.add_phones(
        [Phone(RESIDENT, behaviour="busy" if behaviour == "busy" else "no-answer")]
    )
    made = client_of(here).calls.create(to=RESIDENT, from_=NUMBER, url=f"{HOME}/hello")
    assert client_of(here).calls(sid_of(made)).fetch().status == status
    assert here.line.to("/hello") == []


def test_a_call_can_be_given_its_document_in_person(here: Town) -> None:
    phone = here.caller()
    client_of(here).calls.create(
        to=RESIDENT, from_=NUMBER, twiml="<Response><Gather><Say>Inline.</Say></Gather></Response>"
    )
    phone.picks_up()
    assert "line (en-US): Inline." in phone.transcript


@pytest.mark.parametrize(
    ("to", "sender", "url", "code"),
    [
        ("555", NUMBER, HOME, 21211),
        (RESIDENT, "+18015550150", HOME, 21210),
        (RESIDENT, NUMBER, None, 21205),
    ],
)
def test_calls_are_refused_as_twilio_refuses(
    here: Town, to: str, sender: str, url: str | None, code: int
) -> None:
    client = client_of(here)
    with pytest.raises(TwilioRestException) as refusal:
        client.calls.create(to=to, from_=sender, **({"url": url} if url else {}))
    assert refusal.value.code == code


def test_a_live_call_is_redirected_and_a_dead_one_is_not(here: Town) -> None:
    client, caller = client_of(here), here.calling()
    (live,) = client.calls.list(status="in-progress")
    client.calls(sid_of(live)).update(url=f"{HOME}/hello", method="POST")
    caller.hears("Hello.")
    caller.hangs_up()
    with pytest.raises(TwilioRestException) as refusal:
        client.calls(sid_of(live)).update(url=f"{HOME}/hello")
    assert refusal.value.code == 21220


def test_the_front_of_a_queue_is_taken_out_by_rest(here: Town) -> None:
    client, caller = client_of(here), here.calling()
    (queue,) = client.queues.list()
    assert (queue.friendly_name, queue.current_size) == ("billing", 1)
    (member,) = client.queues(sid_of(queue)).members.list()
    assert member.position == 1
    client.queues(sid_of(queue)).members("Front").update(url=f"{HOME}/hello")
    caller.hears("Hello.")
    assert client.queues(sid_of(queue)).fetch().current_size == 0


def test_a_number_is_pointed_elsewhere(here: Town) -> None:
    client = client_of(here)
    (number,) = client.incoming_phone_numbers.list(phone_number=NUMBER)
    client.incoming_phone_numbers(sid_of(number)).update(voice_url=f"{HOME}/hello")
    here.calling().hears("Hello.")
    with pytest.raises(TwilioRestException) as refusal:
        client.incoming_phone_numbers(sid_of(number)).update(voice_url="", voice_fallback_url=HOME)
    assert refusal.value.code == 21405
