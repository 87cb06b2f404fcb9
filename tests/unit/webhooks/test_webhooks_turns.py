"""A turn is taken once, whatever comes twice, too late, too early, or at once."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from itertools import count
from typing import cast

import pytest
from sqlalchemy import text

from db.session import Database
from devphone.grammar import faults_of
from ivr import calls
from ivr.calls import Arrival, Claimed, Stored, Taking
from ivr.flows.shapes import Place
from ivr.heard import Heard
from tests.unit.at_once import at_once
from tests.unit.webhooks.posting import CALLER, Twilio, new_sid, next_path, said
from webhooks.addresses import AGAIN, VOICE, token, turn_path

Rows = Callable[..., list[tuple[object, ...]]]
START = Place("how can I help", "ask")


def arrival(sid: str, turn: int, heard: Heard) -> Arrival:
    return Arrival(sid, turn, CALLER, "+18015550199", "", f"digest of {heard}", heard)


def claim(database: Database, sid: str, turn: int, heard: Heard = Heard()) -> calls.Claim:  # noqa: B008  frozen
    return database.run(
        lambda session: calls.claim(session, arrival(sid, turn, heard), START, "v1")
    )


def lease_runs_out(database: Database, sid: str) -> None:
    expired = "UPDATE call_turns SET lease_until = now() - interval '1 s' WHERE call_sid = :sid"
    database.run(lambda session: session.execute(text(expired), {"sid": sid}))


def test_the_first_turn_speaks_and_hands_out_the_next_address(twilio: Twilio) -> None:
    sid = new_sid()
    answer = twilio.opens(sid)
    assert answer.status_code == 200
    assert answer.mimetype == "text/xml"
    assert faults_of(answer.data) == []
    assert "Welcome" in said(answer.data)
    assert next_path(answer.data) == turn_path(twilio.settings.secret_key, sid, 1)


def test_every_address_handed_out_bounds_the_carriers_patience(twilio: Twilio) -> None:
    assert twilio.opens(new_sid()).data.count(b"#ct=1500&amp;rt=4500&amp;rc=1&amp;rp=ct,5xx") == 2


def test_a_repeated_turn_gets_the_stored_bytes(twilio: Twilio, rows: Rows) -> None:
    sid = new_sid()
    first = twilio.opens(sid)
    assert twilio.opens(sid).data == first.data
    keyed = twilio.turn(sid, 1, Digits="1")
    assert twilio.turn(sid, 1, Digits="1").data == keyed.data
    assert twilio.opens(sid).data == first.data
    assert rows("SELECT turn FROM calls WHERE sid = :sid", sid=sid) == [(2,)]


def test_the_same_turn_with_another_body_gets_the_stored_bytes_too(
    twilio: Twilio, rows: Rows
) -> None:
    sid = new_sid()
    twilio.opens(sid)
    keyed = twilio.turn(sid, 1, Digits="1")
    assert twilio.turn(sid, 1, Digits="0").data == keyed.data
    [(heard,)] = rows("SELECT heard FROM call_turns WHERE call_sid = :sid AND turn = 1", sid=sid)
    assert isinstance(heard, dict)
    assert heard["digits"] == "1"


def test_twenty_at_once_have_one_effect_and_one_answer(twilio: Twilio, rows: Rows) -> None:
    sid = new_sid()
    opened = {one.data for one in at_once(*[partial(twilio.opens, sid)] * 20)}
    keyed = {one.data for one in at_once(*[partial(twilio.turn, sid, 1)] * 20)}
    assert (len(opened), len(keyed)) == (1, 1)
    assert rows("SELECT count(*) FROM call_turns WHERE call_sid = :sid", sid=sid) == [(2,)]
    assert rows("SELECT turn FROM calls WHERE sid = :sid", sid=sid) == [(2,)]


@pytest.mark.parametrize("given", ["0" * 32, "a", "ñ" * 32, "A" * 32])
def test_a_forged_token_is_refused(twilio: Twilio, rows: Rows, given: str) -> None:
    sid = new_sid()
    twilio.opens(sid)
    path = f"{VOICE}/1/{given}/"
    assert twilio.posts(path, twilio.form(sid)).status_code == 403
    assert rows("SELECT count(*) FROM call_turns WHERE call_sid = :sid", sid=sid) == [(1,)]


def test_a_token_is_for_one_turn_of_one_call(twilio: Twilio) -> None:
    sid, other, secret = new_sid(), new_sid(), twilio.settings.secret_key
    twilio.opens(sid)
    of_another_call = f"{VOICE}/1/{token(secret, other, 1)}/"
    of_another_turn = f"{VOICE}/2/{token(secret, sid, 1)}/"
    assert twilio.posts(of_another_call, twilio.form(sid)).status_code == 403
    assert twilio.posts(of_another_turn, twilio.form(sid)).status_code == 403
    assert token(secret, sid, 1) != token(secret + "x", sid, 1)


def test_a_turn_from_the_future_writes_nothing_and_the_caller_is_kept(
    twilio: Twilio, rows: Rows
) -> None:
    sid = new_sid()
    twilio.opens(sid)
    answer = twilio.turn(sid, 7, Digits="1")
    assert answer.status_code == 200
    assert faults_of(answer.data) == []
    assert next_path(answer.data).endswith(AGAIN)
    assert rows("SELECT turn FROM calls WHERE sid = :sid", sid=sid) == [(1,)]
    assert rows("SELECT count(*) FROM call_turns WHERE call_sid = :sid", sid=sid) == [(1,)]


def test_a_call_nobody_knows_goes_to_a_person_the_second_time(twilio: Twilio) -> None:
    sid = new_sid()
    path = next_path(twilio.turn(sid, 3).data)
    second = twilio.posts(path, twilio.form(sid))
    assert faults_of(second.data) == []
    assert str(twilio.settings.desk_phone).encode() in second.data
    assert b"/webhooks/twilio/fallback" in second.data


def test_one_moment_leads_back_to_the_stored_answer(twilio: Twilio) -> None:
    sid = new_sid()
    twilio.opens(sid)
    keyed = twilio.turn(sid, 1, Digits="1")
    path = f"{turn_path(twilio.settings.secret_key, sid, 1)}?{AGAIN}"
    assert twilio.posts(path, twilio.form(sid)).data == keyed.data


def test_what_was_heard_outlives_a_process_that_died(
    twilio: Twilio, database: Database, rows: Rows
) -> None:
    sid = new_sid()
    twilio.opens(sid)
    assert isinstance(claim(database, sid, 1, Heard(digits="1")), Claimed)  # and then: killed
    lease_runs_out(database, sid)
    path = f"{turn_path(twilio.settings.secret_key, sid, 1)}?{AGAIN}"
    answer = twilio.posts(path, twilio.form(sid))  # a redirect brings no keys
    assert "For a bill or a payment, press 1" in said(answer.data)
    [(heard,)] = rows("SELECT heard FROM call_turns WHERE call_sid = :sid AND turn = 1", sid=sid)
    assert isinstance(heard, dict)
    assert heard["digits"] == "1"


def test_a_turn_being_taken_is_not_taken_again_until_its_lease_runs_out(
    twilio: Twilio, database: Database
) -> None:
    sid = new_sid()
    twilio.opens(sid)
    assert isinstance(claim(database, sid, 1), Claimed)
    assert isinstance(claim(database, sid, 1), Taking)
    lease_runs_out(database, sid)
    assert isinstance(claim(database, sid, 1), Claimed)
    assert isinstance(claim(database, sid, 1), Taking)


def test_a_turn_given_back_can_be_taken_at_once(twilio: Twilio, database: Database) -> None:
    sid = new_sid()
    twilio.opens(sid)
    here = arrival(sid, 1, Heard())
    assert isinstance(claim(database, sid, 1), Claimed)
    database.run(lambda session: calls.give_back(session, here))
    assert isinstance(claim(database, sid, 1), Claimed)


def test_an_answered_turn_cannot_be_given_back(twilio: Twilio, database: Database) -> None:
    sid = new_sid()
    twilio.opens(sid)
    database.run(lambda session: calls.give_back(session, arrival(sid, 0, Heard())))
    assert isinstance(claim(database, sid, 0), Stored)


def test_a_repeat_while_a_dead_turn_is_stored_waits_for_nobody(
    twilio: Twilio, database: Database
) -> None:
    """The claim of a repeat and the store of a slow first try lock in one order: no deadlock."""
    sids = [new_sid() for _ in range(8)]
    for sid in sids:
        twilio.opens(sid)
        claim(database, sid, 1)
        lease_runs_out(database, sid)
    answers = [one.data for one in at_once(*[partial(twilio.turn, sid, 1) for sid in sids * 2])]
    assert answers[:8] == answers[8:]


def test_cards_are_neither_kept_nor_answered(twilio: Twilio, rows: Rows) -> None:
    sid, card = new_sid(), "4111111111111111"
    twilio.opens(sid)
    twilio.turn(sid, 1, Digits=card)
    twilio.turn(sid, 2, SpeechResult="my card is 4111 1111 1111 1111")
    kept = rows("SELECT heard::text FROM call_turns WHERE call_sid = :sid", sid=sid)
    memo = rows("SELECT memo::text FROM calls WHERE sid = :sid", sid=sid)
    assert not any("1111" in str(row) for row in [*kept, *memo])


def test_speech_is_cut_and_a_confidence_of_nothing_is_none(twilio: Twilio, rows: Rows) -> None:
    sid = new_sid()
    twilio.opens(sid)
    numbers = count(1)
    for given, kept in (("0.0", None), ("0.87", 0.87), ("2", None), ("1e309", None), ("", None)):
        turn = next(numbers)
        twilio.turn(sid, turn, SpeechResult="word " * 1000, Confidence=given)
        [(heard,)] = rows(
            "SELECT heard FROM call_turns WHERE call_sid = :sid AND turn = :turn",
            sid=sid,
            turn=turn,
        )
        assert isinstance(heard, dict)
        assert heard["confidence"] == kept
        assert len(str(cast("dict[str, object]", heard)["words"])) <= 1000


def test_the_record_says_how_long_a_turn_took(twilio: Twilio, rows: Rows) -> None:
    sid, began = new_sid(), datetime.now(UTC)
    twilio.opens(sid)
    most = (datetime.now(UTC) - began).total_seconds() * 1000
    [(took,)] = rows("SELECT took_ms FROM call_turns WHERE call_sid = :sid", sid=sid)
    assert isinstance(took, float)
    assert 0 < took <= most
