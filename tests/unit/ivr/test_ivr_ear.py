"""The classifier within its time: slow, raising or hung, it costs a caller less than a second."""

import threading
import time
from collections.abc import Generator
from dataclasses import dataclass, field

import pytest

from config.words import Language
from ivr.ear import FAILURES_MOST, OUT_SECONDS, PATIENCE_SECONDS, Breaker, NotListening, TimedEar
from nlp import Understanding

CALM = Understanding("en", 1.0, (), (), None, "lost")


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
    return TimedEar(moody, lambda words: "fire" if "fire" in words else None, Breaker(clock))


def fails(ear: TimedEar) -> float:
    """Ask in vain; gives how long it took."""
    began = time.monotonic()
    with pytest.raises(NotListening):
        ear.understand("hello", "en")
    return time.monotonic() - began


def test_a_calm_classifier_is_heard(ear: TimedEar) -> None:
    assert ear.understand("hello", None) is CALM


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
    assert ear.understand("hello", "en") is CALM


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
        assert ear.understand("hello", "en") is CALM


def test_all_threads_hung_still_answer_in_time_and_recover(
    ear: TimedEar, moody: Moody, clock: Clock
) -> None:
    moody.mood = "hung"
    times = [fails(ear) for _ in range(FAILURES_MOST)]
    assert max(times) < PATIENCE_SECONDS + 0.5
    assert fails(ear) < 0.1
    moody.mood = "calm"
    moody.release.set()
    clock.now += OUT_SECONDS + 0.1
    assert ear.understand("hello", "en") is CALM
