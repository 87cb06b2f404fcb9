"""What is refused before anything is written: unsigned, misshapen, too large, not about us."""

import json
from collections.abc import Callable

import pytest
from flask import Flask
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from werkzeug.routing import Rule

from tests.unit.webhooks.posting import CALLER, Twilio, new_sid, signature
from webhooks.addresses import STATUS, VOICE, turn_path

FORM = "application/x-www-form-urlencoded"
Written = Callable[[], list[tuple[object, ...]]]
BUSY = hypothesis_settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def webhook_rules(flask: Flask) -> list[Rule]:
    return [rule for rule in flask.url_map.iter_rules() if rule.rule.startswith("/webhooks")]


def path_of(rule: Rule) -> str:
    return rule.rule.replace("<int:turn>", "1").replace("<token>", "a" * 32)


def test_every_webhook_refuses_who_has_not_signed(twilio: Twilio, written: Written) -> None:
    before, rules = written(), webhook_rules(twilio.flask)
    assert {rule.rule for rule in rules} >= {VOICE, STATUS}
    for rule in rules:
        client, form = twilio.flask.test_client(), twilio.form(new_sid())
        assert client.post(path_of(rule), data=form).status_code == 403, rule
        wrong = {"X-Twilio-Signature": "RSOYDt4T1cUTdK1PDd93/VVr8B8="}
        assert client.post(path_of(rule), data=form, headers=wrong).status_code == 403, rule
    assert written() == before


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "HEAD"])
def test_webhooks_are_posted_and_nothing_else(twilio: Twilio, method: str) -> None:
    for rule in webhook_rules(twilio.flask):
        answer = twilio.flask.test_client().open(path_of(rule), method=method)
        assert answer.status_code == 405


SPOOFS = {
    "Host": "evil.example",
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Proto": "http",
    "X-Forwarded-Port": "80",
    "X-Forwarded-Prefix": "/elsewhere",
    "Forwarded": "host=evil.example;proto=http",
    "X-Original-URL": "/healthz",
    "X-Rewrite-URL": "/healthz",
}


@pytest.mark.parametrize("name", SPOOFS)
def test_what_a_request_says_of_its_own_address_changes_nothing(twilio: Twilio, name: str) -> None:
    sid = new_sid()
    form, client = twilio.form(sid), twilio.flask.test_client()
    spoof = {name: SPOOFS[name]}
    good = client.post(VOICE, data=form, headers=twilio.headers(VOICE, form) | spoof)
    assert good.status_code == 200
    assert b"evil" not in good.data
    assert b"elsewhere" not in good.data
    theirs = signature(twilio.settings.twilio_auth_token, "http://evil.example" + VOICE, form)
    bad = client.post(VOICE, data=form, headers={"X-Twilio-Signature": theirs} | spoof)
    assert bad.status_code == 403


def test_the_request_cannot_choose_its_algorithm(twilio: Twilio) -> None:
    form = twilio.form(new_sid())
    url, token = twilio.settings.public_url + VOICE, twilio.settings.twilio_auth_token
    headers = {
        "X-Twilio-Signature": signature(token, url, form, "HMAC_SHA256"),
        "X-Twilio-Webhooks-Signature-Settings": "key=a,algorithm=HMAC_SHA256",
    }
    client = twilio.flask.test_client()
    assert client.post(VOICE, data=form, headers=headers).status_code == 403


@pytest.mark.parametrize("account", ["", "AC" + "1" * 32, "AC"])
def test_another_account_is_refused_though_signed(
    twilio: Twilio, written: Written, account: str
) -> None:
    before = written()
    form = twilio.form(new_sid(), AccountSid=account)
    assert twilio.posts(VOICE, form).status_code == 403
    assert twilio.posts(STATUS, form).status_code == 403
    del form["AccountSid"]
    assert twilio.posts(VOICE, form).status_code == 403
    assert written() == before


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "multipart/form-data", ""])
def test_only_forms_are_read(twilio: Twilio, written: Written, kind: str) -> None:
    before, body = written(), json.dumps(twilio.form(new_sid()))
    headers = twilio.headers(VOICE, {})
    client = twilio.flask.test_client()
    answer = client.post(VOICE, data=body, content_type=kind, headers=headers)
    assert answer.status_code == 415
    assert written() == before


