"""A worker dies in the middle of a job, or a job can never be done: each promise is kept once."""

import random
from collections.abc import Callable

import pytest

from db.embedded.process import wait_until
from jobs import outbox
from jobs.relay import LOOK_SECONDS
from tests.faults.checking import figures, invariants_hold, sent, texts_arrive_once
from tests.faults.opened import OpenLine
from tests.faults.residents import Crowd, Resident, Told

pytestmark = [pytest.mark.faults, pytest.mark.slow]

DONE_WITHIN_SECONDS = 60.0

Calls = Callable[[], Told]


@pytest.fixture
def calls(line: OpenLine, seed: int) -> Calls:
    """Give a call that ends with a ticket and a text promised."""
    resident = Resident(line.network, "+18015550170", random.Random(seed))
    return lambda: resident.calls(line.settings.line_number)


@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
def test_a_worker_killed_with_a_text_in_its_hands_sends_it_once(
    line: OpenLine, calls: Calls, *, before: bool
) -> None:
    line.gate.close(before=before)
    try:
        told = calls()
        assert told.texted
        assert line.gate.arrived.wait(30), "the job was never begun"
        line.kill("worker")
    finally:
        line.gate.open()
    assert sent(line, [told.ticket]) == ([] if before else [told.ticket])
    lease_runs_out(line)
    assert wait_until(lambda: state_of(line, told) == "done", 60), state_of(line, told)
    texts_arrive_once(line, [told])
    invariants_hold(line)


def lease_runs_out(line: OpenLine) -> None:
    """Take the wait for the dead worker's lease out, once it is seen to be short enough."""
    [(seconds,)] = line.rows(
        "SELECT extract(epoch FROM lease_until - now())::int FROM outbox WHERE state = 'rung'"
    )
    assert int(str(seconds)) + LOOK_SECONDS <= DONE_WITHIN_SECONDS
    line.change("UPDATE outbox SET lease_until = now() WHERE state = 'rung'")


def state_of(line: OpenLine, told: Told) -> object:
    """Return what became of the text's job."""
    key = f"text:ticket:{told.ticket}:opened"
    [(state,)] = line.rows("SELECT state FROM outbox WHERE key = :key", key=key)
    return state


def test_jobs_that_can_never_be_done_end_with_the_dead_and_hold_up_nobody(
    line: OpenLine, seed: int
) -> None:
    keys = [f"poison:{number}" for number in range(3)]
    for key in keys:
        line.database.run(
            lambda session, key=key: outbox.promise(session, "send a text", key, {"message": -1})
        )
    with Crowd(line.network, line.settings.line_number, seed) as crowd:
        crowd.until(lambda: hurried(line) == len(keys), 60)
    figures("poison", crowd.stories)
    texts_arrive_once(line, crowd.stories)
    told = line.rows("SELECT state, attempts, last_error FROM outbox WHERE key LIKE 'poison:%'")
    assert {(state, attempts) for state, attempts, _ in told} == {("dead", outbox.TRIES_MOST)}
    assert all("NoResultFound" in str(error) for _, _, error in told)
    invariants_hold(line)


def hurried(line: OpenLine) -> int:
    """Take the pauses out between tries; gives how many poisoned jobs are dead by now."""
    line.change(
        "UPDATE outbox SET not_before = now() WHERE key LIKE 'poison:%' AND state = 'promised'"
    )
    line.change("SELECT pg_notify('outbox', '{}')")
    dead = line.rows("SELECT id FROM outbox WHERE key LIKE 'poison:%' AND state = 'dead'")
    return len(dead)
