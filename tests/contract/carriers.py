"""Two carriers of texts under one contract: one on paper, and Twilio's own client over HTTP."""

import threading
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal, Protocol

from werkzeug.serving import make_server

from config.settings import Settings
from devphone.network import Network
from devphone.phones import Phone
from devphone.server import build
from devphone.wire import Answer, Request
from messages.carrier import Carrier, NotSent, Taken, Unknown
from messages.twilio_carrier import TwilioCarrier

Weather = Literal["calm", "busy", "away", "lost", "garbled", "silent"]
"""busy: 429. away: 500 and nothing done. lost: done, and 500. garbled: done, and no JSON.
silent: no answer within the client's time."""
HANG_SECONDS = 8.0


class Outside(Protocol):
    """A carrier with the world behind it."""

    @property
    def carrier(self) -> Carrier: ...

    def weather(self, weather: Weather) -> None:
        """Change what the world does from now on."""
        ...

    def opts_out(self, phone: str) -> None:
        """Let a phone say STOP."""
        ...

    def bodies(self, phone: str) -> list[str]:
        """List what a phone was sent."""
        ...


@dataclass
class Paper:
    """A carrier on paper: first-class for tests of whoever sends, held to the same contract."""

    now: Weather = "calm"
    sent: list[tuple[str, str, datetime]] = field(default_factory=list[tuple[str, str, datetime]])
    out: set[str] = field(default_factory=set[str])

    @property
    def carrier(self) -> Carrier:
        return self

    def weather(self, weather: Weather) -> None:
        self.now = weather

    def opts_out(self, phone: str) -> None:
        self.out.add(phone)

    def bodies(self, phone: str) -> list[str]:
        return [body for to, body, _ in self.sent if to == phone]

    def send(self, phone: str, body: str) -> Taken:
        if self.now in {"away", "silent"}:
            raise Unknown(self.now)
        if self.now == "busy":
            raise NotSent("too many", permanent=False)
        if phone in self.out:
            raise NotSent("21610: opted out", permanent=True)
        self.sent.append((phone, body, datetime.now(UTC)))
        if self.now != "calm":
            raise Unknown(self.now)
        return Taken(f"SM{len(self.sent)}")

    def find(self, phone: str, body: str, since: datetime) -> Taken | None:
        if self.now != "calm":
            raise Unknown(self.now)
        taken = [
            Taken(f"SM{number}")
            for number, (to, words, at) in enumerate(self.sent, start=1)
            if (to, words) == (phone, body) and at.date() >= since.date()
        ]
        return taken[0] if taken else None


Start = Callable[..., object]


@dataclass
class Wire:
    """Devphone's REST behind weather, and the real client before it."""

    network: Network
    rest: Any
    carrier: Carrier
    line: str
    address: str = ""
    now: Weather = "calm"
    stopped: threading.Event = field(default_factory=threading.Event)

    def weather(self, weather: Weather) -> None:
        self.now = weather
        self.network.faults.refuse_rest = 1_000 if weather == "busy" else 0

    def opts_out(self, phone: str) -> None:
        self.network.messages.receive(phone, self.line, "STOP")

    def bodies(self, phone: str) -> list[str]:
        return [one.body for one in self.network.messages.to(phone)]

    def __call__(self, environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        """Answer as the weather is."""
        if self.now == "silent":
            self.stopped.wait(HANG_SECONDS)
        if self.now in {"lost", "garbled"}:
            b"".join(self.rest(environ, unheard))
        if self.now in {"away", "lost", "silent"}:
            start("500 Internal Server Error", [("Content-Type", "text/plain")])
            return [b"no"]
        if self.now == "garbled":
            start("201 Created", [("Content-Type", "application/json")])
            return [b"<html>"]
        answer: Iterable[bytes] = self.rest(environ, start)
        return answer


def unheard(*_answer: object) -> None:
    """Take an answer that is lost on its way."""


def nowhere(request: Request) -> Answer:
    """Answer the network's webhooks: there is no line behind it."""
    return Answer(404, request.url.encode(), {})


@contextmanager
def over_http(settings: Settings) -> Generator[Wire]:
    """Serve devphone's REST on loopback, with Twilio's client pointed at it."""
    network = Network(nowhere, account=settings.twilio_account_sid)
    network.add_line(settings.line_number, "https://line.example/voice")
    network.add_phones([Phone("+18015550142"), Phone("+18015550143")])
    rest = build(network, settings.twilio_auth_token)
    wire = Wire(network, rest, Paper(), settings.line_number)
    server = make_server("127.0.0.1", 0, wire, threaded=True)
    wire.address = f"http://127.0.0.1:{server.server_port}"
    wire.carrier = TwilioCarrier(settings.model_copy(update={"twilio_api_url": wire.address}))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield wire
    wire.stopped.set()
    server.shutdown()
    thread.join()
    server.server_close()
