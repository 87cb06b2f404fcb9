"""`./cityline up`: what one line needs, started in order, watched, and stopped."""

import os
import signal
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import click

from cli import environment as environments
from cli.opening import Opening
from cli.steps import new_console
from db.embedded import ports
from db.embedded.errors import EmbeddedError
from db.embedded.process import wait_until
from db.embedded.servers import Claim

WHO = "./cityline up"
CLAIM_SECONDS = 30.0  # another command may be using the servers for a moment
LOOK_SECONDS = 0.2


@click.command(help="Open the line, and keep it open until Ctrl-C.")
@click.option("--port", type=click.IntRange(1, 65535), help="Of the line and the desk (8311).")
@click.option("--phone-port", type=click.IntRange(1, 65535), help="Of the dial pad (8312).")
def command(port: int | None, phone_port: int | None) -> None:
    """Open the line, and keep it open until Ctrl-C."""
    var = environments.state_folder()
    console = new_console()
    with claimed(var), interruptible():
        opening = Opening(var, os.environ, console)
        try:
            opening.run(port, phone_port)
            while True:
                opening.supervisor.look()
                time.sleep(LOOK_SECONDS)
        except KeyboardInterrupt:
            console.print("Closing the line.")
        finally:
            ignore_signals()
            opening.supervisor.stop()


@contextmanager
def claimed(var: Path) -> Generator[None]:
    """Be the only `up` of this state folder; wait a little for a short command that uses it."""
    claim = Claim(var)
    try:
        if not wait_until(lambda: _taken(claim, var), CLAIM_SECONDS):
            raise EmbeddedError(f"{var} is still in use by {claim.holder()}.")
        yield
    finally:
        claim.release()


def _taken(claim: Claim, var: Path) -> bool:
    if claim.taken(WHO):
        return True
    pid, _, who = claim.holder().partition(" ")
    if who == WHO:
        web = ports.remembered(var).get("web", environments.WEB_PORT)
        raise EmbeddedError(
            f"This line is open already, at http://{ports.HOST}:{web} (process {pid}); "
            "CITYLINE_VAR names another state folder for a second one."
        )
    return False


@contextmanager
def interruptible() -> Generator[None]:
    """Stop on Ctrl-C, on a request and with a closed terminal, also where a script ignored them."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupt)
    yield


def ignore_signals() -> None:
    """Finish stopping, which is bounded, even if Ctrl-C is pressed again."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
