"""The web processes are killed, or kept busy by people who never finish a sentence."""

import os
import random
import signal
import socket
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

import pytest

from tests.faults.checking import figures, invariants_hold, nobody_was_lost, texts_arrive_once
from tests.faults.opened import OpenLine
from tests.faults.residents import Crowd, Resident

pytestmark = [pytest.mark.faults, pytest.mark.slow]

KILLS = int(os.environ.get("CITYLINE_KILLS", "4"))
SLOW_SOCKETS = 100
BACK_SECONDS = 60.0  # of a machine that others use as well; alone it takes five


def test_a_quiet_line_serves_every_caller(line: OpenLine, seed: int) -> None:
    with Crowd(line.network, line.settings.line_number, seed) as crowd:
        crowd.until_more(6)
    figures("web", crowd.stories)
    nobody_was_lost(line, crowd.stories)
    assert [story.transcript() for story in crowd.stories if not story.ticket] == []
    texts_arrive_once(line, crowd.stories)
    invariants_hold(line)


def test_kills_at_random_moments_lose_no_call_and_double_no_ticket(
    line: OpenLine, seed: int
) -> None:
    draw = random.Random(seed)
    with Crowd(line.network, line.settings.line_number, seed) as crowd:
        for _ in range(KILLS):
            serving = started(line)
            time.sleep(draw.uniform(0.1, 0.8))
            os.kill(draw.choice(line.workers()), signal.SIGKILL)
            crowd.until(lambda before=serving: started(line) > before, BACK_SECONDS)
        crowd.until_more(2)
    figures(f"{KILLS} kills", crowd.stories)
    nobody_was_lost(line, crowd.stories)
    served = sum(bool(story.ticket) for story in crowd.stories)
    assert served > len(crowd.stories) / 2, crowd.stories[-1].transcript()
    texts_arrive_once(line, crowd.stories)
    invariants_hold(line)


def started(line: OpenLine) -> int:
    """Count the web workers that ever began to serve; granian says so of each."""
    return (line.var / "log" / "web.log").read_text("utf-8", "replace").count("Started worker-")


def test_a_hundred_sockets_that_trickle_keep_no_caller_waiting(line: OpenLine, seed: int) -> None:
    with trickling(line), Crowd(line.network, line.settings.line_number, seed) as crowd:
        crowd.until_more(6)
    figures("slow sockets", crowd.stories)
    nobody_was_lost(line, crowd.stories)
    assert [story.transcript() for story in crowd.stories if not story.ticket] == []


def test_a_hundred_that_pretend_to_be_signed_keep_nobody_from_a_useful_answer(
    line: OpenLine, seed: int
) -> None:
    pretended = "X-Twilio-Signature: AAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\n"
    with trickling(line, pretended):
        told = [
            Resident(line.network, "+18015550160", random.Random(seed), thinks=0).calls(
                line.settings.line_number
            )
        ]
    figures("slow sockets, signed", told)
    nobody_was_lost(line, told)
    assert told[0].ticket or told[0].person, told[0].transcript()


@contextmanager
def trickling(line: OpenLine, header: str = "") -> Generator[None]:
    """Hold a hundred requests open that send a byte of their body now and then."""
    parts = urlsplit(line.settings.public_url)
    address = (str(parts.hostname), int(parts.port or 80))
    head = (
        f"POST /webhooks/twilio/voice HTTP/1.1\r\nHost: {parts.netloc}\r\n{header}"
        "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 5000\r\n\r\n"
    ).encode()
    sockets = [socket.create_connection(address, 5) for _ in range(SLOW_SOCKETS)]
    stop = threading.Event()

    def go_on() -> None:
        for one in sockets:
            one.sendall(head)
        while not stop.wait(0.5):
            send_a_byte(sockets)

    thread = threading.Thread(target=go_on, daemon=True)
    thread.start()
    time.sleep(1.0)  # until every thread that can be held is held
    try:
        yield
    finally:
        stop.set()
        thread.join(10)
        for one in sockets:
            one.close()


def send_a_byte(sockets: list[socket.socket]) -> None:
    """Send one byte on each socket that is still taken."""
    for one in sockets:
        with suppress(OSError):
            one.sendall(b"a")
