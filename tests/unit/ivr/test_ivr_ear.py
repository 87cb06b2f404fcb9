"""The classifier within its time: slow, raising or hung, it costs a caller less than a second."""

import threading
import time
from collections.abc import Generator
from dataclasses import dataclass, field

import pytest

from config.words import Language
from ivr.ear import (
    FAILURES_MOST,
    HANGING_MOST,
    OUT_SECONDS,
    PATIENCE_SECONDS,
    Breaker,
    NotListening,
    TimedEar,
)
from nlp import Understanding

CALM = Understanding("en", 1.0, (), (), None, model="m1")


@dataclass
class Clock:
    """Seconds that pass when told to."""

    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Moody:
    """A classifier that does as it is told; `release` ends every hang."""

    mood: str = "calm"
    release: threading.Event = field(default_factory=threading.Event)
    asked: int = 0

    def understand(self, words: str, language: Language | None = None) -> Understanding:
        self.asked += 1
        if self.mood == "hung":
            self.release.wait(30)
        if self.mood == "raising":
            raise MemoryError(f"{words} {language}")
        return CALM


@pytest.fixture
def moody() -> Generator[Moody]:
    made = Moody()
    yield made
    made.release.set()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def ear(moody: Moody, clock: Clock) -> TimedEar:
    return TimedEar(
        moody, lambda words: "fire" if "fire" in words else None, Breaker(clock), lambda: "m1"
    )


def fails(ear: TimedEar) -> float:
    """Ask in vain; gives how long it took."""
    began = time.monotonic()
    with pytest.raises(NotListening):
        ear.understand("hello", "en")
    return time.monotonic() - began


def test_a_calm_classifier_is_heard(ear: TimedEar) -> None:
    assert ear.understand("hello", None) == CALM


def test_a_raising_classifier_is_not_listening(ear: TimedEar, moody: Moody) -> None:
    moody.mood = "raising"
    assert fails(ear) < PATIENCE_SECONDS


def test_a_hung_classifier_is_not_listening_within_its_time(ear: TimedEar, moody: Moody) -> None:
    moody.mood = "hung"
    assert PATIENCE_SECONDS <= fails(ear) < PATIENCE_SECONDS + 0.5


def test_an_emergency_is_found_while_the_classifier_hangs(ear: TimedEar, moody: Moody) -> None:
    moody.mood = "hung"
    began = time.monotonic()
    assert ear.emergency("fire") == "fire"
    assert ear.emergency("hello") is None
    assert time.monotonic() - began < PATIENCE_SECONDS


def test_after_failures_in_a_row_it_is_out_and_costs_nothing(ear: TimedEar, moody: Moody) -> None:
    moody.mood = "raising"
    for _ in range(FAILURES_MOST):
        fails(ear)
    asked = moody.asked
    assert fails(ear) < 0.1
    assert moody.asked == asked


def test_it_is_back_after_its_pause(ear: TimedEar, moody: Moody, clock: Clock) -> None:
    moody.mood = "raising"
    for _ in range(FAILURES_MOST):
        fails(ear)
    moody.mood = "calm"
    clock.now += OUT_SECONDS - 0.1
    fails(ear)
    clock.now += 0.2
    assert ear.understand("hello", "en") == CALM


def test_a_probe_that_fails_is_one_and_takes_it_out_again(
    ear: TimedEar, moody: Moody, clock: Clock
) -> None:
    moody.mood = "raising"
    for _ in range(FAILURES_MOST):
        fails(ear)
    clock.now += OUT_SECONDS + 0.1
    asked = moody.asked
    fails(ear)
    fails(ear)
    assert moody.asked == asked + 1


def test_failures_that_are_not_in_a_row_take_nothing_out(ear: TimedEar, moody: Moody) -> None:
    for _ in range(3):
        moody.mood = "raising"
        for _ in range(FAILURES_MOST - 1):
            fails(ear)
        moody.mood = "calm"
        assert ear.understand("hello", "en") == CALM


def test_threads_that_hang_for_ever_are_few_and_then_nobody_waits(
    ear: TimedEar, moody: Moody, clock: Clock
) -> None:
    moody.mood = "hung"
    times: list[float] = []
    while not ear.hanging.full():
        times.append(fails(ear))
        clock.now += OUT_SECONDS + 0.1
    assert max(times) < PATIENCE_SECONDS + 0.5
    assert len([each for each in threading.enumerate() if each.name == "ear"]) == HANGING_MOST
    asked = moody.asked
    for _ in range(20):
        assert fails(ear) < 0.1
    assert moody.asked == asked


def test_it_is_heard_again_when_the_hanging_threads_come_back(
    ear: TimedEar, moody: Moody, clock: Clock
) -> None:
    moody.mood = "hung"
    while not ear.hanging.full():
        fails(ear)
        clock.now += OUT_SECONDS + 0.1
    moody.mood = "calm"
    moody.release.set()
    for each in threading.enumerate():
        if each.name == "ear":
            each.join(timeout=10)
    assert ear.hanging.count == 0
    assert ear.understand("hello", "en") == CALM


def test_many_at_once_are_all_heard(ear: TimedEar) -> None:
    heard: list[Understanding] = []
    callers = [
        threading.Thread(target=lambda: heard.append(ear.understand("hello", "en")))
        for _ in range(32)
    ]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join(timeout=10)
    assert heard == [CALM] * 32


def test_while_a_probe_is_out_nobody_else_waits(ear: TimedEar, moody: Moody, clock: Clock) -> None:
    moody.mood = "raising"
    for _ in range(FAILURES_MOST):
        fails(ear)
    clock.now += OUT_SECONDS + 0.1
    moody.mood = "hung"
    probe = threading.Thread(target=fails, args=(ear,))
    probe.start()
    while moody.asked == FAILURES_MOST and probe.is_alive():
        probe.join(timeout=0.01)
    assert fails(ear) < 0.1
    probe.join(timeout=10)
