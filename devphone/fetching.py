"""The fetcher that is shipped: HTTP with the limits that the URL's fragment set."""

import time
from collections.abc import Collection
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import httpx

from devphone.markup import BYTES_MAX
from devphone.wire import (
    CONNECTION_FAILED,
    HOST_UNKNOWN,
    NO_ANSWER_IN_TIME,
    Answer,
    Fetch,
    NoAnswer,
    Request,
)

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication

LONGEST_S = 15.0  # Twilio's own longest; each request brings its shorter limits
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class TooSlowError(Exception):
    """The answer was still coming when the total time was over."""


def in_process(application: "WSGIApplication") -> Fetch:
    """Make a fetcher that calls a WSGI application directly: no socket, no waiting, any host.

    What the application raises is raised, so that a test sees it; a Flask application in its
    ordinary settings answers 500 instead.
    """
    client = httpx.Client(transport=httpx.WSGITransport(app=application), timeout=LONGEST_S)
    return lambda request: _exchange(client, request)


def over_http(hosts: Collection[str] = ()) -> Fetch:
    """Make a fetcher that speaks to loopback and to `hosts`, and to nobody else."""
    unlimited = httpx.Limits(max_connections=None)
    client = httpx.Client(timeout=LONGEST_S, follow_redirects=True, limits=unlimited)
    allowed = LOOPBACK | set(hosts)

    def fetch(request: Request) -> Answer | NoAnswer:
        host = urlsplit(request.url).hostname
        if host not in allowed:
            return NoAnswer(
                "connect", HOST_UNKNOWN, f"{host} is not a host that devphone may call."
            )
        try:
            return _exchange(client, request)
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            return NoAnswer("connect", CONNECTION_FAILED, f"No connection: {error}.")
        except (httpx.HTTPError, httpx.InvalidURL, TooSlowError) as error:
            sentence = f"No answer in time: {error or type(error).__name__}."
            return NoAnswer("read", NO_ANSWER_IN_TIME, sentence)

    return fetch


def _exchange(client: httpx.Client, request: Request) -> Answer:
    started = time.monotonic()
    total_s = request.limits.total_ms / 1000
    timeout = httpx.Timeout(
        min(request.limits.read_ms / 1000, total_s),
        connect=min(request.limits.connect_ms / 1000, total_s),
    )
    data = dict(request.form) if request.method == "POST" else None
    with client.stream(
        request.method, request.url, data=data, headers=dict(request.headers), timeout=timeout
    ) as response:
        body = b""
        for chunk in response.iter_bytes():
            body += chunk
            if time.monotonic() - started > total_s:
                raise TooSlowError(f"more than {total_s:g} s")
            if len(body) > BYTES_MAX:
                break  # the reader refuses it by its size (11750)
    seconds = time.monotonic() - started
    return Answer(response.status_code, body, dict(response.headers), seconds)
