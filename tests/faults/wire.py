"""Carries webhooks to the line over HTTP, within the limits that each address asked for."""

import time
from contextlib import AbstractContextManager

import httpx

from devphone.wire import CONNECTION_FAILED, NO_ANSWER_IN_TIME, Answer, NoAnswer, Request


class Wire(AbstractContextManager["Wire"]):
    """One client for all calls; leaving it closes every connection, so that none is left over."""

    def __init__(self) -> None:
        self._client = httpx.Client(limits=httpx.Limits(max_connections=None))

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def fetch(self, request: Request) -> Answer | NoAnswer:
        """Send a webhook; gives the answer, or why there is none."""
        limits = request.limits
        timeout = httpx.Timeout(limits.read_ms / 1000, connect=limits.connect_ms / 1000)
        began = time.monotonic()
        try:
            answer = self._client.request(
                request.method,
                request.url,
                data=dict(request.form),
                headers=dict(request.headers),
                timeout=timeout,
            )
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            return NoAnswer("connect", CONNECTION_FAILED, f"No connection: {error}.")
        except httpx.HTTPError as error:
            return NoAnswer("read", NO_ANSWER_IN_TIME, f"No answer: {error!r}.")
        seconds = time.monotonic() - began
        return Answer(answer.status_code, answer.content, dict(answer.headers), seconds)
