"""Status callbacks: early, late, twice, reversed, lost. A call that ended stays ended."""

from collections.abc import Callable
from itertools import permutations

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import text

from db.session import Database
from ivr.calls import FORGOTTEN, RANKS, end_forgotten
from tests.unit.webhooks.posting import Twilio, new_sid

Rows = Callable[..., list[tuple[object, ...]]]
STATES = ["queued", "initiated", "ringing", "in-progress", "completed"]
BUSY = hypothesis_settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def state_of(rows: Rows, sid: str) -> tuple[object, ...]:
    [row] = rows("SELECT status, ended_at IS NOT NULL FROM calls WHERE sid = :sid", sid=sid)
    return row


def test_callbacks_are_answered_with_nothing(twilio: Twilio) -> None:
    answer = twilio.status(new_sid(), "ringing", 1)
    assert (answer.status_code, answer.data) == (204, b"")


def test_a_call_moves_forward_and_ends(twilio: Twilio, rows: Rows) -> None:
    sid = new_sid()
    twilio.opens(sid)
    assert state_of(rows, sid) == ("in-progress", False)
    twilio.status(sid, "completed", 4)
    assert state_of(rows, sid) == ("completed", True)


@pytest.mark.parametrize("order", list(permutations(["ringing", "in-progress", "completed"])))
def test_completed_is_the_end_in_whatever_order_it_came(
    twilio: Twilio, rows: Rows, order: tuple[str, ...]
) -> None:
    sid = new_sid()
    twilio.opens(sid)
    for status in order:
        twilio.status(sid, status, STATES.index(status))
    assert state_of(rows, sid) == ("completed", True)


def test_a_call_that_ended_before_its_first_turn_was_read_is_over(
    twilio: Twilio, rows: Rows
) -> None:
    sid = new_sid()
    twilio.status(sid, "completed", 4)
    twilio.opens(sid)
    assert state_of(rows, sid) == ("completed", True)


def test_a_turn_after_the_end_does_not_reopen_the_call(twilio: Twilio, rows: Rows) -> None:
    sid = new_sid()
    twilio.opens(sid)
    twilio.status(sid, "completed", 4)
    twilio.turn(sid, 1, Digits="1")
    assert state_of(rows, sid) == ("completed", True)


def test_the_first_ending_counts(twilio: Twilio, rows: Rows) -> None:
    sid = new_sid()
    twilio.opens(sid)
    twilio.status(sid, "no-answer", 3)
    twilio.status(sid, "completed", 4)
    assert state_of(rows, sid) == ("no-answer", True)


def test_a_callback_is_kept_once(twilio: Twilio, rows: Rows) -> None:
    sid = new_sid()
    for _ in range(3):
        assert twilio.status(sid, "ringing", 1).status_code == 204
    assert rows("SELECT count(*) FROM call_events WHERE call_sid = :sid", sid=sid) == [(1,)]


def test_an_unheard_of_status_is_kept_and_moves_nothing(twilio: Twilio, rows: Rows) -> None:
    sid = new_sid()
    twilio.opens(sid)
    assert twilio.status(sid, "on-the-moon", 2).status_code == 204
    assert state_of(rows, sid) == ("in-progress", False)


events = st.lists(
    st.one_of(st.just("turn"), st.sampled_from(sorted(RANKS))), min_size=1, max_size=6
)


@BUSY
@given(events)
def test_no_order_of_callbacks_and_turns_moves_a_call_back(
    twilio: Twilio, rows: Rows, order: list[str]
) -> None:
    sid, turn, highest = new_sid(), 0, 0
    for number, event in enumerate(order):
        if event == "turn":
            twilio.turn(sid, turn)
            turn += 1
            highest = max(highest, RANKS["in-progress"])
        else:
            twilio.status(sid, event, number)
            highest = max(highest, RANKS[event])
        seen = rows("SELECT rank, ended_at IS NOT NULL FROM calls WHERE sid = :sid", sid=sid)
        assert seen == ([(highest, highest == 9)] if turn else [])


def test_a_call_whose_end_was_never_told_is_closed_after_some_hours(
    twilio: Twilio, rows: Rows, database: Database
) -> None:
    forgotten, live = new_sid(), new_sid()
    twilio.opens(forgotten)
    twilio.opens(live)
    aged = text("UPDATE calls SET started_at = now() - interval '6 hours' WHERE sid = :sid")
    database.run(lambda session: session.execute(aged, {"sid": forgotten}))
    database.run(end_forgotten)
    assert state_of(rows, forgotten) == ("completed", True)
    assert rows("SELECT ending FROM calls WHERE sid = :sid", sid=forgotten) == [(FORGOTTEN,)]
    assert state_of(rows, live) == ("in-progress", False)