def test_a_json_body_signed_by_its_digest_alone_is_not_believed(twilio: Twilio) -> None:
    path = VOICE + "?bodySHA256=" + "0" * 64
    answer = twilio.flask.test_client().post(
        path, data="{}", content_type="application/json", headers=twilio.headers(path, {})
    )
    assert answer.status_code == 415


@pytest.mark.parametrize("size", [64 * 1024, 300 * 1024])
def test_a_huge_body_is_refused_unread(twilio: Twilio, size: int) -> None:
    form = twilio.form(new_sid(), SpeechResult="a" * size)
    assert twilio.posts(VOICE, form).status_code == 413


MISSHAPEN = {
    "no call": {"CallSid": ""},
    "another thing's name": {"CallSid": "SM" + "0" * 32},
    "a longer name": {"CallSid": "CA" + "0" * 33},
    "a name of two lines": {"CallSid": "CA" + "0" * 32 + "\n"},
    "a name in capitals": {"CallSid": "CA" + "A" * 32},
    "a name of other digits": {"CallSid": "CA" + "٣" * 32},
    "NUL in speech": {"SpeechResult": "one\x00two"},
    "an escape in speech": {"SpeechResult": "one\x1b[2Jtwo"},
    "NUL in a field nobody reads": {"FromCity": "\x00"},
    "a name with NUL": {"Digits\x00": "1"},
    "keys that no phone has": {"Digits": "12❸"},
    "digits of other scripts": {"Digits": "٣"},
    "letters for keys": {"Digits": "1; DROP TABLE calls"},
    "more keys than a call can press": {"Digits": "1" * 40},
    "an invented status": {"DialCallStatus": "<answered>"},
    "an invented recording": {"RecordingSid": "https://evil.example/a.wav"},
}


@pytest.mark.parametrize("name", MISSHAPEN)
def test_a_signed_field_must_look_like_itself(twilio: Twilio, written: Written, name: str) -> None:
    before = written()
    form = twilio.form(new_sid()) | MISSHAPEN[name]
    assert twilio.posts(VOICE, form).status_code == 400
    assert written() == before


STATUSES = {
    "none": {"CallStatus": ""},
    "no word": {"CallStatus": "Completed!"},
    "a number of forty digits": {"SequenceNumber": "9" * 40},
    "a number below nothing": {"SequenceNumber": "-1"},
    "a circled digit": {"SequenceNumber": "❸"},
    "a fraction": {"SequenceNumber": "1.5"},
    "blank": {"SequenceNumber": ""},
}


@pytest.mark.parametrize("name", STATUSES)
def test_a_misshapen_status_callback_is_refused(
    twilio: Twilio, written: Written, name: str
) -> None:
    before = written()
    form = twilio.form(new_sid(), SequenceNumber="1") | STATUSES[name]
    assert twilio.posts(STATUS, form).status_code == 400
    assert written() == before


def test_a_missing_call_sid_is_refused(twilio: Twilio) -> None:
    form = twilio.form(new_sid())
    del form["CallSid"]
    assert twilio.posts(VOICE, form).status_code == 400
    assert twilio.posts(STATUS, form).status_code == 400


def test_fields_that_sign_alike_are_told_apart(twilio: Twilio, written: Written) -> None:
    before = written()
    # {Digits: 1, Digitsx: 2} and {Digits: "1Digitsx2"} sign alike: nothing stands between them.
    form = twilio.form(new_sid(), Digits="1", Digitsx="2")
    headers = twilio.headers(VOICE, form)
    del form["Digitsx"]
    form["Digits"] = "1Digitsx2"
    answer = twilio.flask.test_client().post(VOICE, data=form, headers=headers)
    assert answer.status_code == 400
    assert written() == before


