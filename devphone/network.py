"""The carrier: lines, phones, calls and queues in one place, and the doors that callers come in by.

Every public method may be called from any thread. In tests nothing happens but inside these calls;
at the dial pad each leg has a life of its own (patience.py).
"""

import threading
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from devphone import engine, identity, overrides
from devphone.delivery import DeliveryError, delivered
from devphone.faults import Faults, faulty
from devphone.leg import Event, Leg, OutboundCall, StatusCallback
from devphone.messages import Messages
from devphone.patience import Instant, Patience, Patient, Task
from devphone.phones import Line, Phone
from devphone.queues import Queue
from devphone.rooms import Room
from devphone.signing import Signer
from devphone.status import StatusCallbacks
from devphone.steps import Elapsed, HungUp, PickedUp, Pressed, Redirected, Signal, Spoke, Steps
from devphone.wire import Fetch, Method, Request

USER_AGENT = "TwilioProxy/1.1 (devphone)"
KEYS = frozenset("0123456789*#")
DEMO_ACCOUNT = "AC" + "0" * 32


@dataclass(frozen=True)
class Violation:
    """A document that broke the grammar, and how."""

    call: str
    url: str
    sentences: tuple[str, ...]


@dataclass(frozen=True)
class Received:
    """A document as it came, whether it was good or not."""

    call: str
    url: str
    body: bytes
    headers: Mapping[str, str]


class UnknownNumberError(LookupError):
    """The number called belongs to nobody who can be called."""


