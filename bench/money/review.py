"""A made-up conversion like that of July 2020: bad bills stay at the gate, good ones leave.

Homes of every month of the year (the start of summer among them) have one bad bill in a hundred: a
read off by ten, a dial gone round, two months, another multiplier, a swapped meter. Pure: it needs
no database. The tests of the review take their homes from here.
"""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Final

from bench.money.town import Outcome
from billing.accounts.checking import Case, judged
from billing.accounts.history import History, Installed, Seen, history
from billing.accounts.rules import read_rules
from billing.accounts.usage import used
from billing.rates.engine import rate
from billing.rates.reader import read_tariffs
from billing.rates.shapes import Span
from billing.rates.tariffs import Tariffs
from billing.statements.making import meter_case
from billing.statements.review import BillCase, MeterCase, findings

# What is used in the month that begins in January, in February, ..., in percent.
SEASON: Final = (100, 85, 70, 65, 80, 91, 115, 110, 80, 65, 70, 95)
FAULTS: Final = ("times ten", "rollover", "two months", "multiplier", "swapped")
READS_MANY: Final = 14  # a year, the month before it, and the bill's own
MONTHS: Final = 12
ONE_IN: Final = 100
TIMES_LAST_YEAR: Final = 5
HELD_PERCENT: Final = 99
GOOD_PERCENT: Final = 3
TOLD_EVERY: Final = 500
WATER_DIGITS: Final = 7
FAR: Final = 3000  # kWh; nearer, another dial gives a bill like any other

Tell = Callable[[int], None]


@cache
def tariffs() -> Tariffs:
    """Read the city's tariffs once."""
    return read_tariffs()


