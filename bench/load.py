"""Callers over HTTP: calls of five turns at a fixed pace, or as fast as the line answers."""

import http.client
import queue
import statistics
import threading
import time
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from bench.posting import new_sid, next_turn, post
from config.settings import Settings
from webhooks.addresses import VOICE

SENDERS = 48
CALLERS = 16
# What a caller does after the welcome; the first is speech, and classified.
ANSWERS: tuple[dict[str, str], ...] = (
    {"SpeechResult": "there is a big pothole on center street", "Confidence": "0.9"},
    {"SpeechResult": "center street and 500 west", "Confidence": "0.9"},
    {"SpeechResult": "the right lane", "Confidence": "0.9"},
    {"Digits": "2"},
)


@dataclass
class Conversation:
    """One call over HTTP: where its next turn goes, and how many it has taken."""

    settings: Settings
    sid: str = field(default_factory=new_sid)
    url: str = ""
    taken: int = 0

    def turn(self, line: http.client.HTTPConnection) -> None:
        """Take the next turn; raises RuntimeError where it is not answered with 200."""
        heard = ANSWERS[self.taken - 1] if self.taken else {}
        url = self.url or self.settings.public_url + VOICE
        one = post(self.settings, url, self.sid, **heard)
        line.request("POST", one.path, one.body, one.headers)
        answer = line.getresponse()
        body = answer.read()
        if answer.status != http.client.OK or b"One moment" in body:
            raise RuntimeError(f"{answer.status}: {body[:200]!r}")
        self.taken += 1
        self.url = next_turn(body) if self.taken <= len(ANSWERS) else ""

    @property
    def over(self) -> bool:
        """Say whether it has had its five turns."""
        return self.taken > len(ANSWERS)


@dataclass
class Load:
    """Callers at a pace; `times` are milliseconds from due to answered."""

    settings: Settings
    bare: bool = False
    times: list[float] = field(default_factory=list[float])
    failed: list[str] = field(default_factory=list[str])
    _due: queue.Queue[float | None] = field(default_factory=queue.Queue[float | None])
    _calls: queue.SimpleQueue[Conversation] = field(default_factory=queue.SimpleQueue[Conversation])

    def at_pace(self, pace: float, seconds: float) -> None:
        """Send so many turns a second."""
        threads = [threading.Thread(target=self._send, daemon=True) for _ in range(SENDERS)]
        for thread in threads:
            thread.start()
        began = time.perf_counter()
        for number in range(int(pace * seconds)):
            due = began + number / pace
            time.sleep(max(0.0, due - time.perf_counter()))
            self._due.put(due)
        for _ in threads:
            self._due.put(None)
        for thread in threads:
            thread.join(30)

    def without_pause(self, seconds: float) -> float:
        """Have callers who never pause; gives turns a second."""
        end = time.perf_counter() + seconds
        threads = [threading.Thread(target=self._hurry, args=(end,)) for _ in range(CALLERS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        return len(self.times) / seconds

    def _send(self) -> None:
        line = connected(self.settings)
        while (due := self._due.get()) is not None:
            self._take(line, due)
        line.close()

    def _hurry(self, end: float) -> None:
        line = connected(self.settings)
        while time.perf_counter() < end:
            self._take(line, time.perf_counter())
        line.close()

    def _take(self, line: http.client.HTTPConnection, due: float) -> None:
        """Take one turn of a call that waits for one, or of a new one."""
        call = self._waiting()
        try:
            call.turn(line)
        except (OSError, http.client.HTTPException, RuntimeError) as error:
            self.failed.append(repr(error))
            line.close()
            return
        self.times.append((time.perf_counter() - due) * 1000)
        if not (self.bare or call.over):
            self._calls.put(call)

    def _waiting(self) -> Conversation:
        try:
            return self._calls.get_nowait()
        except queue.Empty:
            return Conversation(self.settings)

    def figures(self) -> dict[str, float]:
        """Reduce what was measured."""
        centiles = statistics.quantiles(self.times, n=100)
        return {
            "turns": len(self.times),
            "failed": len(self.failed),
            "p50_ms": round(centiles[49], 1),
            "p99_ms": round(centiles[98], 1),
        }


def connected(settings: Settings) -> http.client.HTTPConnection:
    """Give a connection to the line; it is opened with the first request."""
    parts = urlsplit(settings.public_url)
    return http.client.HTTPConnection(str(parts.hostname), parts.port, timeout=10)
