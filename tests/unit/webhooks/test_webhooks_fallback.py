"""The fallback process: no database, and never silence."""

import subprocess
import sys
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from werkzeug.test import Client, TestResponse

from config.settings import Settings
from devphone.grammar import faults_of
from tests.unit.webhooks.posting import new_sid, next_path, said, signature
from webhooks.addresses import FALLBACK, OVERRIDES, VOICE, turn_path
from webhooks.fallback import LONGEST_BODY, Fallback, read_pairs

ROOT = Path(__file__).parents[3]
FORM = "application/x-www-form-urlencoded"


@pytest.fixture(scope="module")
def client(settings: Settings) -> Client:
    return Client(Fallback(settings))


def form_of(settings: Settings, **fields: str) -> dict[str, str]:
    return {
        "AccountSid": settings.twilio_account_sid,
        "CallSid": new_sid(),
        "ErrorCode": "11200",
    } | fields


def posts(client: Client, settings: Settings, form: Mapping[str, str]) -> TestResponse:
    """Post a signed form to the fallback."""
    made = signature(settings.twilio_auth_token, settings.public_url + FALLBACK, form)
    return client.post(FALLBACK, data=dict(form), headers={"X-Twilio-Signature": made})


def failed_turn(settings: Settings) -> str:
    return settings.public_url + turn_path(settings.secret_key, new_sid(), 3)


def test_it_is_alive_without_a_signature(client: Client) -> None:
    assert client.get("/healthz").data == b"ok\n"


def test_the_first_failure_tries_the_same_turn_once_more(
    client: Client, settings: Settings
) -> None:
    url = failed_turn(settings)
    answer = posts(client, settings, form_of(settings, ErrorUrl=url + OVERRIDES))
    assert (answer.status_code, answer.mimetype) == (200, "text/xml")
    assert faults_of(answer.data) == []
    assert settings.public_url + next_path(answer.data) == url + "?again=1"
    assert b"#ct=1500" in answer.data


def test_a_failed_first_turn_is_tried_once_more(client: Client, settings: Settings) -> None:
    url = settings.public_url + VOICE
    answer = posts(client, settings, form_of(settings, ErrorUrl=url))
    assert next_path(answer.data) == VOICE + "?again=1"


def test_the_second_failure_goes_to_a_person(client: Client, settings: Settings) -> None:
    url = failed_turn(settings) + "?again=1" + OVERRIDES
    answer = posts(client, settings, form_of(settings, ErrorUrl=url))
    assert faults_of(answer.data) == []
    assert b"<Redirect" not in answer.data
    assert str(settings.desk_phone).encode() in answer.data


FOREIGN = [
    "",
    "https://evil.example/webhooks/twilio/voice",
    "https://line.example.gov.evil.example/webhooks/twilio/voice",
    "https://line.example.gov@evil.example/webhooks/twilio/voice",
    "http://line.example.gov/webhooks/twilio/voice",
    "https://line.example.gov/webhooks/twilio/voicemail",
    "https://line.example.gov/desk/",
    "javascript:alert(1)",
    "//evil.example/webhooks/twilio/voice",
    "https://[::1",
]


@pytest.mark.parametrize("url", FOREIGN)
def test_an_address_that_is_not_ours_is_never_followed(
    client: Client, settings: Settings, url: str
) -> None:
    answer = posts(client, settings, form_of(settings, ErrorUrl=url))
    assert answer.status_code == 200
    assert b"<Redirect" not in answer.data
    assert b"evil" not in answer.data
    assert str(settings.desk_phone).encode() in answer.data


@pytest.mark.parametrize(
    ("status", "words"), [("no-answer", "not working"), ("busy", "not working"), ("completed", "")]
)
def test_the_end_of_its_own_ringing_is_answered(
    client: Client, settings: Settings, status: str, words: str
) -> None:
    form = form_of(settings, DialCallStatus=status)
    del form["ErrorCode"]
    answer = posts(client, settings, form)
    assert faults_of(answer.data) == []
    assert words in said(answer.data)
    assert b"<Hangup" in answer.data


def test_a_transfer_of_the_lines_own_that_failed_is_tried_once_more(
    client: Client, settings: Settings
) -> None:
    """The failed webhook's fields come along: its DialCallStatus is not of our ringing."""
    url = failed_turn(settings)
    form = form_of(settings, ErrorUrl=url, DialCallStatus="no-answer")
    assert next_path(posts(client, settings, form).data).endswith("again=1")
    again = form_of(settings, ErrorUrl=url + "?again=1", DialCallStatus="no-answer")
    assert str(settings.desk_phone).encode() in posts(client, settings, again).data


