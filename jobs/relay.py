"""The relay: takes what is due from the outbox and rings RQ.

One loop: promise what comes round, lease what is due, ring; then wait for PostgreSQL to tell of
new promises, at most a few seconds. When Redis is away the jobs are given back and rung again;
when PostgreSQL is away the loop waits and tries anew. Several relays may run side by side.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Event
from typing import Final

import psycopg
from redis import Redis
from redis.exceptions import RedisError
from rq import Queue

from db.errors import DatabaseUnavailable
from db.session import Database, psycopg_url
from jobs.outbox import CHANNEL, claim_due, unring
from jobs.schedule import Round, tick

LOOK_SECONDS: Final = 5.0  # the longest a due job waits for its ring when nobody tells of it
AWAY_SECONDS: Final = 2.0
BATCH: Final = 100
QUEUE: Final = "cityline"
JOB_SECONDS: Final = 40  # RQ's own limit on one job, inside our lease
RESULT_SECONDS: Final = 60

log = logging.getLogger(__name__)

Ring = Callable[[list[tuple[int, int]]], None]


@dataclass(frozen=True)
class Relay:
    """What the loop needs. `ring` takes (promise id, attempt) pairs and raises RedisError."""

    database: Database
    url: str
    ring: Ring
    rounds: tuple[Round, ...] = ()


def rq_ring(redis_url: str, function: str) -> Ring:
    """Ring by enqueueing `function`, a dotted name, on RQ; every wait on Redis is bounded."""
    redis = Redis.from_url(  # pyright: ignore[reportUnknownMemberType]  redis leaves **kwargs open
        redis_url, socket_timeout=2.0, socket_connect_timeout=0.5, retry=None
    )
    queue = Queue(QUEUE, connection=redis)

    def ring(due: list[tuple[int, int]]) -> None:
        for promise_id, attempt in due:
            queue.enqueue(  # pyright: ignore[reportUnknownMemberType]  rq leaves **kwargs open
                function,
                promise_id,
                attempt,
                job_timeout=JOB_SECONDS,
                result_ttl=RESULT_SECONDS,
                failure_ttl=RESULT_SECONDS,
            )

    return ring


def run(relay: Relay, stop: Event) -> None:
    """Go round until told to stop."""
    while not stop.is_set():
        try:
            listen(relay, stop)
        except (DatabaseUnavailable, psycopg.Error) as error:
            log.warning("the outbox cannot be read: %s", error)
            stop.wait(AWAY_SECONDS)


def listen(relay: Relay, stop: Event) -> None:
    """Ring what is due, wait to be told of more, and so on, on one listening connection."""
    address = psycopg_url(relay.url).set(drivername="postgresql").render_as_string(False)
    with psycopg.connect(address, autocommit=True, connect_timeout=2) as ears:
        ears.execute(f"LISTEN {CHANNEL}")
        while not stop.is_set():
            while ring_due(relay) == BATCH:
                pass
            for _ in ears.notifies(timeout=LOOK_SECONDS, stop_after=1):
                pass


def ring_due(relay: Relay) -> int:
    """Promise what comes round and ring what is due; gives how many were rung."""
    relay.database.run(lambda session: tick(session, relay.rounds, datetime.now(UTC)))
    due = relay.database.run(lambda session: claim_due(session, BATCH))
    if due:
        try:
            relay.ring(due)
        except RedisError as error:
            log.warning("the doorbell is broken, %d jobs wait: %s", len(due), error)
            relay.database.run(lambda session: unring(session, due, AWAY_SECONDS))
            return 0
    return len(due)
