"""PostgreSQL restarts, refuses, or stands still: callers hear something, and their calls go on."""

import random
import signal
import time

import pytest

from db.embedded.process import wait_until
from tests.faults.checking import figures, invariants_hold, nobody_was_lost, texts_arrive_once
from tests.faults.opened import OpenLine
from tests.faults.residents import Crowd, Resident

pytestmark = [pytest.mark.faults, pytest.mark.slow]

REFUSED_SECONDS = 4.0
FROZEN_SECONDS = 6.0
BACK_SECONDS = 10.0
ANSWERED_SECONDS = 5.0


def test_an_immediate_restart_loses_no_call(line: OpenLine, seed: int) -> None:
    with Crowd(line.network, line.settings.line_number, seed) as crowd:
        for _ in range(3):
            crowd.until_more(2)
            line.kill("postgres", signal.SIGQUIT)
    everybody_was_heard(line, crowd)


def test_a_database_that_refuses_is_answered_for_and_calls_work_once_it_is_back(
    line: OpenLine, seed: int
) -> None:
    with Crowd(line.network, line.settings.line_number, seed) as crowd:
        crowd.until_more(2)
        with line.kept_down("postgres", signal.SIGINT):
            time.sleep(REFUSED_SECONDS)
    assert wait_until(lambda: answers(line), 30)
    began = time.monotonic()
    resident = Resident(line.network, "+18015550180", random.Random(seed), thinks=0)
    assert wait_until(lambda: "Welcome" in resident.calls_briefly(crowd.line), 10)
    assert time.monotonic() - began < BACK_SECONDS
    everybody_was_heard(line, crowd)
    waits = sorted(wait for story in crowd.stories for wait in story.waits)
    assert waits[int(len(waits) * 0.99)] < ANSWERED_SECONDS


def test_a_frozen_database_is_answered_for_and_the_same_calls_go_on(
    line: OpenLine, seed: int
) -> None:
    with Crowd(line.network, line.settings.line_number, seed) as crowd:
        crowd.until_more(2)
        with line.frozen("postgres"):
            time.sleep(FROZEN_SECONDS)
    everybody_was_heard(line, crowd)
    waited = [story for story in crowd.stories if "One moment" in story.said()]
    assert any(story.ticket for story in waited), "no call went on"


def answers(line: OpenLine) -> bool:
    """Say whether the database takes connections."""
    try:
        return line.rows("SELECT 1") == [(1,)]
    except Exception:  # noqa: BLE001  whatever it is, it is no answer
        return False


def everybody_was_heard(line: OpenLine, crowd: Crowd) -> None:
    """Nobody was lost; whoever got no ticket was put through, or told honestly to call again."""
    figures("postgres", crowd.stories)
    line.comes_back()
    nobody_was_lost(line, crowd.stories)
    left = [story for story in crowd.stories if not (story.ticket or story.person)]
    assert [story.transcript() for story in left if "call again" not in story.said()] == []
    texts_arrive_once(line, crowd.stories)
    invariants_hold(line)
