"""Live updates: a process of its own that tells open pages what changed (server-sent events).

    python -m desk.stream --port P

An ASGI application under granian: a stream costs a coroutine and a queue, not a thread, so that
hundreds of desks are no load. Pages prove who they are with the desk's own session cookie.
"""

import argparse
import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from granian import Granian
from granian.constants import Interfaces

from config import logs
from config.city import City, read_city
from config.settings import Settings, read_settings
from db.errors import DatabaseUnavailable
from db.session import Database, psycopg_url
from desk.hub import Desk, Hub, News
from desk.seats import Seats, is_ours
from people import staff

HEARTBEAT_SECONDS: Final = 15.0
REVIEW_SECONDS: Final = 15.0
KILL_SECONDS: Final = 2
STREAMS_MOST: Final = 500
CONFIG: Final = Path(__file__).parents[1] / "config"
SSE_NAMES: Final = {"ticket": "ticket", "paused": "paused", "resumed": "ready"}
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a browser asked; `origin` is "" where the page and the stream share one."""

    path: str
    origin: str
    cookies: str


class Stream:
    """The application: who may listen is let in and told what happens."""

    def __init__(self, settings: Settings, city: City) -> None:
        """Build it; nothing is connected before the server starts it."""
        url = psycopg_url(settings.database_url).set(drivername="postgresql")
        self.hub = Hub(url.render_as_string(hide_password=False))
        self.home = settings.public_url
        self.database = Database(settings.database_url, statement_ms=5000, pool=4)
        self.seats = Seats(self.database, city, settings.secret_key)
        self.tasks: list[asyncio.Task[None]] = []

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer one connection, or begin and end with the server."""
        if scope["type"] == "lifespan":
            await self.live(receive, send)
        elif scope["type"] == "http":
            await self.answer(asked(scope), receive, send)

    async def live(self, receive: Receive, send: Send) -> None:
        """Listen from the server's start to its end."""
        await receive()
        self.tasks = [asyncio.create_task(job) for job in (self.hub.listen(), self.review())]
        await send({"type": "lifespan.startup.complete"})
        await receive()
        for task in self.tasks:
            task.cancel()
        self.database.close()
        await send({"type": "lifespan.shutdown.complete"})

    async def review(self) -> None:
        """End the streams of whoever signed out, left, or fell asleep."""
        while True:
            await asyncio.sleep(REVIEW_SECONDS)
            ids = {desk.staff_id for desk in self.hub.desks}
            with suppress(DatabaseUnavailable):
                good = await asyncio.to_thread(self.epochs, ids)
                self.hub.end(good, datetime.now(UTC))

    def epochs(self, ids: set[int]) -> dict[int, int]:
        """Read whose sessions are still good."""
        return self.database.run(lambda db: staff.epochs(db, ids))

    async def answer(self, request: Asked, receive: Receive, send: Send) -> None:
        """Stream to whoever may listen; anybody else gets a plain refusal."""
        if request.path == "/healthz":
            await plain(send, 200 if self.hub.hearing else 503)
            return
        found = await self.admit(request)
        if isinstance(found, int):
            await plain(send, found)
            return
        await send(start(200, "text/event-stream", request.origin))
        async with self.hub.seat(found):
            gone = asyncio.create_task(until_gone(receive))
            telling = asyncio.create_task(tell(found, send))
            await asyncio.wait({gone, telling}, return_when=asyncio.FIRST_COMPLETED)
            gone.cancel()
            telling.cancel()
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def admit(self, request: Asked) -> Desk | int:
        """Find who asks; an HTTP status for whoever may not listen."""
        if request.path != "/desk/stream" or not is_ours(request.origin, self.home):
            return 404
        if len(self.hub.desks) >= STREAMS_MOST:
            return 503
        try:
            now = datetime.now(UTC)
            return await asyncio.to_thread(self.seats.find, request.cookies, now) or 401
        except DatabaseUnavailable:
            return 503


def asked(scope: Message) -> Asked:
    """Read what we look at of a request."""
    headers = {name.lower(): value.decode("latin-1") for name, value in scope["headers"]}
    return Asked(scope["path"], headers.get(b"origin", ""), headers.get(b"cookie", ""))


def start(status: int, kind: str, origin: str) -> Message:
    """Begin an answer; another port's page may read it when it is the desk's own."""
    headers = [(b"content-type", kind.encode()), (b"cache-control", b"no-store")]
    headers += [(b"x-content-type-options", b"nosniff"), (b"x-accel-buffering", b"no")]
    if origin:
        headers += [
            (b"access-control-allow-origin", origin.encode("latin-1")),
            (b"access-control-allow-credentials", b"true"),
            (b"vary", b"Origin"),
        ]
    return {"type": "http.response.start", "status": status, "headers": headers}


async def plain(send: Send, status: int) -> None:
    """Answer with a status and its number as text."""
    await send(start(status, "text/plain", ""))
    await send({"type": "http.response.body", "body": f"{status}\n".encode(), "more_body": False})


async def until_gone(receive: Receive) -> None:
    """Wait for the browser to leave."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def tell(desk: Desk, send: Send) -> None:
    """Hand on each notice, and a heartbeat whenever all is quiet, until the session is over."""
    while (news := await next_news(desk)) is None or news.kind != "ended":
        body = f"event: {SSE_NAMES[news.kind]}\ndata: {news.data}\n\n" if news else ":\n\n"
        await send({"type": "http.response.body", "body": body.encode(), "more_body": True})


async def next_news(desk: Desk) -> News | None:
    """Wait for the next notice; None when it is time for a heartbeat."""
    try:
        async with asyncio.timeout(HEARTBEAT_SECONDS):
            return await desk.inbox.get()
    except TimeoutError:
        return None


def make() -> Stream:
    """Make the application from the environment, in granian's worker."""
    settings = read_settings()
    logs.set_up(settings.log_level)
    return Stream(settings, read_city(CONFIG))


def main() -> None:
    """Serve until told to stop."""
    words = argparse.ArgumentParser(description="Live updates of the desk.")
    words.add_argument("--port", type=int, required=True)
    words.add_argument("--host", default="127.0.0.1")
    given = words.parse_args()
    Granian(
        "desk.stream:make",
        factory=True,
        interface=Interfaces.ASGI,
        address=given.host,
        port=given.port,
        workers=1,  # one ear: a second would hear the same
        workers_kill_timeout=KILL_SECONDS,  # open streams would keep a stopping server for ever
        log_access=False,
        websockets=False,
    ).serve()


if __name__ == "__main__":
    main()
