"""A classifier that hangs, through the real application: callers are at the keypad menu in time."""

import threading
import time
from collections.abc import Generator
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

import app
from config.settings import Settings
from config.words import Language
from db.session import Database
from ivr.ear import FAILURES_MOST, PATIENCE_SECONDS, TimedEar
from nlp import Understanding
from tests.unit.webhooks.posting import Twilio, new_sid, said

IN_TIME = 1.5  # seconds from the caller's words to the keypad menu
NOW = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)


@dataclass
class Broken:
    """A classifier that never comes back until the test is over, or one that raises."""

    hangs: bool = True
    release: threading.Event = field(default_factory=threading.Event)

    def understand(self, words: str, language: Language | None = None) -> Understanding:
        if self.hangs:
            self.release.wait(60)
        raise SystemError(f"{words!r} {language}")


@pytest.fixture
def broken() -> Generator[Broken]:
    made = Broken()
    yield made
    made.release.set()


@pytest.fixture
def twilio(settings: Settings, broken: Broken) -> Generator[Twilio]:
    """Twilio, before an application whose classifier is broken and whose ear is the real one."""
    database = Database(settings.database_url, statement_ms=20_000, pool=24)
    ports = app.Ports(database, TimedEar(broken, lambda _words: None), lambda: NOW)
    yield Twilio(app.build(settings, ports), settings)
    database.close()


def asks(twilio: Twilio) -> tuple[str, float]:
    """Call and say what is wanted; gives what was answered and how long that took."""
    sid = new_sid()
    twilio.opens(sid)
    began = time.monotonic()
    answer = twilio.turn(sid, 1, SpeechResult="there is a pothole on my street")
    took = time.monotonic() - began
    assert answer.status_code == 200
    return said(answer.data), took


def test_a_caller_is_at_the_keypad_menu_in_time(twilio: Twilio) -> None:
    words, took = asks(twilio)
    assert "For a bill or a payment, press 1" in words
    assert PATIENCE_SECONDS <= took < IN_TIME


def test_one_that_raises_costs_no_time_at_all(twilio: Twilio, broken: Broken) -> None:
    broken.hangs = False
    words, took = asks(twilio)
    assert "For a bill or a payment, press 1" in words
    assert took < PATIENCE_SECONDS


def test_after_a_few_such_calls_nobody_waits_for_it(twilio: Twilio) -> None:
    times = [asks(twilio)[1] for _ in range(FAILURES_MOST)]
    assert max(times) < IN_TIME
    words, took = asks(twilio)
    assert "For a bill or a payment, press 1" in words
    assert took < PATIENCE_SECONDS


def test_callers_who_speak_at_once_are_all_at_the_menu_in_time(twilio: Twilio) -> None:
    answers: list[tuple[str, float]] = []
    callers = [threading.Thread(target=lambda: answers.append(asks(twilio))) for _ in range(4)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join(timeout=20)
    assert ["For a bill or a payment" in words for words, _ in answers] == [True] * 4
    assert max(took for _, took in answers) < IN_TIME
