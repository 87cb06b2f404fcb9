"""Residents who call a line that is being broken: they answer what they are asked, and remember.

Each call becomes a `Told`: what was heard, how long the caller waited in silence, how it ended.
"""

import random
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Self

from devphone.leg import Event, Leg
from devphone.network import Network
from devphone.transcript import line_of

PATIENCE_SECONDS = 30.0  # a resident waits so long for the line to do anything at all
ACTS_MOST = 30
HEARD = frozenset({"said", "played", "put through", "hung up"})
NUMBER = re.compile(r"Your ticket number is ([\d ,]+)\.")

# What a resident answers, by what the line just said; the first that fits. Keys start with "#".
ANSWERS: tuple[tuple[str, str], ...] = (
    ("Shall I send that number", "#1"),
    ("By text?", "#1"),
    ("anything else", "no thank you"),
    ("Anything else", "no thank you"),
    ("How can I help", "there is a big pothole on center street"),
    ("what you need", "there is a big pothole on center street"),
    ("in other words", "there is a big pothole on center street"),
    ("For streets and sidewalks, press 4", "#4"),
    ("For a pothole, press 1", "#1"),
    ("Where is", "center street and 500 west"),
    ("nearest corner", "center street and 500 west"),
)


@dataclass
class Told:
    """What one caller can tell of a call."""

    sid: str
    number: str
    events: list[Event] = field(default_factory=list[Event])
    waits: list[float] = field(default_factory=list[float])
    gave_up: bool = False

    def said(self) -> str:
        """Everything the line said."""
        return " ".join(event.text for event in self.events if event.kind == "said")

    def answers(self) -> str:
        """Everything the line answered, also what the caller was too quick to listen to."""
        return " ".join(
            str(event.more["twiml"]) for event in self.events if event.kind == "fetched"
        )

    @property
    def ticket(self) -> str:
        """The number that was read out, "" where none was."""
        found = NUMBER.search(self.answers())
        return re.sub(r"\D", "", found.group(1)) if found else ""

    @property
    def person(self) -> bool:
        return any(event.kind == "put through" for event in self.events)

    @property
    def texted(self) -> bool:
        return "The text is on its way" in self.answers()

    @property
    def refused(self) -> bool:
        """Whether the line broke its word: an application error, or no end at all."""
        wrong = any("application error" in event.text for event in self.events)
        return wrong or self.gave_up or not self.said()

    def transcript(self) -> str:
        """The call as lines, with seconds."""
        began = self.events[0].at if self.events else 0.0
        lines = [
            f"{event.at - began:6.2f} {line_of(event.kind, event.text, event.language)}"
            for event in self.events
            if event.kind not in ("status", "fetched")
        ]
        return "\n".join([self.sid, *lines])


@dataclass
class Resident:
    """Somebody with a phone and a pothole to report; thinks for up to `thinks` seconds."""

    network: Network
    number: str
    draw: random.Random
    thinks: float = 0.3

    def calls(self, line: str) -> Told:
        """Dial, answer until the call is over, and tell."""
        leg = self.network.call(self.number, line)
        told = Told(leg.sid, self.number)
        mark, began = 0, time.monotonic()
        for _ in range(ACTS_MOST):
            self._listens(leg, mark, told, began)
            if leg.ended or leg.company or told.gave_up:
                break
            time.sleep(self.draw.uniform(0, self.thinks))
            mark, began = len(leg.events), time.monotonic()
            self._answers(leg)
        self._ends(leg)
        told.events = list(leg.events)
        return told

    def calls_briefly(self, line: str) -> str:
        """Dial, listen to the first words, and hang up; gives those words."""
        leg = self.network.call(self.number, line)
        told = Told(leg.sid, self.number)
        self._listens(leg, 0, told, time.monotonic())
        self._ends(leg)
        told.events = list(leg.events)
        return told.said()

    def _listens(self, leg: Leg, mark: int, told: Told, began: float) -> None:
        """Wait for the first sound since the mark, then for a question or an end."""
        changed = self.network.changed
        with changed:
            heard = changed.wait_for(lambda: has_heard(leg, mark), PATIENCE_SECONDS)
            told.waits.append(time.monotonic() - began)
            asked = changed.wait_for(lambda: may_act(leg, mark), PATIENCE_SECONDS)
        told.gave_up = not (heard and asked)

    def _answers(self, leg: Leg) -> None:
        question = str(since_fetched(leg, 0)[0].more["twiml"])  # residents know what comes
        answer = next((answer for words, answer in ANSWERS if words in question), "yes")
        if answer.startswith("#"):
            self.network.press(leg.sid, answer[1:])
        else:
            self.network.speak(leg.sid, answer)

    def _ends(self, leg: Leg) -> None:
        """Hang up, if the line has not, and wait until that is known."""
        if not leg.ended:
            self.network.hang_up(leg.sid)
        with self.network.changed:
            self.network.changed.wait_for(lambda: leg.ended, PATIENCE_SECONDS)


def since_fetched(leg: Leg, mark: int) -> list[Event]:
    """Return what happened since the last webhook that came after the mark; nothing if none did."""
    events = list(leg.events)
    fetched = [at for at in range(mark, len(events)) if events[at].kind == "fetched"]
    return events[fetched[-1] :] if fetched else []


def has_heard(leg: Leg, mark: int) -> bool:
    """Say whether the caller has heard anything since the line learnt of what they did."""
    events = list(leg.events)[mark:]
    fetched = next((at for at, event in enumerate(events) if event.kind == "fetched"), None)
    heard = fetched is not None and any(event.kind in HEARD for event in events[fetched:])
    return heard or leg.ended


def may_act(leg: Leg, mark: int) -> bool:
    """Say whether the line listens for an answer, or the call has come to an end or a person."""
    asked = leg.listening is not None and any(
        event.kind == "said" for event in since_fetched(leg, mark)
    )
    return asked or bool(leg.company) or leg.ended


@dataclass
class Crowd:
    """Residents who call again and again, each on a thread, until told to stop."""

    network: Network
    line: str
    seed: int
    callers: int = 6
    stories: list[Told] = field(default_factory=list[Told])
    broken: list[BaseException] = field(default_factory=list[BaseException])
    _enough: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list[threading.Thread])

    def __enter__(self) -> Self:
        for place in range(self.callers):
            thread = threading.Thread(target=self._go_on, args=(place,), daemon=True)
            self._threads.append(thread)
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._enough.set()
        for thread in self._threads:
            thread.join(2 * PATIENCE_SECONDS)
        assert not any(thread.is_alive() for thread in self._threads), "a caller never came back"
        assert self.broken == []

    def until(self, holds: Callable[[], bool], seconds: float) -> None:
        """Go on calling until something holds; fail where it does not in time."""
        end = time.monotonic() + seconds
        while not holds():
            assert time.monotonic() < end, "the crowd waited in vain"
            time.sleep(0.05)

    def until_more(self, calls: int) -> None:
        """Go on until so many more calls have ended."""
        enough = len(self.stories) + calls
        self.until(lambda: len(self.stories) >= enough, 2 * PATIENCE_SECONDS)

    def _go_on(self, place: int) -> None:
        draw = random.Random(f"{self.seed}:{place}")
        resident = Resident(self.network, f"+180155501{10 + place}", draw)
        try:
            while not self._enough.is_set():
                self.stories.append(resident.calls(self.line))
        except Exception as error:  # noqa: BLE001  a thread has nobody else to tell
            self.broken.append(error)
