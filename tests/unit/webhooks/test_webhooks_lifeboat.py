"""What a caller hears when the database is away: a valid document, soon, and then a person."""

import time
from datetime import UTC, datetime

import pytest
from sqlalchemy import text

import app
from config.settings import Settings
from db.session import Database
from devphone.grammar import faults_of
from tests.unit.webhooks.conftest import DeafEar
from tests.unit.webhooks.posting import Twilio, new_sid, next_path, said
from webhooks import lifeboat

HEARD_SECONDS = 5.0  # what a caller may wait at most; what it takes is measured in bench/
AFTER = "https://line.example.gov/webhooks/twilio/fallback"


@pytest.fixture(scope="module")
def adrift(settings: Settings) -> Twilio:
    """A line whose database refuses."""
    nowhere = Database("postgresql://nobody@127.0.0.1:1/nowhere")
    ports = app.Ports(nowhere, DeafEar(), lambda: datetime.now(UTC))
    return Twilio(app.build(settings, ports), settings)


def test_a_refusing_database_costs_a_caller_one_moment_and_then_a_person(adrift: Twilio) -> None:
    sid, began = new_sid(), time.monotonic()
    first = adrift.opens(sid)
    second = adrift.posts(next_path(first.data), adrift.form(sid))
    assert time.monotonic() - began < HEARD_SECONDS
    for answer in (first, second):
        assert (answer.status_code, answer.mimetype) == (200, "text/xml")
        assert faults_of(answer.data) == []
    assert "One moment" in said(first.data)
    assert "Un momento" in said(first.data)
    assert "I will put you through to a person" in said(second.data)
    assert str(adrift.settings.desk_phone).encode() in second.data


def test_a_later_turn_of_a_line_adrift_is_answered_in_time(adrift: Twilio) -> None:
    times: list[float] = []
    for turn in range(1, 6):
        began = time.monotonic()
        assert faults_of(adrift.turn(new_sid(), turn, Digits="1").data) == []
        times.append(time.monotonic() - began)
    assert max(times) < HEARD_SECONDS


def test_a_status_callback_is_asked_for_again(adrift: Twilio) -> None:
    assert adrift.status(new_sid(), "completed", 3).status_code == 503


def test_a_line_adrift_still_refuses_who_has_not_signed(adrift: Twilio) -> None:
    form = adrift.form(new_sid())
    assert adrift.flask.test_client().post("/webhooks/twilio/voice", data=form).status_code == 403


def test_an_exhausted_pool_is_a_lifeboat_too(settings: Settings) -> None:
    small = Database(settings.database_url, pool=1)
    line = Twilio(
        app.build(settings, app.Ports(small, DeafEar(), lambda: datetime.now(UTC))), settings
    )
    with small.transaction() as session:
        session.execute(text("SELECT 1"))
        began = time.monotonic()
        answer = line.opens(new_sid())
        assert time.monotonic() - began < HEARD_SECONDS
    small.close()
    assert "One moment" in said(answer.data)


class BrokenEar(DeafEar):
    """An ear whose emergency matcher has a fault of its own."""

    def emergency(self, words: str) -> str | None:
        raise ZeroDivisionError(words)


def test_a_fault_of_ours_is_no_error_page_and_the_turn_is_given_back(
    settings: Settings, database: Database
) -> None:
    ports = app.Ports(database, BrokenEar(), lambda: datetime.now(UTC))
    broken = Twilio(app.build(settings, ports), settings)
    sid = new_sid()
    broken.opens(sid)
    first = broken.turn(sid, 1, SpeechResult="hello there")
    assert "One moment" in said(first.data)
    second = broken.posts(next_path(first.data), broken.form(sid, SpeechResult="hello there"))
    assert "put you through to a person" in said(second.data)
    third = broken.turn(sid, 1, Digits="1")  # nobody waits for a lease
    assert "press 1" in said(third.data)


@pytest.mark.parametrize(
    "document",
    [
        lifeboat.go_on("https://line.example.gov/webhooks/twilio/voice?again=1#rc=1&rp=ct,5xx"),
        lifeboat.to_a_person("+18015550100", AFTER),
        lifeboat.to_a_person(None, AFTER),
        lifeboat.rung("no-answer"),
        lifeboat.rung("completed"),
        lifeboat.nobody(),
    ],
)
def test_every_document_of_the_lifeboat_keeps_to_the_grammar(document: bytes) -> None:
    assert faults_of(document) == []


def test_with_no_number_to_ring_the_line_says_so_and_names_911() -> None:
    words = said(lifeboat.to_a_person(None, AFTER))
    assert "dial 9 1 1" in words
    assert "marque 9 1 1" in words


@pytest.mark.parametrize("status", ["busy", "no-answer", "failed", "canceled", "", "odd"])
def test_whoever_was_not_talked_to_is_told_so(status: str) -> None:
    assert "not working" in said(lifeboat.rung(status))


@pytest.mark.parametrize("status", ["completed", "answered"])
def test_whoever_was_talked_to_is_done(status: str) -> None:
    assert said(lifeboat.rung(status)) == ""
