"""Payments between line, processor and ledger, drawn from one seed, with every fault on the way.

Each message is dropped, doubled, late by seconds or by a day, or overtaken; charges are made whose
answers are lost; the line dies between any two steps, or finds its database away; clocks are off by
a day; residents who hear nothing, or "unknown", try again. The processor's stand-in is asked
through the shipped port. Each day is swept until quiet, and its report is imported and deposited;
at the end of a batch every charge and every cent is looked for on both sides. `only` replays the
batch of one payment of a run: give the same number of payments, and another database.
"""

import random
import time
from collections import Counter
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Final

import httpx

from bench.fate import Fate, MortalDatabase
from bench.money.agreeing import Books, compare, missing
from bench.money.city import City, Line, Wire
from bench.money.payers import Payer
from bench.money.town import Outcome, found_town, judge
from billing.payments import returned
from billing.payments.charges import Fee, add_fee
from billing.processor.client import HttpCardProcessor
from billing.processor.settlement import deposit
from billing.processor.settling import settle
from devphone.cards.processor import Processor
from devphone.cards.server import build

KEY: Final = "a-key-of-the-stand-in-0123456789"
ADDRESS: Final = "http://cards.example"
BATCH: Final = 400  # payments
OPEN_SECONDS: Final = 8 * 3600
DAY_SECONDS: Final = 24 * 3600
DRAIN_DAYS: Final = 7  # the latest messages, settlements and chargebacks come in
MISSED_AFTER: Final = timedelta(days=5)
JUDGED_EVERY: Final = 5 * BATCH
SWEEPS: Final = 16  # while it is open
QUIET_ROUNDS: Final = 12
ACCOUNTS: Final = 60
CHANCE: Final = 0.04  # of each transaction, to be struck
AWAY, AWAY_DAYS = 0.15, 2  # whether the processor answers no last sweeps, on each of the first days
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
SKEWS: Final = (timedelta(0), 6 * MINUTE, HOUR, DAY, -DAY)
SKEWED: Final = (20, 50, 10, 10, 10)


def simulate(  # noqa: PLR0913  the size of a run, what is spoilt, and who is told
    url: str,
    payments: int,
    seed: int,
    tell: Callable[[int], None],
    *,
    line: type[Line] = Line,
    only: int | None = None,
) -> Outcome:
    """Simulate payments; stops at the first batch in which anything was wrong."""
    began, outcome = time.perf_counter(), Outcome()
    starts = range(0, payments, BATCH) if only is None else [only - only % BATCH]
    city = found(url, line, len(starts) * (1 + DRAIN_DAYS))
    done = 0
    for start in starts:
        numbers = range(start, min(start + BATCH, payments))
        with named(f"seed {seed}, {payments} payments, only={start}"):
            batch(city, seed, numbers, outcome)
        done += len(numbers)
        tell(done)
        if outcome.wrong:
            break
    never_missed(city, outcome)
    judge(city.line.database, outcome, "at the end")
    if outcome.wrong:
        last = starts[0] if only is not None else done - 1
        outcome.wrong.append(f"replay: seed {seed}, {payments} payments, only={last}")
    outcome.figures |= {"payments": done, "payments a second": done / (time.perf_counter() - began)}
    count(city, outcome)
    city.line.database.close()
    return outcome


@contextmanager
def named(replay: str) -> Generator[None]:
    """Say of an error how it is seen again."""
    try:
        yield
    except Exception as error:
        error.add_note(f"replay: {replay}")
        raise


def batch(city: City, seed: int, numbers: range, outcome: Outcome) -> None:
    """Let residents pay on one day, and days pass until all is settled; then compare both sides.

    Nothing but what accounts owe goes from one batch to another, so a batch replays alone.
    """
    draw = random.Random(f"{seed}:{numbers.start}")
    city.begin_anew(draw.choice((-DAY, timedelta(0), DAY)))
    before = Books.read(city.line.database)
    for number in numbers:
        payer = Payer.drawn(city, number, random.Random(f"{seed}:payment:{number}"))
        city.later(payer.draw.random() * OPEN_SECONDS, payer.begin)
    for _ in range(SWEEPS):
        city.later(draw.random() * OPEN_SECONDS, lambda: swept_among_faults(city, draw))
    for place in range(1 + DRAIN_DAYS):
        day(city, draw, outcome, AWAY if place < AWAY_DAYS else 0.0)
    compared = compare(city.line.database, city.charges(), before, city.heard, city.numbers)
    outcome.wrong += compared.wrong
    for name, figure in compared.figures.items():
        outcome.figures[name] = outcome.figures.get(name, 0) + figure
    if outcome.wrong or numbers.start % JUDGED_EVERY == 0:
        judge(city.line.database, outcome, f"after payment {numbers[-1]}")


