"""`python -m devphone.cards [--port P]`: the card processor as a process, on 127.0.0.1."""

import argparse
import os

from flask import Flask
from granian.constants import Interfaces
from granian.server import Server

from devphone.cards.processor import Processor
from devphone.cards.server import build

DEFAULT_PORT = 8314
THREADS = 32  # a slow card holds one
STOP_S = 1


def main() -> None:
    """Serve until told to stop. The key is CARDS_KEY of the environment."""
    parser = argparse.ArgumentParser(prog="python -m devphone.cards", description=__doc__)
    parser.add_argument("--port", type=int, default=DEFAULT_PORT)
    port: int = parser.parse_args().port
    os.environ["CARDS_PORT"] = str(port)
    server = Server(
        "devphone.cards.__main__:ready",
        factory=True,
        address="127.0.0.1",
        port=port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=THREADS,
        workers_kill_timeout=STOP_S,
        log_enabled=False,
    )
    server.serve()


def ready() -> Flask:
    """Make the application, in the process that serves it; the socket is open by then."""
    app = build(Processor(), os.environ.get("CARDS_KEY", "cards-key"))
    address = f"http://127.0.0.1:{os.environ.get('CARDS_PORT', DEFAULT_PORT)}"
    print(f"cards listens on {address}", flush=True)  # noqa: T201  the one line of a process that is ready
    return app


if __name__ == "__main__":
    main()
