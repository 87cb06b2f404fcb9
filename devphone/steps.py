"""How the engine asks for the world without touching it.

The life of a call is a generator. It yields one of two needs, `Send` (a webhook) or `Hear` (let
time pass, or something happen), and is handed the outcome. Who drives it decides what time is: at
once in tests, real seconds at the dial pad (patience.py). Signals that break off whatever is going
on are thrown in as exceptions.
"""

from collections.abc import Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from devphone.wire import Answer, NoAnswer, Request

if TYPE_CHECKING:
    from devphone.leg import Leg


@dataclass(frozen=True)
class Send:
    """Send this webhook; the outcome is an Answer or NoAnswer."""

    request: Request


@dataclass(frozen=True)
class Hear:
    """Wait for a signal, at most `seconds` (None: for ever); then the outcome is Elapsed.

    `brief` says that nobody decides anything meanwhile (a prompt plays, a phone rings that will be
    picked up): where no time passes, it is over at once. Otherwise somebody's patience decides.
    """

    seconds: float | None
    brief: bool = False


@dataclass(frozen=True)
class Pressed:
    """One key of the phone."""

    key: str


@dataclass(frozen=True)
class Spoke:
    """What the recogniser made of the words; `confidence` from 0 to 1."""

    words: str
    confidence: float


@dataclass(frozen=True)
class Elapsed:
    """The time is over, or the one at the phone has kept silent through it."""


@dataclass(frozen=True)
class Accepted:
    """A phone that this leg dialled was answered, whisper and all."""

    leg: "Leg"


@dataclass(frozen=True)
class Over:
    """A leg that this one dialled, or talks with, has ended."""

    leg: "Leg"


@dataclass(frozen=True)
class PickedUp:
    """Somebody lifted the ringing phone."""


@dataclass(frozen=True)
class Arrived:
    """Somebody joined the queue that this leg wants to serve."""


class Interruption(Exception):
    """A signal that breaks off whatever the leg is doing."""


class HungUp(Interruption):
    """The phone was put down, or the REST API ended the call with `status`."""

    def __init__(self, status: str = "completed") -> None:
        super().__init__(status)
        self.status = status


class Redirected(Interruption):
    """The REST API gave the call another document: a URL, or TwiML in person."""

    def __init__(self, url: str = "", method: str = "POST", twiml: bytes | None = None) -> None:
        super().__init__(url)
        self.url = url
        self.method = method
        self.twiml = twiml


class TakenFromQueue(Interruption):
    """A <Dial><Queue> took this leg: first the whisper at `whisper_url`, if any, then the talk."""

    def __init__(self, by: "Leg", whisper_url: str, method: str) -> None:
        super().__init__(by.sid)
        self.by = by
        self.whisper_url = whisper_url
        self.method = method


Need = Send | Hear
Signal = Pressed | Spoke | Elapsed | Accepted | Over | PickedUp | Arrived | Interruption
Outcome = Answer | NoAnswer | Signal | None

T = TypeVar("T")
Steps = Generator[Need, Outcome, T]


def send(request: Request) -> Steps[Answer | NoAnswer]:
    """Send a webhook and come back with what became of it."""
    outcome = yield Send(request)
    if not isinstance(outcome, Answer | NoAnswer):
        raise TypeError(f"A webhook ended in {outcome!r}.")
    return outcome


def hear(seconds: float | None, *, brief: bool = False) -> Steps[Signal]:
    """Let time pass until something happens; Elapsed when nothing did."""
    outcome = yield Hear(seconds, brief)
    if outcome is None or isinstance(outcome, Answer | NoAnswer):
        raise TypeError(f"A wait ended in {outcome!r}.")
    return outcome