def test_a_field_that_is_there_twice_is_refused(twilio: Twilio, written: Written) -> None:
    before, form = written(), twilio.form(new_sid())
    headers = twilio.headers(VOICE, form | {"Digits": "1Digits2"})
    data = {**form, "Digits": ["1", "2"]}
    answer = twilio.flask.test_client().post(VOICE, data=data, headers=headers)
    assert answer.status_code == 400
    assert written() == before


def test_more_fields_than_a_form_has_are_refused(twilio: Twilio) -> None:
    many = {f"F{number}": "x" for number in range(200)}
    assert twilio.posts(VOICE, twilio.form(new_sid(), **many)).status_code == 400


@pytest.mark.parametrize("given", ["+266696687", "Anonymous", "", "sip:evil@example", "+1" * 30])
def test_a_withheld_or_odd_number_is_no_number_and_no_error(twilio: Twilio, given: str) -> None:
    sid = new_sid()
    answer = twilio.posts(VOICE, twilio.form(sid, From=given))
    assert answer.status_code == 200


@BUSY
@given(st.binary(max_size=400), st.sampled_from([VOICE, STATUS, VOICE + "/3/" + "a" * 32 + "/"]))
def test_no_bytes_at_all_are_answered_by_an_error_of_ours(
    twilio: Twilio, written: Written, body: bytes, path: str
) -> None:
    before = written()
    client = twilio.flask.test_client()
    assert client.post(path, data=body, content_type=FORM).status_code == 403
    signed = {"X-Twilio-Signature": signature("x" * 32, twilio.settings.public_url + path, {})}
    assert client.post(path, data=body, content_type=FORM, headers=signed).status_code == 403
    assert written() == before


NAMES = st.one_of(
    st.sampled_from(["Digits", "SpeechResult", "Confidence", "DialCallStatus", "RecordingSid"]),
    st.sampled_from(
        ["StirVerstat", "From", "To", "CallStatus", "SequenceNumber", "CallSid", "Odd"]
    ),
)
VALUES = st.one_of(
    st.text(st.characters(codec="utf-8"), max_size=60),
    st.from_regex(r"[0-9*#]{0,33}", fullmatch=True),
    st.sampled_from(["1e309", "nan", "-0.0", "9" * 40, "❸", "\x00", "😀" * 500, "completed"]),
)


@BUSY
@given(st.dictionaries(NAMES, VALUES, max_size=6), st.integers(0, 2))
def test_no_signed_form_is_answered_by_an_error_of_ours(
    twilio: Twilio, fields: dict[str, str], which: int
) -> None:
    sid = new_sid()
    paths = (VOICE, STATUS, turn_path(twilio.settings.secret_key, sid, 5))
    answer = twilio.posts(paths[which], twilio.form(sid) | fields)
    assert answer.status_code in {200, 204, 400, 403}


@pytest.mark.parametrize(
    "body",
    ["CallSid=%", "CallSid=%zz", "CallSid=%ED%A0%80", "=&=&=", "%00", "&" * 1000, "a" * 9000],
)
def test_malformed_percent_encoding_is_refused(twilio: Twilio, body: str) -> None:
    answer = twilio.flask.test_client().post(VOICE, data=body, content_type=FORM)
    assert answer.status_code == 403


@pytest.mark.parametrize("turn", ["0" * 5000, "9" * 5000, "٣", "❸", "-1", "1.0", "%00", "1e3"])
def test_odd_turn_numbers_find_nothing(twilio: Twilio, turn: str) -> None:
    path = f"{VOICE}/{turn}/{'a' * 32}/"
    answer = twilio.flask.test_client().post(path, data={"CallSid": new_sid(), "From": CALLER})
    assert answer.status_code in {403, 404}