@cache
def reads_until(month: int) -> tuple[date, ...]:
    """Give the days of the reads of a bill in a month of 2026."""
    last = 2026 * MONTHS + month - 1
    return tuple(
        date(n // MONTHS, n % MONTHS + 1, 20) for n in range(last - READS_MANY + 1, last + 1)
    )


@dataclass(frozen=True)
class Home:
    """A home's dials: power and water, a read for each of `reads`, and what is wrong with it."""

    reads: tuple[date, ...]
    power: tuple[int, ...]
    water: tuple[int, ...]
    digits: int = 5
    multiplier: int = 1
    months: int = 1
    fault: str = ""


def homes(seed: int, many: int, one_in: int = ONE_IN) -> list[Home]:
    """Draw homes, then plant every kind of fault in one home of so many."""
    drawn = random.Random(seed)
    made: list[Home] = []
    for _ in range(many):
        reads = reads_until(drawn.randint(1, MONTHS))
        power = dial(drawn, reads, drawn.randint(250, 1400))
        made.append(Home(reads, power, dial(drawn, reads, drawn.randint(4000, 14000), 7)))
    for place in range(0, many, one_in):
        made[place] = planted(drawn, made, place, FAULTS[place // one_in % len(FAULTS)])
    return made


def dial(
    drawn: random.Random, reads: tuple[date, ...], usual: int, digits: int = 5
) -> tuple[int, ...]:
    """Draw a dial over the months of these reads."""
    shown: list[int] = []
    level = drawn.randint(1000, 10**digits // 3)
    for on in reads:
        shown.append(level)
        level += usual * SEASON[on.month - 1] * drawn.randint(75, 125) // 10_000
    return tuple(shown)


def planted(drawn: random.Random, made: list[Home], place: int, fault: str) -> Home:
    """Give a home with a fault."""
    home = made[place]
    last = home.power[-1]
    if fault == "times ten":
        wrong = last * 10 if last * 10 < 10**5 else last // 10
        return replace(home, power=(*home.power[:-1], wrong), fault=fault)
    if fault == "rollover":  # the dial went round, and its new place was taken for all of it
        use = last - home.power[-2]
        up = tuple(10**5 - home.power[-2] + one - use // 2 for one in home.power[:-1])
        return replace(home, power=(*up, up[-1] + use - 10**5), digits=6, fault=fault)
    if fault == "two months":
        return replace(home, months=2, fault=fault)
    if fault == "multiplier":
        return replace(home, multiplier=drawn.choice((10, 40)), fault=fault)
    # A dial that happens to stand within a month of the other's gives a bill like any other.
    far = (one for one in made[place + 1 :] + made if abs(one.power[-1] - last) > FAR)
    other = next(far)
    return replace(home, power=(*home.power[:-1], other.power[-1]), fault=fault)


def meters(home: Home, shown: tuple[int, ...], digits: int) -> tuple[History, bool]:
    """Give a meter's past with its last read judged as every read is; and whether it waits."""
    seen = [
        Seen(n, on, value, "actual", "ok")
        for n, (on, value) in enumerate(zip(home.reads, shown, strict=True))
    ]
    first = Installed(1, "M", digits, 1, home.reads[0], None, tuple(seen[:-1]))
    before = history((first,))
    days = (home.reads[-1] - home.reads[-2]).days
    case = Case(
        value=shown[-1], digits=digits, multiplier=home.multiplier, days=days, before=shown[-2],
        looked=shown[-2], expected=before.expected(Span(home.reads[-2], home.reads[-1])),
    )  # fmt: skip
    rules = read_rules()
    finding = judged(case, rules.services["power" if digits < WATER_DIGITS else "water"], rules)
    last = Seen(90, home.reads[-1], shown[-1], "actual", finding)
    kept = seen[:-1] if finding == "backward" else [*seen[:-1], last]
    if home.multiplier == 1 or digits == WATER_DIGITS:
        return history(
            (Installed(1, "M", digits, 1, home.reads[0], None, tuple(kept)),)
        ), finding == "backward"
    old = Installed(1, "M", digits, 1, home.reads[0], home.reads[-2], tuple(seen[:-1]))
    new = Installed(
        2, "M2", digits, home.multiplier, home.reads[-2], None,
        (Seen(91, home.reads[-2], shown[-2], "start", "ok"), last),
    )  # fmt: skip
    return history((old, new)), finding == "backward"


def cents(pasts: tuple[History, History], span: Span) -> int:
    """Rate power and water."""
    total = 0
    for name, past, tariff in (("power", pasts[0], "power-1"), ("water", pasts[1], "water")):
        usage = used(past, span, name, name)
        lines = rate(tariffs().get(tariff), usage, span, Decimal(1), {"meter_size": "3/4 in"})
        total += sum(line.cents for line in lines)
    return total


def bill(home: Home) -> BillCase:
    """Make a home's bill as the run does, short of the database."""
    power, waits = meters(home, home.power, home.digits)
    water, _ = meters(replace(home, multiplier=1), home.water, 7)
    span = Span(home.reads[-1 - home.months], home.reads[-1])
    year_before = Span(home.reads[0], home.reads[1])
    cases: list[MeterCase] = []
    for name, past in (("power", power), ("water", water)):
        doubts = (home.reads[-1],) if waits and name == "power" else ()
        cases.append(meter_case(name, used(past, span, name, name), past, span, doubts))
    return BillCase(
        cents=cents((power, water), span), days=span.days, kind="residential",
        typical_cents=15_000, last_year_cents=cents((power, water), year_before),
        metered=tuple(cases),
    )  # fmt: skip


def held(case: BillCase) -> bool:
    """Say whether the gate holds a bill."""
    return any(one.holds for one in findings(case))


def run(url: str, many: int, seed: int, tell: Tell, one_in: int = ONE_IN) -> Outcome:
    """Look at so many bills; nothing over five times the same month last year leaves."""
    del url
    outcome, began = Outcome(), time.perf_counter()
    bad = good = bad_held = good_held = left_high = 0
    for place, home in enumerate(homes(seed, many, one_in), 1):
        case = bill(home)
        stays = held(case)
        bad, bad_held = bad + bool(home.fault), bad_held + bool(home.fault and stays)
        good, good_held = good + (not home.fault), good_held + (not home.fault and stays)
        left_high += not stays and case.cents > TIMES_LAST_YEAR * (case.last_year_cents or 0)
        if place % TOLD_EVERY == 0:
            tell(place)
    outcome.claim(bad_held * 100 >= bad * HELD_PERCENT, f"only {bad_held} of {bad} bad were held")
    outcome.claim(good_held * 100 <= good * GOOD_PERCENT, f"{good_held} of {good} good were held")
    outcome.claim(not left_high, f"{left_high} over five times last year's left")
    outcome.figures |= {"bad": bad, "bad held": bad_held, "good": good, "good held": good_held}
    outcome.figures |= {"left above 5 x": left_high, "seconds": time.perf_counter() - began}
    return outcome
