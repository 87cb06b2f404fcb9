"""The stand-in processor in both its forms: in this process, and as a process of its own."""

import os
import socket
import subprocess
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from billing.processor.client import HttpCardProcessor
from devphone.cards.processor import Processor
from devphone.cards.server import build

ROOT = Path(__file__).parents[2]
KEY = "a-key-of-the-stand-in-0123456789"


@dataclass
class Outside:
    """A processor, and the side of it that only its own people and `<Pay>` use."""

    port: HttpCardProcessor
    side: httpx.Client
    address: str
    forward: Callable[[timedelta], None] | None = None
    log: Path | None = None

    def does(self, path: str, **body: object) -> dict[str, Any]:
        """Ask what the port does not: tokens, the connector, control."""
        answer = self.side.post(path, json=body)
        answer.raise_for_status()
        return answer.json() if answer.content else {}

    def token(self, number: str) -> str:
        return str(self.does("/v1/tokens", cardnumber=number)["token"])


@dataclass
class Clock:
    """A clock that is put forward by hand."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now

    def forward(self, by: timedelta) -> None:
        self.now += by


@contextmanager
def in_process() -> Generator[Outside]:
    """Put the stand-in behind httpx without a socket; it never really sleeps."""
    clock = Clock(datetime(2026, 11, 23, 16, tzinfo=UTC))
    app = build(Processor(clock), KEY, sleep=lambda _seconds: None)
    transport = httpx.WSGITransport(app=app)
    address = "http://cards.example"
    headers = {"Authorization": f"Bearer {KEY}"}
    with httpx.Client(transport=transport, base_url=address, headers=headers) as side:
        port = HttpCardProcessor(address, KEY, transport=transport)
        yield Outside(port, side, address, clock.forward)
        port.close()


@contextmanager
def as_process(folder: Path) -> Generator[Outside]:
    """Start the stand-in as `./cityline up` does, and stop it."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        number = free.getsockname()[1]
    log = folder / "cards.log"
    with log.open("wb") as errors:
        child = subprocess.Popen(
            [sys.executable, "-m", "devphone.cards", "--port", str(number)],
            cwd=ROOT,
            env={**os.environ, "CARDS_KEY": KEY},
            stdout=subprocess.PIPE,
            stderr=errors,
        )
    address = f"http://127.0.0.1:{number}"
    headers = {"Authorization": f"Bearer {KEY}"}
    try:
        with child.stdout or log.open("rb") as said:
            assert said.readline().startswith(b"cards listens on"), log.read_text("utf-8")
            with httpx.Client(base_url=address, headers=headers) as side:
                port = HttpCardProcessor(address, KEY)
                yield Outside(port, side, address, log=log)
                port.close()
    finally:
        child.terminate()
        child.wait(20)
