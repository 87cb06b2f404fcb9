"""Redis is only the doorbell: killed, frozen or emptied, it costs no call and no promised text."""

import time

import pytest
from redis import Redis

from db.embedded.process import wait_until
from tests.faults.checking import figures, invariants_hold, nobody_was_lost, texts_arrive_once
from tests.faults.opened import OpenLine
from tests.faults.residents import Crowd, Told

pytestmark = [pytest.mark.faults, pytest.mark.slow]

FROZEN_SECONDS = 5.0


def test_redis_killed_twice_in_the_middle_of_calls(line: OpenLine, seed: int) -> None:
    with Crowd(line.network, line.settings.line_number, seed) as crowd:
        for _ in range(2):
            crowd.until_more(3)
            line.kill("valkey")
    everybody_was_served(line, crowd.stories)


def test_a_frozen_redis_keeps_nobody_waiting(line: OpenLine, seed: int) -> None:
    with Crowd(line.network, line.settings.line_number, seed) as crowd:
        crowd.until_more(2)
        with line.frozen("valkey"):
            time.sleep(FROZEN_SECONDS)
    everybody_was_served(line, crowd.stories)


def test_redis_that_forgets_its_jobs_is_told_again(line: OpenLine, seed: int) -> None:
    with line.frozen("worker"), Crowd(line.network, line.settings.line_number, seed) as crowd:
        crowd.until_more(6)
        assert wait_until(lambda: rung(line) >= 6, 15)
        emptied(line.settings.redis_url)
    line.change("UPDATE outbox SET lease_until = now() WHERE state = 'rung'")  # or in 15 s
    everybody_was_served(line, crowd.stories)


def everybody_was_served(line: OpenLine, stories: list[Told]) -> None:
    """Every caller got a ticket as if nothing had happened, and every text went out once."""
    figures("redis", stories)
    nobody_was_lost(line, stories)
    assert [story.transcript() for story in stories if not story.ticket] == []
    texts_arrive_once(line, stories)
    invariants_hold(line)


def rung(line: OpenLine) -> int:
    """Count the jobs that Redis was told of and nobody has begun."""
    return len(line.rows("SELECT id FROM outbox WHERE state = 'rung' AND attempts = 0"))


def emptied(url: str) -> None:
    """Throw away everything that Redis knows."""
    redis = Redis.from_url(url, socket_timeout=2)  # pyright: ignore[reportUnknownMemberType]  redis leaves **kwargs open
    redis.flushall()  # pyright: ignore[reportUnknownMemberType]  the same
    redis.close()
