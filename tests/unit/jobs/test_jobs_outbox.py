"""Promised work: once per cause, at least once done, at most five times tried."""

from collections.abc import Callable
from functools import partial

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from db.session import Database
from db.verify import broken
from jobs import outbox
from jobs.invariants import INVARIANTS
from tests.unit.at_once import at_once

Rows = Callable[..., list[tuple[object, ...]]]
Change = Callable[..., None]
Promised = Callable[..., int]
LEASES_RUN_OUT = "UPDATE outbox SET lease_until = now() - interval '1 s'"
TIME_PASSES = "UPDATE outbox SET not_before = now() - interval '1 s'"


def claim(database: Database) -> list[tuple[int, int]]:
    return database.run(outbox.claim_due)


def begin(database: Database, promise_id: int, attempt: int) -> outbox.Work | None:
    return database.run(lambda db: outbox.begin(db, promise_id, attempt))


def begun(database: Database, promise_id: int, attempt: int = 0) -> outbox.Work:
    """Begin a job that was rung."""
    work = begin(database, promise_id, attempt)
    assert work is not None
    return work


def state_of(rows: Rows, promise_id: int) -> object:
    [(state,)] = rows("SELECT state FROM outbox WHERE id = :id", id=promise_id)
    return state


def holds(database: Database) -> bool:
    """Say whether the room's invariants hold."""
    return not any(database.run(lambda db, rule=rule: broken(db, rule)) for rule in INVARIANTS)


def test_the_same_cause_promises_once(database: Database, rows: Rows) -> None:
    for number in range(3):
        args = {"number": number}
        database.run(lambda db, args=args: outbox.promise(db, "count", "one key", args))
    assert rows("SELECT args, attempts FROM outbox") == [({"number": 0}, 0)]


def test_a_promise_dies_with_its_transaction(database: Database, rows: Rows) -> None:
    def cause(session: Session) -> None:
        outbox.promise(session, "count", "a key", {})
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        database.run(cause)
    assert rows("SELECT * FROM outbox") == []


def test_what_is_claimed_is_leased_and_not_claimed_again(
    database: Database, promised: Promised
) -> None:
    ids = sorted(promised() for _ in range(3))
    assert sorted(claim(database)) == [(one, 0) for one in ids]
    assert claim(database) == []


def test_claims_at_once_skip_what_others_hold(database: Database, promised: Promised) -> None:
    ids = sorted(promised() for _ in range(60))
    one = partial(database.run, partial(outbox.claim_due, most=7))
    batches = [batch for _ in range(2) for batch in at_once(*[one] * 12)]
    assert sorted(claimed for batch in batches for claimed, _ in batch) == ids


def test_a_claim_waits_for_nobody(database: Database, promised: Promised) -> None:
    first, second = promised(), promised()
    with database.transaction() as session:
        lock = text("SELECT id FROM outbox WHERE id = :id FOR UPDATE")
        session.execute(lock, {"id": first})
        assert claim(database) == [(second, 0)]


def test_a_ring_nobody_heard_is_rung_again(
    database: Database, promised: Promised, change: Change
) -> None:
    promise_id = promised()
    claim(database)
    change(LEASES_RUN_OUT)
    assert claim(database) == [(promise_id, 0)]


def test_a_job_whose_worker_died_is_rung_for_the_next_attempt(
    database: Database, promised: Promised, change: Change
) -> None:
    promise_id = promised()
    claim(database)
    begun(database, promise_id)
    assert claim(database) == []
    change(LEASES_RUN_OUT)
    assert claim(database) == [(promise_id, 1)]


def test_one_ring_begins_one_attempt(database: Database, promised: Promised) -> None:
    promise_id = promised()
    claim(database)
    works = at_once(*[partial(begin, database, promise_id, 0)] * 8)
    assert [work.attempt for work in works if work] == [1]


def test_a_late_ring_of_an_earlier_attempt_does_nothing(
    database: Database, promised: Promised, change: Change
) -> None:
    promise_id = promised()
    claim(database)
    begun(database, promise_id)
    change(LEASES_RUN_OUT)
    claim(database)
    assert begin(database, promise_id, 0) is None
    assert begun(database, promise_id, 1).attempt == 2