class Network:
    """A telephone network with one account on it.

    `fetch` sends webhooks to the line under test. `real_time` picks the patience: real seconds and
    threads, or no time at all.
    """

    def __init__(
        self,
        fetch: Fetch,
        *,
        account: str = DEMO_ACCOUNT,
        signer: Signer | None = None,
        real_time: bool = False,
    ) -> None:
        self.account = account
        self.signer = signer or Signer("devphone-token")
        self.faults = Faults()
        send = faulty(fetch, self.faults, lambda seconds: self.patience.pause(seconds))  # noqa: PLW0108  patience is made after it
        self.broken: list[BaseException] = []
        self.patience: Patience = Patient(send, self.broken.append) if real_time else Instant(send)
        self.changed = threading.Condition(self.patience.lock)
        self.lines: dict[str, Line] = {}
        self.phones: dict[str, Phone] = {}
        self.attended: set[str] = set()
        self.calls: dict[str, Leg] = {}
        self.queues: dict[str, Queue] = {}
        self.rooms: dict[str, Room] = {}
        self.tasks: dict[str, Task] = {}
        self.violations: list[Violation] = []
        self.documents: list[Received] = []
        self.callbacks = StatusCallbacks(self, self.faults)
        self.messages = Messages(self)

    # What the account owns, and who else has a phone.

    def add_line(
        self,
        number: str,
        voice_url: str,
        *,
        fallback_url: str | None = None,
        status_url: str | None = None,
        sms_url: str | None = None,
    ) -> Line:
        """Give the account a number, and say where its calls and messages go."""
        line = Line(identity.sid("PN"), number, voice_url, fallback_url, status_url, sms_url)
        self.lines[number] = line
        return line

    def add_phones(self, phones: Iterable[Phone]) -> None:
        self.phones |= {phone.number: phone for phone in phones}

    def phone(self, number: str) -> Phone:
        """Find the phone with this number; a stranger's answers, a line of our own is none."""
        known = self.phones.get(number)
        if known is not None:
            return known
        return Phone(number, behaviour="failed" if number in self.lines else "answers")

    # What people do with their phones.

    def call(self, caller: str, to: str, *, language: str = "en", stir: str | None = None) -> Leg:
        """Dial, as a resident. Raises UnknownNumberError where `to` is no line of the account."""
        line = self.lines.get(to)
        if line is None:
            raise UnknownNumberError(f"{to} is no line of this account.")
        leg = Leg(identity.sid("CA"), self, "inbound", caller, to, line=line, language=language)
        leg.stir, leg.fallback_url, leg.attended = stir, line.fallback_url, True
        if line.status_url:
            leg.callback = StatusCallback(line.status_url, "POST", line.status_events)
        self.begin(leg, engine.inbound(leg))
        self.patience.settle()
        return leg

    def press(self, sid: str, digits: str) -> None:
        """Press keys, one after another. Raises ValueError for a key that no phone has."""
        strangers = set(digits) - KEYS
        if strangers:
            raise ValueError(f"No phone has a key {''.join(sorted(strangers))!r}.")
        self._act(sid, *(Pressed(key) for key in digits))

    def speak(self, sid: str, words: str, confidence: float = 0.9) -> None:
        self._act(sid, Spoke(words, confidence))

    def wait(self, sid: str, seconds: float = 0.0) -> None:
        """Keep silent until whatever is being waited for has run out of time."""
        self.patience.pass_time(seconds)
        self._act(sid, Elapsed())

    def pick_up(self, sid: str) -> None:
        self._act(sid, PickedUp())

    def hang_up(self, sid: str) -> None:
        self._act(sid, HungUp())

    # What the account does by REST.

    def call_out(self, wanted: OutboundCall) -> Leg:
        """Have a phone called, and give it the account's document once it is picked up."""
        sid, phone = identity.sid("CA"), self.phone(wanted.to)
        leg = Leg(sid, self, "outbound-api", wanted.caller, wanted.to, phone=phone)
        leg.callback, leg.fallback_url = wanted.callback, wanted.fallback_url
        leg.attended = wanted.to in self.attended
        self.begin(leg, engine.outbound(leg, wanted))
        self.patience.settle()
        return leg

    def redirect(
        self, sid: str, url: str, method: Method = "POST", twiml: bytes | None = None
    ) -> None:
        """Give a live call another document, wherever it is."""
        self._act(sid, Redirected(url, method, twiml))

    def end(self, sid: str, status: str = "completed") -> None:
        """End a call from outside."""
        self._act(sid, HungUp(status))

    # What the legs ask of their carrier (leg.Carrier).

    def now(self) -> float:
        return self.patience.now()

    def tell(self, leg: Leg, signal: Signal) -> None:
        """Something happened to a leg; one that is over hears nothing any more."""
        task = self.tasks.get(leg.sid)
        if task is None or leg.ended:
            return
        with task.bell:
            leg.inbox.append(signal)
            task.bell.notify_all()

    def begin(self, leg: Leg, life: Steps[None]) -> None:
        """Bring a leg to life."""
        with self.changed:
            leg.started_at = self.now()
            self.calls[leg.sid] = leg
            self.tasks[leg.sid] = Task(life, leg.inbox, threading.Condition(self.patience.lock))
        self.patience.begin(self.tasks[leg.sid])

    def errand(self, life: Steps[None]) -> None:
        """Something to be done beside the calls: a callback, a message."""
        self.patience.begin(Task(life, deque(), threading.Condition(self.patience.lock)))

    def post(self, leg: Leg, request: Request) -> None:
        """Send a webhook whose answer matters to nobody."""
        self.errand(_quietly(leg, request))

    def signed(self, method: str, url: str, form: Mapping[str, str]) -> Request:
        """Sign a webhook as Twilio would: fields in the form, or in the query of a GET."""
        bare, limits = overrides.split(url)
        headers = {"User-Agent": USER_AGENT, "I-Twilio-Idempotency-Token": identity.token()}
        if method == "GET":
            target = f"{bare}{'&' if '?' in bare else '?'}{urlencode(form)}" if form else bare
            return Request("GET", target, {}, headers | self.signer.headers(target, {}), limits)
        return Request("POST", bare, form, headers | self.signer.headers(bare, form), limits)

    def queue(self, name: str) -> Queue:
        """Find the queue of this name, or make it."""
        if name not in self.queues:
            self.queues[name] = Queue(identity.sid("QU"), name)
        return self.queues[name]

    def room(self, name: str, host: Leg) -> Room:
        """Find the conference of this name that is going on, or open one for `host`."""
        if name not in self.rooms or self.rooms[name].over:
            self.rooms[name] = Room(identity.sid("CF"), name, host)
        return self.rooms[name]

    def dialled(self, parent: Leg, number: str, caller_id: str) -> Leg:
        """Make a leg that a <Dial> calls; whoever asked for it begins its life."""
        leg = Leg(identity.sid("CA"), self, "outbound-dial", caller_id, number)
        leg.phone, leg.parent, leg.attended = self.phone(number), parent, number in self.attended
        return leg

    def report(self, leg: Leg, event: str) -> None:
        self.callbacks.report(leg, event)

    def noted(self, leg: Leg, event: Event) -> None:
        del leg, event
        with self.changed:
            self.changed.notify_all()

    def violated(self, leg: Leg, url: str, sentences: list[str]) -> None:
        self.violations.append(Violation(leg.sid, url, tuple(sentences)))

    def received(self, leg: Leg, url: str, body: bytes, headers: Mapping[str, str]) -> None:
        self.documents.append(Received(leg.sid, url, body, headers))

    def _act(self, sid: str, *signals: Signal) -> None:
        leg = self.calls[sid]
        with self.patience.lock:
            leg.idle_documents = 0
            for signal in signals:
                self.tell(leg, signal)
        self.patience.settle()


def _quietly(leg: Leg, request: Request) -> Steps[None]:
    try:
        yield from delivered(leg, request)
    except DeliveryError as failure:
        leg.note("error", f"A callback failed: {failure}", code=failure.code, url=failure.url)
