"""`python -m devphone [--port N]`: the phone network as a process, on 127.0.0.1."""

import argparse
import os

from flask import Flask
from granian.constants import Interfaces
from granian.server import Server

from devphone.server import from_environment
from devphone.settings import read_settings

# A phone that follows its call holds a thread for up to twenty seconds.
THREADS = 128
STOP_S = 1


def main() -> None:
    """Serve until told to stop."""
    settings = read_settings()
    parser = argparse.ArgumentParser(prog="python -m devphone", description=__doc__)
    parser.add_argument("--port", type=int, default=settings.port)
    port: int = parser.parse_args().port
    os.environ["DEVPHONE_PORT"] = str(port)
    server = Server(
        "devphone.__main__:ready",
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
    app = from_environment()
    print(f"devphone listens on http://127.0.0.1:{os.environ['DEVPHONE_PORT']}", flush=True)  # noqa: T201  the one line of a process that is ready
    return app


if __name__ == "__main__":
    main()
