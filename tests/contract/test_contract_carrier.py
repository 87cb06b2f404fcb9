"""What every carrier of texts owes us: a text is never taken for sent, or for not sent, wrongly."""

import time
from collections.abc import Generator
from datetime import UTC, datetime, timedelta

import pytest

from config.settings import Settings
from messages.carrier import NotSent, Unknown
from messages.twilio_carrier import TIMEOUT_SECONDS, TwilioCarrier
from tests.contract.carriers import Outside, Paper, Wire, over_http

PHONE, OTHER = "+18015550142", "+18015550143"
BODY = "Your report is ticket 123456786. ¿Más? «Sí» & 'no'."
LATELY = timedelta(minutes=5)


@pytest.fixture
def wire(settings: Settings) -> Generator[Wire]:
    with over_http(settings) as made:
        yield made


@pytest.fixture(params=["on paper", "Twilio's client over HTTP"])
def outside(request: pytest.FixtureRequest) -> Outside:
    if request.param == "on paper":
        return Paper()
    made: Outside = request.getfixturevalue("wire")
    return made


def lately() -> datetime:
    return datetime.now(UTC) - LATELY


def test_a_text_is_sent_and_can_be_found(outside: Outside) -> None:
    taken = outside.carrier.send(PHONE, BODY)
    assert outside.bodies(PHONE) == [BODY]
    assert taken.sid.startswith("SM")
    assert outside.carrier.find(PHONE, BODY, lately()) == taken


def test_other_words_other_phones_and_other_days_are_not_found(outside: Outside) -> None:
    outside.carrier.send(PHONE, BODY)
    assert outside.carrier.find(PHONE, BODY + "!", lately()) is None
    assert outside.carrier.find(OTHER, BODY, lately()) is None
    assert outside.carrier.find(PHONE, BODY, datetime.now(UTC) + timedelta(days=2)) is None


def test_whoever_opted_out_is_refused_for_good(outside: Outside) -> None:
    outside.opts_out(PHONE)
    with pytest.raises(NotSent) as refusal:
        outside.carrier.send(PHONE, BODY)
    assert refusal.value.permanent
    assert "21610" in str(refusal.value)
    assert outside.bodies(PHONE) == []


def test_too_many_at_once_is_refused_for_now(outside: Outside) -> None:
    outside.weather("busy")
    with pytest.raises(NotSent) as refusal:
        outside.carrier.send(PHONE, BODY)
    assert not refusal.value.permanent
    outside.weather("calm")
    assert outside.bodies(PHONE) == []


def test_a_carrier_that_is_away_leaves_it_unknown_and_nothing_is_found_later(
    outside: Outside,
) -> None:
    outside.weather("away")
    with pytest.raises(Unknown):
        outside.carrier.send(PHONE, BODY)
    with pytest.raises(Unknown):
        outside.carrier.find(PHONE, BODY, lately())
    outside.weather("calm")
    assert outside.carrier.find(PHONE, BODY, lately()) is None


def test_a_text_whose_answer_was_lost_is_unknown_and_found_later(outside: Outside) -> None:
    outside.weather("lost")
    with pytest.raises(Unknown):
        outside.carrier.send(PHONE, BODY)
    outside.weather("calm")
    assert outside.carrier.find(PHONE, BODY, lately()) is not None
    assert outside.bodies(PHONE) == [BODY]


def test_an_answer_that_makes_no_sense_is_unknown(outside: Outside) -> None:
    outside.weather("garbled")
    with pytest.raises(Unknown):
        outside.carrier.send(PHONE, BODY)
    with pytest.raises(Unknown):
        outside.carrier.find(PHONE, BODY, lately())


def test_silence_is_unknown_within_the_clients_time(wire: Wire) -> None:
    wire.weather("silent")
    began = time.monotonic()
    with pytest.raises(Unknown):
        wire.carrier.send(PHONE, BODY)
    assert TIMEOUT_SECONDS <= time.monotonic() - began < TIMEOUT_SECONDS + 10
    assert wire.bodies(PHONE) == []


def test_an_address_where_nobody_listens_is_unknown_at_once(settings: Settings) -> None:
    carrier = TwilioCarrier(settings.model_copy(update={"twilio_api_url": "http://127.0.0.1:1"}))
    began = time.monotonic()
    with pytest.raises(Unknown):
        carrier.send(PHONE, BODY)
    assert time.monotonic() - began < TIMEOUT_SECONDS


def test_a_token_that_is_wrong_says_nothing_about_the_text(wire: Wire, settings: Settings) -> None:
    """Wrong credentials are ours to mend: the text may be sent again once they are."""
    mistaken = {"twilio_api_url": wire.address, "twilio_auth_token": "x" * 32}
    with pytest.raises(NotSent) as refusal:
        TwilioCarrier(settings.model_copy(update=mistaken)).send(PHONE, BODY)
    assert not refusal.value.permanent


def test_a_number_that_is_none_is_refused_for_good(wire: Wire) -> None:
    with pytest.raises(NotSent) as refusal:
        wire.carrier.send("+15005550001", BODY)
    assert refusal.value.permanent
