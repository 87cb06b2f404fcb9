"""One leg of a call: a phone, its tie to the carrier, and all that was said and heard on it."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Protocol

from devphone.phones import Line, Phone
from devphone.steps import Signal, Steps
from devphone.wire import Request

if TYPE_CHECKING:
    from devphone.queues import Queue
    from devphone.rooms import Room

Direction = Literal["inbound", "outbound-api", "outbound-dial"]
FINAL = frozenset({"completed", "busy", "no-answer", "failed", "canceled"})


@dataclass(frozen=True)
class Event:
    """One line of the transcript. `n` counts from 1 within its leg."""

    n: int
    at: float
    kind: str
    text: str
    language: str | None = None
    more: Mapping[str, object] = field(default_factory=dict[str, object])


@dataclass(frozen=True)
class Listening:
    """What a <Gather> waits for, so that a phone can show it."""

    input: tuple[str, ...]
    language: str
    num_digits: int | None
    finish_on_key: str
    timeout: int


@dataclass(frozen=True)
class StatusCallback:
    """Where a leg's progress is reported, and which of its events."""

    url: str
    method: Literal["GET", "POST"] = "POST"
    events: frozenset[str] = frozenset({"completed"})


class Carrier(Protocol):
    """What a leg needs of the network around it; all of it in memory, none of it waits."""

    account: str

    def now(self) -> float: ...
    def tell(self, leg: "Leg", signal: Signal) -> None: ...
    def begin(self, leg: "Leg", life: Steps[None]) -> None: ...
    def post(self, leg: "Leg", request: Request) -> None: ...
    def signed(self, method: str, url: str, form: Mapping[str, str]) -> Request: ...
    def noted(self, leg: "Leg", event: Event) -> None: ...
    def violated(self, leg: "Leg", url: str, sentences: list[str]) -> None: ...
    def received(self, leg: "Leg", url: str, body: bytes, headers: Mapping[str, str]) -> None: ...
    def queue(self, name: str) -> "Queue": ...
    def room(self, name: str, host: "Leg") -> "Room": ...
    def dialled(self, parent: "Leg", number: str, caller_id: str) -> "Leg": ...
    def report(self, leg: "Leg", event: str) -> None: ...


class Party(Protocol):
    """Whoever a webhook is sent about: a call's leg, or a message."""

    @property
    def carrier(self) -> Carrier: ...

    def note(self, kind: str, text: str, language: str | None = None, **more: object) -> None: ...


@dataclass(frozen=True)
class OutboundCall:
    """A call that the account asks for: whom, from which line, and what it hears once picked up.

    `twiml`, else what is at `url`; `ring_s` is how long it rings, in seconds.
    """

    to: str
    caller: str
    url: str = ""
    method: str = "POST"
    twiml: bytes | None = None
    callback: StatusCallback | None = None
    fallback_url: str | None = None
    ring_s: float = 60


@dataclass(eq=False)
class Leg:
    """The state of one leg. Its life is told by engine.py; only the carrier makes one."""

    sid: str
    carrier: Carrier
    direction: Direction
    caller: str
    called: str
    line: Line | None = None
    phone: Phone | None = None
    parent: "Leg | None" = None
    language: str = "en"
    stir: str | None = None
    callback: StatusCallback | None = None
    fallback_url: str | None = None
    status: str = "queued"
    listening: Listening | None = None
    peer: "Leg | None" = None
    room: "Room | None" = None
    bridged_at: float | None = None
    answered_at: float | None = None
    started_at: float = 0.0
    ended_at: float | None = None
    sequence: int = 0
    habit: str = ""  # keys that a phone without a person presses at the first question
    children: list["Leg"] = field(default_factory=list["Leg"])  # of the <Dial> that is going on
    idle_documents: int = 0  # fetched since the one at the phone last did anything
    attended: bool = False  # somebody (a Caller, a tab) holds this phone
    events: list[Event] = field(default_factory=list[Event])
    inbox: deque[Signal] = field(default_factory=deque[Signal])

    @property
    def ended(self) -> bool:
        return self.status in FINAL

    @property
    def outbound(self) -> bool:
        return self.direction != "inbound"

    @property
    def company(self) -> list["Leg"]:
        """Those who hear this leg now: its peer, or the others in its conference."""
        if self.room is not None:
            return [seat.leg for seat in self.room.seats if seat.leg is not self]
        return [] if self.peer is None else [self.peer]

    @property
    def names(self) -> tuple[str, ...]:
        """What the one at this end of the line goes by: a number, and perhaps a name."""
        number = self.called if self.outbound else self.caller
        return (number,) if self.phone is None or not self.phone.name else (number, self.phone.name)

    def duration(self) -> int:
        """Whole seconds from answer to end, at least one for a call that was answered."""
        if self.answered_at is None:
            return 0
        end = self.ended_at if self.ended_at is not None else self.carrier.now()
        return max(1, round(end - self.answered_at))

    def note(self, kind: str, text: str, language: str | None = None, **more: object) -> None:
        """Write a line of the transcript."""
        event = Event(len(self.events) + 1, self.carrier.now(), kind, text, language, more)
        self.events.append(event)
        self.carrier.noted(self, event)