def found(url: str, line: type[Line], days: int) -> City:
    """Found the city so long ago that its days end today; its residents owe something."""
    fate = Fate(random.Random(0), CHANCE)
    database = MortalDatabase(url, fate)
    processor = Processor()
    application = build(processor, KEY, sleep=lambda _seconds: None)
    wire = Wire(httpx.WSGITransport(app=application), random.Random(0))
    begins = datetime.now(UTC).replace(hour=8, minute=0) - timedelta(days=days)
    headers = {"Authorization": f"Bearer {KEY}"}
    city = City(
        line(database, HttpCardProcessor(ADDRESS, KEY, transport=wire)),
        processor,
        wire,
        httpx.Client(transport=wire, base_url=ADDRESS, headers=headers, timeout=5),
        fate,
        found_town(database, ACCOUNTS),
        begins,
    )
    processor.clock = city.now
    database.run(lambda db: [add_fee(db, bill, "city", f"bill:{bill.account_id}:{bill.service}")
                             for bill in bills(city)])  # fmt: skip
    return city


def bills(city: City) -> list[Fee]:
    """Charge every account for two services, more than some will ever pay."""
    draw, on = random.Random(1), city.begins.date()
    return [
        Fee(
            account_id=account, service=service, kind="use", cents=draw.randint(1_000, 900_000),
            on=datetime.now(UTC).date(), due_on=on, code=f"{service}.revenue",
        )
        for account in city.accounts
        for service in ("power", "water")
    ]  # fmt: skip


def day(city: City, draw: random.Random, outcome: Outcome, away: float) -> None:
    """Let a day pass, with its last sweeps, and with the reports and their deposits after it."""
    city.until(city.seconds + DAY_SECONDS)
    city.wire.away = draw.random() < away
    until_quiet(city, outcome)
    city.wire.away = False
    reconcile(city, draw)


def swept_among_faults(city: City, draw: random.Random) -> None:
    """Sweep once, among faults, by a clock that may be off."""
    (skew,) = draw.choices(SKEWS, SKEWED)
    now = city.database_time() + skew
    city.counts["swept"] += ended(city.mortal(draw, lambda: city.line.sweep(now)))


def ended(found: Counter[str] | None) -> int:
    """Count the payments to which a sweep brought an end."""
    return sum(many for name, many in (found or {}).items() if name not in {"unknown", "waiting"})


def until_quiet(city: City, outcome: Outcome) -> None:
    """Sweep, an hour after everything, until nothing new is found; it must come to that."""
    for _ in range(QUIET_ROUNDS):
        found = city.line.sweep(city.database_time() + HOUR)
        city.counts["swept"] += ended(found)
        if not ended(found):
            return
    outcome.claim(holds=False, otherwise="the sweeper does not come to rest")


def reconcile(city: City, draw: random.Random) -> None:
    """Import the reports that are new, sometimes twice, and deposit what the bank got for each."""
    now = city.begins + timedelta(seconds=city.seconds) + city.clock_off
    database, port = city.line.database, city.line.port
    new = settle(database, port, returned.settle, now)
    if draw.random() < 0.5:  # noqa: PLR2004  every other day
        city.counts["imported twice"] += len(settle(database, port, returned.settle, now))
    for made in new:
        report = port.settlement(date.fromisoformat(made.report.removeprefix("settlement-")))
        if report is None or not report.lines:
            continue
        on, cents = city.database_time().date(), report.deposit_cents
        database.run(lambda db, of=made, c=cents, d=on: deposit(db, of.report, c, d, "bank"))
        extra = {each.line.intent for each in made.found if each.finding == "extra" and each.line}
        city.reported_first |= extra
        city.counts.update({f"finding: {name}": many for name, many in made.counts.items()})


def never_missed(city: City, outcome: Outcome) -> None:
    """Let days pass until what is in no report is missed; what was reported may not be."""
    city.begin_anew(timedelta(0))
    while city.now() < datetime.now(UTC) + MISSED_AFTER:
        day(city, random.Random(0), outcome, 0.0)
    missed = missing(city.line.database) - city.reported_first
    outcome.claim(not missed, f"called missing, and settled: {sorted(missed)[:3]}")


def count(city: City, outcome: Outcome) -> None:
    """Count what came of it, so that nobody mistakes an empty run for a good one."""
    outcome.figures |= city.counts
    outcome.figures |= {f"wire: {name}": many for name, many in city.wire.struck.items() if name}
    outcome.figures |= {f"line: {doom}": many for doom, many in city.fate.struck.items()}
