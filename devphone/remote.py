"""A phone held at a distance: the phones' API as an object, for the terminal and its scripts."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import cast
from urllib.parse import quote

import httpx

Json = Mapping[str, object]
POLL_S = 10.0


class PhoneError(Exception):
    """The network refused, or is not there; the sentence is for the person at the terminal."""


@dataclass
class RemotePhone:
    """One phone on the network at `client`'s base URL; `events` is the call so far."""

    client: httpx.Client
    number: str
    language: str = "en"
    call: str = ""
    state: str = ""
    listening: Json | None = None
    events: list[Json] = field(default_factory=list[Json])

    def dials(self, to: str) -> None:
        made = self._post(
            "/phone/calls", {"from": self.number, "to": to, "language": self.language}
        )
        self.call, self.events = str(made["call"]), []

    def line(self) -> str:
        """Find the first line of the network's account. Raises PhoneError where it has none."""
        lines = self._ask("GET", "/phone/numbers")["lines"]
        if not isinstance(lines, list) or not lines:
            raise PhoneError("The network has no line to call.")
        return str(cast("list[object]", lines)[0])

    def presses(self, digits: str) -> None:
        self._post(f"/phone/calls/{self.call}/press", {"digits": digits})

    def says(self, words: str) -> None:
        self._post(f"/phone/calls/{self.call}/speak", {"words": words})

    def waits(self) -> None:
        self._post(f"/phone/calls/{self.call}/wait", {})

    def hangs_up(self) -> None:
        self._post(f"/phone/calls/{self.call}/hangup", {})

    def texts(self) -> list[str]:
        """Fetch the bodies of the texts that this phone has received."""
        told = self._ask("GET", f"/phone/messages?to={quote(self.number)}")["messages"]
        messages = cast("list[Json]", told)
        return [str(one["body"]) for one in messages if one["to"] == self.number]

    @property
    def over(self) -> bool:
        return bool(self.events) and self.events[-1]["kind"] == "hung up"

    def follow(self, wait_s: float = POLL_S) -> list[Json]:
        """Fetch what is new on the call, waiting so long for it."""
        seen = len(self.events)
        news = self._ask("GET", f"/phone/calls/{self.call}?after={seen}&wait={wait_s:g}")
        self.state = str(news["state"])
        self.listening = cast("Json | None", news["listening"])
        fresh = cast("list[Json]", news["events"])
        self.events += fresh
        return fresh

    def until(self, holds: Callable[[], bool], seconds: float) -> bool:
        """Follow the call until a claim holds, the call is over, or the time is up."""
        give_up = time.monotonic() + seconds
        while not holds():
            left = give_up - time.monotonic()
            if left <= 0 or self._has_ended():
                return False
            self.follow(min(left, 0.5))
        return True

    def _has_ended(self) -> bool:
        return any(event["kind"] == "hung up" for event in self.events)

    def _post(self, path: str, body: Json) -> Json:
        return self._ask("POST", path, body)

    def _ask(self, method: str, path: str, body: Json | None = None) -> Json:
        try:
            answer = self.client.request(method, path, json=body)
        except httpx.HTTPError as error:
            raise PhoneError(f"No phone network at {self.client.base_url}: {error}") from error
        told: object = answer.json() if answer.content else {}
        if not isinstance(told, dict):
            raise PhoneError(f"{path} answered no JSON object.")
        found = cast("dict[str, object]", told)
        if answer.is_error:
            raise PhoneError(str(found.get("message", answer.status_code)))
        return found
