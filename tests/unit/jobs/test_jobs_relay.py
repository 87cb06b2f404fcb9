"""The relay rings what is due; a broken doorbell, or a database that is away, is waited for."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from threading import Event, Thread

import pytest
from redis import Redis
from redis.exceptions import ConnectionError as RedisAway
from redis.exceptions import RedisError
from rq import Queue, SimpleWorker
from sqlalchemy import text

from db.session import Database
from jobs import heartbeat, outbox
from jobs.relay import QUEUE, Relay, ring_due, rq_ring, run
from jobs.schedule import Round, tick
from tests.unit.at_once import at_once

Rows = Callable[..., list[tuple[object, ...]]]
Promised = Callable[..., int]
Due = list[tuple[int, int]]
NIGHT = Round("tidy", every=timedelta(days=1), offset=timedelta(hours=9))
PERFORMED: list[tuple[int, int]] = []


def note(promise_id: int, attempt: int) -> None:
    """Stand for worker.perform: RQ calls this by name."""
    PERFORMED.append((promise_id, attempt))


class Bell:
    """A doorbell that keeps what it was rung for, or is broken."""

    def __init__(self, *, broken: bool = False) -> None:
        self.rung: Due = []
        self.broken = broken
        self.heard = Event()

    def __call__(self, due: Due) -> None:
        if self.broken:
            raise RedisAway("nobody is there")
        self.rung += due
        self.heard.set()


def test_what_is_due_is_rung(database: Database, promised: Promised, jobs_url: str) -> None:
    bell, promise_id = Bell(), promised()
    assert ring_due(Relay(database, jobs_url, bell)) == 1
    assert ring_due(Relay(database, jobs_url, bell)) == 0
    assert bell.rung == [(promise_id, 0)]


def test_a_broken_doorbell_gives_back_and_rings_later(
    database: Database, promised: Promised, rows: Rows, jobs_url: str
) -> None:
    bell, promise_id = Bell(broken=True), promised()
    relay = Relay(database, jobs_url, bell)
    assert ring_due(relay) == 0
    assert rows("SELECT state, not_before > now() FROM outbox") == [("promised", True)]
    bell.broken = False
    database.run(lambda db: db.execute(text("UPDATE outbox SET not_before = now()")))
    assert ring_due(relay) == 1
    assert bell.rung == [(promise_id, 0)]


def test_a_redis_that_is_not_there_is_given_up_at_once() -> None:
    ring = rq_ring("redis://127.0.0.1:1/0", "tests.unit.jobs.test_jobs_relay.note")
    began = time.monotonic()
    with pytest.raises(RedisError):
        ring([(1, 0)])
    assert time.monotonic() - began < 3  # its library alone would try for over four


def test_the_loop_hears_of_a_promise_at_once_and_stops_when_told(
    database: Database, promised: Promised, jobs_url: str
) -> None:
    bell, stop = Bell(), Event()
    thread = Thread(target=run, args=(Relay(database, jobs_url, bell), stop))
    thread.start()
    promised()
    assert bell.heard.wait(3)
    stop.set()
    promised()  # and it wakes up to see that it shall stop
    thread.join(8)
    assert not thread.is_alive()


def test_a_database_that_is_away_is_waited_for() -> None:
    url = "postgresql://nobody@127.0.0.1:1/nowhere"
    stop = Event()
    nowhere = Database(url)
    thread = Thread(target=run, args=(Relay(nowhere, url, Bell()), stop))
    thread.start()
    thread.join(0.5)
    assert thread.is_alive()
    stop.set()
    thread.join(5)
    assert not thread.is_alive()


def test_a_rung_job_is_performed_through_redis(
    database: Database, promised: Promised, redis_url: str, jobs_url: str
) -> None:
    with Redis.from_url(redis_url) as redis:  # pyright: ignore[reportUnknownMemberType]  redis leaves **kwargs open
        redis.flushdb()  # pyright: ignore[reportUnknownMemberType]  the same
        PERFORMED.clear()
        ring = rq_ring(redis_url, f"{__name__}.note")
        ids = [promised() for _ in range(5)]
        assert ring_due(Relay(database, jobs_url, ring)) == 5
        queue = Queue(QUEUE, connection=redis)
        SimpleWorker([queue], connection=redis).work(burst=True, logging_level="ERROR")
    assert sorted(PERFORMED) == [(one, 0) for one in ids]


def test_redis_that_forgot_everything_is_rung_again(
    database: Database, promised: Promised, jobs_url: str
) -> None:
    bell, promise_id = Bell(), promised()
    relay = Relay(database, jobs_url, bell)
    ring_due(relay)
    database.run(
        lambda db: db.execute(text("UPDATE outbox SET lease_until = now() - interval '1 s'"))
    )
    ring_due(relay)
    assert bell.rung == [(promise_id, 0), (promise_id, 0)]


def test_many_relays_promise_a_slot_once(database: Database, rows: Rows) -> None:
    now = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)
    one = partial(database.run, lambda db: tick(db, (NIGHT,), now))
    at_once(*[one] * 12)
    at_once(*[one] * 12)
    assert rows("SELECT count(*) FROM outbox") == [(1,)]


@pytest.mark.parametrize("month_day", [(3, 8), (11, 1)])
def test_both_nights_of_a_clock_change_have_every_slot_once(
    database: Database, rows: Rows, month_day: tuple[int, int]
) -> None:
    night = datetime(2026, *month_day, tzinfo=UTC)
    moments = [night + timedelta(minutes=10 * step) for step in range(2 * 24 * 6)]
    for moment in moments:
        database.run(lambda db, moment=moment: tick(db, (NIGHT,), moment))
    slots = [NIGHT.slot(moment) for moment in moments]
    assert rows("SELECT count(*) FROM outbox") == [(len(set(slots)),)]
    assert len(set(slots)) == 3  # two days, and the slot that was under way when they began
    assert slots == sorted(slots)


def test_a_slot_begins_at_its_offset() -> None:
    before = datetime(2026, 11, 1, 8, 59, 59, tzinfo=UTC)
    assert NIGHT.slot(before + timedelta(seconds=1)) == NIGHT.slot(before) + 1
    assert NIGHT.slot(before + timedelta(days=1)) == NIGHT.slot(before) + 1


def test_a_process_is_up_while_it_beats(database: Database) -> None:
    assert not database.run(lambda db: heartbeat.is_up(db, "worker"))
    for _ in range(2):
        database.run(lambda db: heartbeat.beat(db, "worker"))
    assert database.run(lambda db: heartbeat.is_up(db, "worker"))
    assert not database.run(lambda db: heartbeat.is_up(db, "relay"))
    old = "UPDATE heartbeats SET at = now() - interval '21 s'"
    database.run(lambda db: db.execute(text(old)))
    assert not database.run(lambda db: heartbeat.is_up(db, "worker"))


def test_a_beat_outlives_a_database_that_is_away_or_not_ready(servers_empty: Database) -> None:
    for database in (Database("postgresql://nobody@127.0.0.1:1/nowhere"), servers_empty):
        stop = Event()
        thread = heartbeat.keep_beating(database, "worker", stop)
        thread.join(0.7)
        assert thread.is_alive()
        stop.set()
        thread.join(5)
        assert not thread.is_alive()


def test_a_beat_is_written_at_once(database: Database) -> None:
    stop = Event()
    thread = heartbeat.keep_beating(database, "worker", stop)
    end = time.monotonic() + 5
    while time.monotonic() < end and not database.run(lambda db: heartbeat.is_up(db, "worker")):
        stop.wait(0.02)
    stop.set()
    thread.join(5)
    assert database.run(lambda db: heartbeat.is_up(db, "worker"))


def test_counts_are_by_state(database: Database, promised: Promised) -> None:
    promised()
    assert database.run(outbox.counts) == {"promised": 1}
