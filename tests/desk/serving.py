"""Serves a desk to a real browser: the app in a thread, its stream in a process of its own."""

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import httpx
from flask import Flask
from werkzeug.serving import make_server

from config.settings import Settings, variables
from db.embedded.process import wait_until

ROOT = Path(__file__).parents[2]
START_SECONDS = 30


def free_port() -> int:
    """Find a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def served(app: Flask, port: int) -> Generator[str]:
    """Serve an app on a port; gives its address."""
    server = make_server("127.0.0.1", port, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.shutdown()
        thread.join(timeout=10)
        server.server_close()


@contextmanager
def streaming(settings: Settings, port: int) -> Generator[subprocess.Popen[bytes]]:
    """Run the stream on a port until it hears; gives its process."""
    command = [sys.executable, "-m", "desk.stream", "--port", str(port)]
    child = subprocess.Popen(command, cwd=ROOT, env=os.environ | environment(settings))
    try:
        assert wait_until(lambda: is_up(port), START_SECONDS), "the stream did not start"
        yield child
    finally:
        child.terminate()
        child.wait(timeout=15)


def environment(settings: Settings) -> dict[str, str]:
    """Write settings down as the environment they come from."""
    values = settings.model_dump()
    named = {variable: name for name, variable in names().items()}
    return {variable: str(values[name]) for variable, name in named.items() if values[name]}


def names() -> dict[str, str]:
    """Map fields of the settings to their variables."""
    known = {id(info): name for name, info in Settings.model_fields.items()}
    return {known[id(info)]: variable for variable, info in variables().items()}


def is_up(port: int) -> bool:
    """Tell whether the stream listens to the database."""
    try:
        return httpx.get(f"http://127.0.0.1:{port}/healthz", timeout=2).status_code == 200
    except httpx.HTTPError:
        return False
