"""The gate on a made-up conversion like that of July 2020: bad bills stay, good ones leave."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

import pytest

from billing.accounts.checking import Case, judged
from billing.accounts.history import History, Installed, Seen, history
from billing.accounts.rules import read_rules
from billing.accounts.usage import used
from billing.rates.engine import rate
from billing.rates.shapes import Span
from billing.statements.making import meter_case
from billing.statements.review import BillCase, MeterCase, findings
from tests.unit.billing.rating import TARIFFS

HOMES = 1500
READS = [date(2025 + (5 + n) // 12, (5 + n) % 12 + 1, 20) for n in range(14)]  # June to July
SEASON = (90, 115, 110, 80, 65, 70, 95, 100, 85, 70, 65, 80, 92, 118)  # percent, summer starts
FAULTS = ("times ten", "rollover", "two months", "multiplier", "swapped")


@dataclass(frozen=True)
class Home:
    """A home's dials: power and water, a read for each of READS, and what is wrong with it."""

    power: tuple[int, ...]
    water: tuple[int, ...]
    digits: int = 5
    multiplier: int = 1
    months: int = 1
    fault: str = ""


def homes(seed: int) -> list[Home]:
    """Draw homes, then plant every kind of fault in one home of a hundred."""
    drawn = random.Random(seed)
    made = [Home(dial(drawn, drawn.randint(250, 1400)), dial(drawn, drawn.randint(4000, 14000), 7))
            for _ in range(HOMES)]  # fmt: skip
    for place in range(0, HOMES, 20):
        made[place] = planted(drawn, made, place, FAULTS[place // 20 % len(FAULTS)])
    return made


def dial(drawn: random.Random, usual: int, digits: int = 5) -> tuple[int, ...]:
    """Draw a dial over the months of two summers."""
    shown: list[int] = []
    level = drawn.randint(1000, 10**digits // 3)
    for percent in SEASON:
        shown.append(level)
        level += usual * percent * drawn.randint(75, 125) // 10_000
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
    far = (one for one in made[place + 1 :] + made if abs(one.power[-1] - last) > 3000)
    other = next(far)
    return replace(home, power=(*home.power[:-1], other.power[-1]), fault=fault)


def meters(home: Home, shown: tuple[int, ...], digits: int) -> tuple[History, bool]:
    """Give a meter's past with its last read judged as every read is; and whether it waits."""
    seen = [
        Seen(n, on, value, "actual", "ok")
        for n, (on, value) in enumerate(zip(READS, shown, strict=True))
    ]
    first = Installed(1, "M", digits, 1, READS[0], None, tuple(seen[:-1]))
    before = history((first,))
    days = (READS[-1] - READS[-2]).days
    case = Case(
        value=shown[-1], digits=digits, multiplier=home.multiplier, days=days, before=shown[-2],
        looked=shown[-2], expected=before.expected(Span(READS[-2], READS[-1])),
    )  # fmt: skip
    finding = judged(case, read_rules().services["power" if digits < 7 else "water"], read_rules())
    last = Seen(90, READS[-1], shown[-1], "actual", finding)
    kept = seen[:-1] if finding == "backward" else [*seen[:-1], last]
    if home.multiplier == 1 or digits == 7:
        return history(
            (Installed(1, "M", digits, 1, READS[0], None, tuple(kept)),)
        ), finding == "backward"
    old = Installed(1, "M", digits, 1, READS[0], READS[-2], tuple(seen[:-1]))
    new = Installed(
        2, "M2", digits, home.multiplier, READS[-2], None,
        (Seen(91, READS[-2], shown[-2], "start", "ok"), last),
    )  # fmt: skip
    return history((old, new)), finding == "backward"


def cents(pasts: tuple[History, History], span: Span) -> int:
    """Rate power and water."""
    total = 0
    for name, past, tariff in (("power", pasts[0], "power-1"), ("water", pasts[1], "water")):
        usage = used(past, span, name, name)
        lines = rate(TARIFFS.get(tariff), usage, span, Decimal(1), {"meter_size": "3/4 in"})
        total += sum(line.cents for line in lines)
    return total


def bill(home: Home) -> BillCase:
    """Make a home's bill of July as the run does, short of the database."""
    power, waits = meters(home, home.power, home.digits)
    water, _ = meters(replace(home, multiplier=1), home.water, 7)
    span = Span(READS[-1 - home.months], READS[-1])
    july = Span(READS[0], READS[1])
    cases: list[MeterCase] = []
    for name, past in (("power", power), ("water", water)):
        doubts = (READS[-1],) if waits and name == "power" else ()
        cases.append(meter_case(name, used(past, span, name, name), past, span, doubts))
    return BillCase(
        cents=cents((power, water), span), days=span.days, kind="residential",
        typical_cents=15_000, last_year_cents=cents((power, water), july),
        metered=tuple(cases),
    )  # fmt: skip


def held(case: BillCase) -> bool:
    """Say whether the gate holds a bill."""
    return any(one.holds for one in findings(case))


@pytest.mark.parametrize("seed", [2020, 7])
def test_the_bills_of_a_bad_conversion_are_held_and_good_ones_leave(seed: int) -> None:
    bills = [(home.fault, held(bill(home))) for home in homes(seed)]
    bad = [stayed for fault, stayed in bills if fault]
    good = [stayed for fault, stayed in bills if not fault]
    missed = [fault for fault, stayed in bills if fault and not stayed]
    assert sum(bad) * 100 >= len(bad) * 99, missed
    assert sum(good) * 100 <= len(good) * 3, f"{sum(good)} of {len(good)}"
    assert len(bad) == HOMES // 20


def cases() -> Iterator[tuple[BillCase, str]]:
    """Give a bill for each thing that the gate looks at."""
    plain = BillCase(
        cents=10_000, days=30, kind="residential", typical_cents=12_000, last_year_cents=9_000
    )
    power = MeterCase(service="power", units=800, days=30, usual=800)
    yield replace(plain, cents=45_001), "over last year"
    yield replace(plain, cents=60_001, last_year_cents=None), "over typical"
    yield replace(plain, days=61), "long"
    yield replace(plain, days=5), "short"
    yield replace(plain, metered=(replace(power, units=2000),)), "high"
    yield replace(plain, metered=(replace(power, units=100),)), "low"
    yield replace(plain, metered=(replace(power, units=0),)), "zero"
    yield replace(plain, metered=(replace(power, units=9000, usual=None),)), "new high"
    yield replace(plain, metered=(replace(power, estimated_days=61),)), "estimated"
    yield replace(plain, metered=(replace(power, waiting=True),)), "waiting"
    yield replace(plain, metered=(replace(power, rolled=True),)), "rolled over"
    yield replace(plain, metered=(replace(power, units=8000),)), "factor"
    yield replace(plain, metered=(replace(power, multiplier_before=10),)), "multiplier"


@pytest.mark.parametrize(
    ("case", "code"), list(cases()), ids=lambda one: one if isinstance(one, str) else ""
)
def test_each_oddity_holds_a_bill_and_says_so_in_both_languages(case: BillCase, code: str) -> None:
    found = {one.code: one for one in findings(case)}
    assert found[code].holds
    assert found[code].said.en != found[code].said.es
    assert "{" not in found[code].said.en + found[code].said.es


@pytest.mark.parametrize("history_cents", [0, 1, 500, 9_999, 20_000])
def test_no_bill_over_five_times_last_years_leaves_without_a_person(history_cents: int) -> None:
    case = BillCase(
        cents=5 * history_cents + 1, days=30, kind="residential", typical_cents=10**9,
        last_year_cents=history_cents,
    )  # fmt: skip
    assert held(case)


def test_a_first_bill_is_told_and_leaves_when_it_is_in_order() -> None:
    case = BillCase(cents=6_000, days=9, kind="residential", typical_cents=12_000, first=True)
    assert not held(case)
    assert {one.code for one in findings(case)} == {"first", "short"}
