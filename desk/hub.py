"""One ear on PostgreSQL's "desk" channel, and everybody who listens to it through us.

The hub keeps one connection that LISTENs. Each notice goes to the desks that may see it; a desk
that is too slow to take its notices is told to begin again rather than kept waiting for.
"""

import asyncio
import json
import logging
from collections.abc import AsyncGenerator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, cast

import psycopg
from psycopg import sql

CHANNEL: Final = "desk"
BACKLOG_MOST: Final = 100  # notices a desk may lag behind
RETRY_SECONDS: Final = 2.0
LATE_SECONDS: Final = 5  # how long a silent server is believed
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class News:
    """One event of the stream: `kind` is ticket, paused, resumed or ended; `data` is JSON."""

    kind: str
    data: str = "{}"


@dataclass(eq=False)
class Desk:
    """One open page, good until its session falls asleep.

    `queues` and `department` bound what it hears; None for `queues` is everything.
    """

    staff_id: int
    epoch: int
    until: datetime
    queues: frozenset[str] | None
    department: str
    inbox: asyncio.Queue[News] = field(default_factory=lambda: asyncio.Queue(BACKLOG_MOST))

    def may_hear(self, notice: Mapping[str, Any]) -> bool:
        """Tell whether this desk's person may know of it."""
        if self.queues is None:
            return True
        named = set(cast("list[str]", notice["queues"]))
        return bool(named & self.queues) or self.department in notice["departments"]

    def tell(self, news: News) -> None:
        """Hand on a notice; a desk that lags too far behind has to begin again."""
        if self.inbox.full():
            while not self.inbox.empty():
                self.inbox.get_nowait()
            news = News("ended")
        self.inbox.put_nowait(news)


@dataclass(eq=False)
class Hub:
    """Everybody who listens, and whether we hear anything ourselves."""

    url: str
    desks: set[Desk] = field(default_factory=set[Desk])
    hearing: bool = False

    @asynccontextmanager
    async def seat(self, desk: Desk) -> AsyncGenerator[Desk]:
        """Let a desk listen for as long as it is here."""
        self.desks.add(desk)
        desk.tell(News("resumed" if self.hearing else "paused"))
        try:
            yield desk
        finally:
            self.desks.discard(desk)

    async def listen(self) -> None:
        """Listen; whenever the connection is lost say so to every desk, and come back."""
        while True:
            try:
                await self._hear()
            except (psycopg.Error, OSError) as error:
                log.warning("live updates paused: %s", type(error).__name__)
            self._turn(hearing=False)
            await asyncio.sleep(RETRY_SECONDS)

    async def _hear(self) -> None:
        connection = await psycopg.AsyncConnection.connect(
            self.url, autocommit=True, connect_timeout=LATE_SECONDS
        )
        async with connection:
            await connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(CHANNEL)))
            self._turn(hearing=True)
            while True:
                async for notice in connection.notifies(timeout=LATE_SECONDS):
                    self._hand_on(notice.payload)
                # A server that froze sends nothing either: ask it something.
                async with asyncio.timeout(LATE_SECONDS):
                    await connection.execute("SELECT 1")

    def _turn(self, *, hearing: bool) -> None:
        if hearing == self.hearing:
            return
        self.hearing = hearing
        self._tell(self.desks, News("resumed" if hearing else "paused"))

    def _hand_on(self, payload: str) -> None:
        notice = understood(payload)
        news = News("ticket", json.dumps(notice))
        self._tell((desk for desk in self.desks if desk.may_hear(notice)), news)

    @staticmethod
    def _tell(desks: Iterable[Desk], news: News) -> None:
        for desk in list(desks):
            desk.tell(news)

    def end(self, still_good: Mapping[int, int], now: datetime) -> None:
        """End the streams whose session is over; `still_good` maps staff ids to their epochs."""
        good = still_good.get
        over = [d for d in self.desks if good(d.staff_id) != d.epoch or d.until < now]
        self._tell(over, News("ended"))


def understood(payload: str) -> dict[str, Any]:
    """Read a notice of tickets/events.py, or the shorter one of a ticket just opened."""
    given: dict[str, Any] = json.loads(payload)
    queues = given.get("queues") or [given.get("queue", "")]
    departments = given.get("departments", [])
    return given | {"queues": queues, "departments": departments}