def test_without_a_desk_phone_it_says_that_nobody_can_be_reached(settings: Settings) -> None:
    alone = settings.model_copy(update={"desk_phone": None})
    answer = posts(Client(Fallback(alone)), alone, form_of(alone))
    assert "not working right now" in said(answer.data)
    assert faults_of(answer.data) == []


def test_an_address_of_its_own_is_what_is_signed(settings: Settings) -> None:
    url = "https://spare.example.gov/twilio/fallback"
    spare = settings.model_copy(update={"fallback_url": url})
    form = form_of(spare)
    headers = {"X-Twilio-Signature": signature(spare.twilio_auth_token, url, form)}
    client = Client(Fallback(spare))
    assert client.post("/twilio/fallback", data=form, headers=headers).status_code == 200
    assert client.post(FALLBACK, data=form, headers=headers).status_code == 404


def test_who_has_not_signed_is_refused(client: Client, settings: Settings) -> None:
    form = form_of(settings)
    assert client.post(FALLBACK, data=form).status_code == 403
    made = signature("x" * 32, settings.public_url + FALLBACK, form)
    headers = {"X-Twilio-Signature": made, "Host": "line.example.gov", "X-Forwarded-Proto": "https"}
    assert client.post(FALLBACK, data=form, headers=headers).status_code == 403


def test_another_account_is_refused(client: Client, settings: Settings) -> None:
    assert posts(client, settings, form_of(settings, AccountSid="AC1")).status_code == 403


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_it_is_posted_to_and_nothing_else(client: Client, method: str) -> None:
    assert client.open(FALLBACK, method=method).status_code == 405
    assert client.open("/elsewhere", method=method).status_code == 404


BODIES = {
    "more fields than a form has": "&".join(f"f{number}=1" for number in range(2000)),
    "too many bytes": "a" * (LONGEST_BODY + 1),
    "broken percent-encoding": "%zz=%",
    "nothing": "",
}


@pytest.mark.parametrize("name", BODIES)
def test_a_body_that_is_no_form_is_refused(client: Client, name: str) -> None:
    assert client.post(FALLBACK, data=BODIES[name], content_type=FORM).status_code == 403


@pytest.mark.parametrize("kind", ["application/json", "", "multipart/form-data"])
def test_only_forms_are_read(client: Client, kind: str) -> None:
    assert client.post(FALLBACK, data="a=1", content_type=kind).status_code == 403


@pytest.mark.parametrize("length", ["²", "-5", "9" * 5000, "0x10", " 7", "1_0", "+3"])
def test_an_odd_content_length_is_no_form(length: str) -> None:
    environment = {"CONTENT_LENGTH": length, "CONTENT_TYPE": FORM, "wsgi.input": BytesIO(b"a=1")}
    assert read_pairs(environment) is None


@hypothesis_settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300))
def test_no_bytes_at_all_are_answered_by_an_error_of_ours(client: Client, body: bytes) -> None:
    assert client.post(FALLBACK, data=body, content_type=FORM).status_code == 403


names = st.sampled_from(["ErrorUrl", "ErrorCode", "DialCallStatus", "CallSid", "Digits"])


@hypothesis_settings(max_examples=200, deadline=None)
@given(st.dictionaries(names, st.text(st.characters(codec="utf-8"), max_size=50)))
def test_no_signed_form_leaves_a_caller_in_silence(
    client: Client, settings: Settings, fields: dict[str, str]
) -> None:
    answer = posts(client, settings, form_of(settings) | fields)
    assert answer.status_code == 200
    assert faults_of(answer.data) == []


def test_a_form_is_read_as_twilio_signed_it(client: Client, settings: Settings) -> None:
    form = form_of(settings, SpeechResult="¿cuánto es? 50% + más", Blank="")
    made = signature(settings.twilio_auth_token, settings.public_url + FALLBACK, form)
    headers = {"X-Twilio-Signature": made}
    answer = client.post(FALLBACK, data=urlencode(form), content_type=FORM, headers=headers)
    assert answer.status_code == 200


def test_it_imports_nothing_that_can_be_down_or_slow() -> None:
    program = (
        "import webhooks.fallback, sys;"
        "print(*{name.partition('.')[0] for name in sys.modules}"
        " & {'sqlalchemy', 'psycopg', 'flask', 'redis', 'rq', 'spacy', 'sklearn', 'db', 'nlp'})"
    )
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.split() == []
