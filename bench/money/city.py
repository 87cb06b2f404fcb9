"""A simulated city that pays: the line, the processor, and what is on its way between them."""

import heapq
import itertools
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

import httpx
from sqlalchemy import func, select

from bench.fate import Fate, Killed, MortalDatabase
from billing.payments import intents
from billing.payments.intents import Wanted
from billing.processor import sweeping
from billing.processor.client import HttpCardProcessor
from billing.shapes import PaymentAnswer, PaymentResult
from db.errors import DatabaseUnavailable
from devphone.cards.processor import Charge, Processor

WIRE_CHANCE: Final = 0.08  # of each request, to be dropped, doubled, lost or garbled
FORGOTTEN: Final = timedelta(days=12)  # no report of a day so long ago is asked for again
FAULTS: Final = ("dropped", "doubled", "lost", "garbled")


@dataclass
class Wire(httpx.BaseTransport):
    """The way to the processor. `chance` is that of each request to go wrong."""

    inner: httpx.BaseTransport
    draw: random.Random
    chance: float = 0.0
    away: bool = False
    struck: Counter[str] = field(default_factory=Counter[str])

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Carry a request: not at all, twice, without its answer, or with nonsense for one."""
        fault = self.draw.choice(FAULTS) if self.draw.random() < self.chance else ""
        self.struck[fault] += 1
        request.read()
        if self.away or fault == "dropped":
            raise httpx.ConnectTimeout("fate", request=request)
        answer = self.inner.handle_request(request)
        if fault == "doubled":
            answer = self.inner.handle_request(request)
        if fault == "lost":
            raise httpx.ReadTimeout("fate", request=request)
        return httpx.Response(502, text="<html>") if fault == "garbled" else answer


@dataclass
class Line:
    """What the line does of a payment, each a transaction of its own. A test may spoil one."""

    database: MortalDatabase
    port: HttpCardProcessor

    def create(self, wanted: Wanted, key: str) -> str:
        """Write an intent down; gives its id."""
        return self.database.run(lambda db: intents.create(db, wanted, key)).id

    def mark_sent(self, intent: str) -> None:
        """Note that the processor is asked from now on."""
        self.database.run(lambda db: intents.mark_sent(db, intent))

    def finish(self, said: PaymentResult) -> PaymentAnswer:
        """Take what the processor said."""
        return self.database.run(lambda db: intents.finish(db, said))

    def sweep(self, now: datetime) -> Counter[str]:
        """Ask about what is loose."""
        return sweeping.sweep(self.database, self.port, now=now)


@dataclass
class City:
    """The line, the processor, what is on its way between them, and what residents were told."""

    line: Line
    processor: Processor
    wire: Wire
    side: httpx.Client  # what Twilio posts to the processor
    fate: Fate
    accounts: list[int]
    begins: datetime
    seconds: float = 0.0
    clock_off: timedelta = timedelta(0)  # of the processor's
    coming: list[tuple[float, int, Callable[[], None]]] = field(
        default_factory=list[tuple[float, int, Callable[[], None]]]
    )
    order: "itertools.count[int]" = field(default_factory=itertools.count)
    heard: dict[str, Counter[str]] = field(default_factory=dict[str, Counter[str]])
    numbers: dict[str, int] = field(default_factory=dict[str, int])  # payments' numbers by intent
    counts: Counter[str] = field(default_factory=Counter[str])
    earlier: set[str] = field(default_factory=set[str])  # charges of the batches before
    reported_first: set[str] = field(default_factory=set[str])  # intents, before they were posted

    def begin_anew(self, clock_off: timedelta) -> None:
        """Begin a batch: the processor's clock is off by so much; it forgets what was long ago."""
        self.clock_off = clock_off
        for intent, made in list(self.processor.charges.items()):
            if made.at < self.now() - FORGOTTEN:
                del self.processor.charges[intent]
        self.earlier = set(self.processor.charges)
        self.heard.clear()
        self.numbers.clear()

    def charges(self) -> dict[str, Charge]:
        """Give what the processor charged in this batch."""
        return {
            intent: made
            for intent, made in self.processor.charges.items()
            if made.kind == "charge" and not made.declined and intent not in self.earlier
        }

    def now(self) -> datetime:
        """Give the processor's time."""
        return self.begins + timedelta(seconds=self.seconds) + self.clock_off

    def later(self, seconds: float, step: Callable[[], None]) -> None:
        """Let a step happen after so many seconds."""
        heapq.heappush(self.coming, (self.seconds + seconds, next(self.order), step))

    def until(self, seconds: float) -> None:
        """Let happen what happens by then, in its order."""
        while self.coming and self.coming[0][0] < seconds:
            self.seconds, _, step = heapq.heappop(self.coming)
            step()
        self.seconds = seconds

    def mortal(self, draw: random.Random, step: Callable[[], Any]) -> Any:  # noqa: ANN401  the step's own
        """Do a step of the line's among faults; None where it died or had no database."""
        self.fate.draw, self.fate.armed, self.wire.draw = draw, True, draw
        self.wire.chance = WIRE_CHANCE
        try:
            return step()
        except (Killed, DatabaseUnavailable) as struck:
            self.counts[type(struck).__name__] += 1
            return None
        finally:
            self.fate.armed, self.wire.chance = False, 0.0

    def database_time(self) -> datetime:
        """Give the database's own time, which no fault touches."""
        return self.line.database.run(lambda db: db.execute(select(func.now())).scalar_one())
