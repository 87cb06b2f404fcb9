"""The classifier within its time: a slow or broken one costs a caller 0.8 seconds, then nothing.

Every sentence is understood on a thread of its own, and left alone when its time is over: a thread
cannot be stopped. Those that hang on are counted; past a few of them nobody asks any more until
one comes back. After five failures in a row the ear is taken out for a while, so that callers go to
the keypad menu at once.

Two things cannot be caught in here. A crash in native code takes the process with it: the server
starts another, and the call goes on with the repeat or the fallback. And native code that keeps the
interpreter's lock while it hangs stops every thread of the process, so it is the carrier's patience
that ends such a turn.
"""

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from typing import Final

from config.words import Language
from nlp import Understander, Understanding

PATIENCE_SECONDS: Final = 0.8
FAILURES_MOST: Final = 5
OUT_SECONDS: Final = 15.0
HANGING_MOST: Final = 8  # threads that may be out of time at once; a webhook's own are not counted

log = logging.getLogger(__name__)


class NotListening(Exception):
    """The classifier did not answer in time, or cannot: go to the keypad."""


@dataclass
class Breaker:
    """Counts failures in a row and says when to stop trying for a while.

    After the pause one attempt is let through as a probe: if it fails, the pause begins anew.
    Attempts that come while the probe is out are refused like those in the pause.
    """

    clock: Callable[[], float] = time.monotonic
    failures: int = 0
    out_until: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def open(self) -> bool:
        """Tell whether to leave it alone at this moment; False makes the asker the probe."""
        with self._lock:
            if self.failures < FAILURES_MOST:
                return False
            if self.clock() < self.out_until:
                return True
            self.out_until = self.clock() + OUT_SECONDS
            return False

    def note(self, *, good: bool) -> None:
        """Count an attempt."""
        with self._lock:
            self.failures = 0 if good else self.failures + 1
            if self.failures >= FAILURES_MOST:
                self.out_until = self.clock() + OUT_SECONDS


@dataclass
class Hanging:
    """Counts the threads whose time is over and that have not come back."""

    count: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def full(self) -> bool:
        """Tell whether no more can be risked."""
        return self.count >= HANGING_MOST

    def left(self, thought: Future[Understanding]) -> None:
        """Count a thread until it ends, which may be never."""
        with self._lock:
            self.count += 1
        thought.add_done_callback(self._back)

    def _back(self, _thought: Future[Understanding]) -> None:
        with self._lock:
            self.count -= 1


class TimedEar:
    """Understands sentences within `PATIENCE_SECONDS`; raises NotListening otherwise."""

    def __init__(
        self,
        understander: Understander,
        emergency: Callable[[str], str | None],
        breaker: Breaker | None = None,
        model: Callable[[], str] = str,
    ) -> None:
        """Take the classifier and the emergency matcher, which is quick and asked directly.

        `model` names the classifier's model, for the record of the turn.
        """
        self._understander = understander
        self._emergency = emergency
        self._breaker = breaker or Breaker()
        self._model = model
        self.hanging = Hanging()

    def understand(self, words: str, language: Language | None) -> Understanding:
        """Rank what was meant."""
        if self.hanging.full():
            raise NotListening(f"{self.hanging.count} sentences are being thought about for ever")
        if self._breaker.open():
            raise NotListening("taken out after failures in a row")
        thought = self._begin(words, language)
        try:
            understanding = thought.result(timeout=PATIENCE_SECONDS)
        except Exception as error:
            if not thought.done():
                self.hanging.left(thought)
            self._breaker.note(good=False)
            log.warning("the classifier failed: %s", type(error).__name__)
            raise NotListening(type(error).__name__) from error
        self._breaker.note(good=True)
        return replace(understanding, model=self._model())

    def emergency(self, words: str) -> str | None:
        """Name the emergency that these words speak of, if any."""
        return self._emergency(words)

    def _begin(self, words: str, language: Language | None) -> Future[Understanding]:
        """Think on a thread that does not keep the process from ending."""
        thought: Future[Understanding] = Future()

        def think() -> None:
            try:
                thought.set_result(self._understander.understand(words, language))
            except BaseException as error:  # noqa: BLE001  whatever it is belongs to whoever waits
                thought.set_exception(error)

        try:
            threading.Thread(target=think, name="ear", daemon=True).start()
        except RuntimeError as error:  # the system gives no more threads
            thought.set_exception(error)
        return thought
