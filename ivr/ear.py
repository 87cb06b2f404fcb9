"""The classifier within its time: a slow or broken one costs a caller 0.8 seconds, then nothing.

Every sentence is understood on a small pool of threads. After five failures in a row the ear is
taken out for a while, so that callers go to the keypad menu at once.
"""

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Final

from config.words import Language
from nlp import Understander, Understanding

PATIENCE_SECONDS: Final = 0.8
FAILURES_MOST: Final = 5
OUT_SECONDS: Final = 15.0
THREADS: Final = 4

log = logging.getLogger(__name__)


class NotListening(Exception):
    """The classifier did not answer in time, or cannot: go to the keypad."""


@dataclass
class Breaker:
    """Counts failures in a row and says when to stop trying for a while.

    After the pause one attempt is let through as a probe: if it fails, the pause begins anew.
    """

    clock: Callable[[], float] = time.monotonic
    failures: int = 0
    out_until: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def open(self) -> bool:
        """Tell whether to leave it alone at this moment."""
        return self.clock() < self.out_until

    def note(self, *, good: bool) -> None:
        """Count an attempt."""
        with self._lock:
            self.failures = 0 if good else self.failures + 1
            if self.failures >= FAILURES_MOST:
                self.out_until = self.clock() + OUT_SECONDS


class TimedEar:
    """Understands sentences within `PATIENCE_SECONDS`; raises NotListening otherwise."""

    def __init__(
        self,
        understander: Understander,
        emergency: Callable[[str], str | None],
        breaker: Breaker | None = None,
    ) -> None:
        """Take the classifier and the emergency matcher, which is quick and asked directly."""
        self._understander = understander
        self._emergency = emergency
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="ear")
        self._breaker = breaker or Breaker()

    def understand(self, words: str, language: Language | None) -> Understanding:
        """Rank what was meant."""
        if self._breaker.open():
            raise NotListening("taken out after failures in a row")
        thought = self._pool.submit(self._understander.understand, words, language)
        try:
            understanding = thought.result(timeout=PATIENCE_SECONDS)
        except Exception as error:
            thought.cancel()
            self._breaker.note(good=False)
            log.warning("the classifier failed: %r", error)
            raise NotListening(repr(error)) from error
        self._breaker.note(good=True)
        return understanding

    def emergency(self, words: str) -> str | None:
        """Name the emergency that these words speak of, if any."""
        return self._emergency(words)
