"""The devphone process, in real time, with a line on a real socket."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

ROOT = Path(__file__).parents[3]
DOCUMENTS = {
    "/voice": '<Gather input="dtmf speech" action="/heard" timeout="3">'
    "<Say>How can I help?</Say></Gather>",
    "/heard": '<Dial timeout="5" action="/after">+18015550100</Dial>',
    "/after": "<Say>Goodbye.</Say>",
}


class Line(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path == "/slow":
            time.sleep(1)
        body = f"<Response>{DOCUMENTS.get(self.path, '')}</Response>".encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/xml")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        with suppress(BrokenPipeError):  # a caller out of patience is what some tests are about
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the base class's name
        """Keep quiet."""


@contextmanager
def serving_line() -> Generator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Line)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@dataclass
class Process:
    url: str
    popen: subprocess.Popen[str]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def running(line_url: str) -> Generator[Process]:
    port = free_port()
    environment = os.environ | {
        "CITYLINE_VOICE_URL": f"{line_url}/voice",
        "CITYLINE_NUMBER": "+18015550199",
        "DEVPHONE_PHONES": "+18015550100=Rep's desk phone:answers",
    }
    command = [sys.executable, "-m", "devphone", "--port", str(port)]
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
    ) as popen:
        assert popen.stdout is not None
        assert popen.stdout.readline() == f"devphone listens on http://127.0.0.1:{port}\n"
        yield Process(f"http://127.0.0.1:{port}", popen)
        started = time.monotonic()
        popen.send_signal(signal.SIGTERM)
        popen.wait(10)
        assert time.monotonic() - started < 5