def test_a_done_job_is_not_begun_again(database: Database, promised: Promised) -> None:
    promise_id = promised()
    claim(database)
    work = begun(database, promise_id)
    database.run(lambda db: outbox.finish(db, work))
    assert begin(database, promise_id, 0) is None
    assert begin(database, promise_id, 1) is None
    assert holds(database)


def test_a_failure_waits_longer_each_time_and_the_fifth_is_the_last(
    database: Database, promised: Promised, rows: Rows, change: Change
) -> None:
    promise_id, waits = promised(), list[float]()
    for attempt in range(outbox.TRIES_MOST):
        assert claim(database) == [(promise_id, attempt)]
        work = begun(database, promise_id, attempt)
        dead = database.run(lambda db, work=work: outbox.fail(db, work, "no luck"))
        assert dead is (attempt + 1 == outbox.TRIES_MOST)
        [(wait,)] = rows("SELECT extract(epoch FROM not_before - now())::float FROM outbox")
        assert isinstance(wait, float)
        waits.append(wait)
        change(TIME_PASSES)
    assert [round(wait) for wait in waits] == [2, 10, 60, 300, 300]
    assert state_of(rows, promise_id) == "dead"
    assert claim(database) == []
    [dead_job] = database.run(outbox.dead)
    assert dead_job.last_error == "no luck"


def test_a_job_that_kills_its_worker_is_dead_after_five_tries(
    database: Database, promised: Promised, rows: Rows, change: Change
) -> None:
    promise_id = promised()
    for attempt in range(outbox.TRIES_MOST):
        assert claim(database) == [(promise_id, attempt)]
        begun(database, promise_id, attempt)
        change(LEASES_RUN_OUT)
    assert claim(database) == []
    assert rows("SELECT state, last_error FROM outbox") == [
        ("dead", "its worker died in the last try")
    ]


def test_a_slow_worker_that_fails_late_does_not_undo_what_another_did(
    database: Database, promised: Promised, rows: Rows, change: Change
) -> None:
    promise_id = promised()
    claim(database)
    slow = begun(database, promise_id)
    change(LEASES_RUN_OUT)
    claim(database)
    quick = begun(database, promise_id, 1)
    assert not database.run(lambda db: outbox.fail(db, slow, "late"))
    database.run(lambda db: outbox.finish(db, quick))
    assert not database.run(lambda db: outbox.fail(db, slow, "later", permanent=True))
    assert state_of(rows, promise_id) == "done"
    assert holds(database)


def test_a_slow_worker_that_finishes_late_has_done_the_job(
    database: Database, promised: Promised, rows: Rows, change: Change
) -> None:
    promise_id = promised()
    claim(database)
    slow = begun(database, promise_id)
    change(LEASES_RUN_OUT)
    claim(database)
    quick = begun(database, promise_id, 1)
    database.run(lambda db: outbox.finish(db, slow))
    assert not database.run(lambda db: outbox.fail(db, quick, "too late"))
    assert state_of(rows, promise_id) == "done"


def test_dead_jobs_are_replayed_with_fresh_tries(
    database: Database, promised: Promised, rows: Rows
) -> None:
    promise_id, alive = promised(), promised()
    claim(database)
    work = begun(database, promise_id)
    assert database.run(lambda db: outbox.fail(db, work, "no such phone", permanent=True))
    assert database.run(lambda db: outbox.replay(db, [promise_id, alive, 0])) == 1
    assert claim(database) == [(promise_id, 0)]
    assert database.run(outbox.counts) == {"rung": 2}
    assert rows("SELECT last_error FROM outbox WHERE id = :id", id=promise_id) == [(None,)]


def test_jobs_given_back_wait_and_begun_ones_stay_with_their_worker(
    database: Database, promised: Promised, rows: Rows, change: Change
) -> None:
    begun_id, waiting = promised(), promised()
    due = claim(database)
    begun(database, begun_id)
    database.run(lambda db: outbox.unring(db, due, 2))
    assert state_of(rows, begun_id) == "rung"
    assert state_of(rows, waiting) == "promised"
    assert claim(database) == []
    change(TIME_PASSES)
    assert claim(database) == [(waiting, 0)]
