"""A gate before the carrier's REST: it lets requests in, or keeps one's answer for itself.

This is how a test finds a worker in the very middle of a job: its request has arrived, or has even
been done, and no answer has come.
"""

import threading
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

LONGEST_SECONDS = 30.0


class Gate:
    """A WSGI application around another one. Reading passes always, sending as told."""

    def __init__(self, inner: "WSGIApplication") -> None:
        self._inner = inner
        self.arrived = threading.Event()
        self._open = threading.Event()
        self._open.set()
        self._before = False

    def close(self, *, before: bool) -> None:
        """Hold what is sent from now on: `before` it reaches the carrier, or after it was done."""
        self._before = before
        self.arrived.clear()
        self._open.clear()

    def open(self) -> None:
        """Let everything pass again; what was held before is refused, since its sender is gone."""
        self._open.set()

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Serve one request."""
        if environ["REQUEST_METHOD"] != "POST" or self._open.is_set():
            return self._inner(environ, start_response)
        done = None if self._before else list(self._inner(environ, start_response))
        self.arrived.set()
        self._open.wait(LONGEST_SECONDS)
        if done is None:
            start_response("503 Service Unavailable", [("Content-Length", "0")])
        return done or []
