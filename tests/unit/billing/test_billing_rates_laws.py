"""Laws of rating for any tariff, use and span: an oracle of fractions, and what rounding may do."""

import json
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from math import floor

from hypothesis import given, settings
from hypothesis import strategies as st

from billing.rates.proof import faults, published, reproduce
from billing.rates.shapes import Rated, Span
from billing.rates.tariffs import Price, Tariff
from tests.unit.billing.rating import TARIFFS, billed, price, rated, span, tariff, total, used

calm = settings(deadline=None)  # a busy machine is no failure
thousandths = st.integers(0, 5_000_000).map(lambda number: Decimal(number).scaleb(-3))
rates = st.integers(0, 3_000_000).map(lambda number: str(Decimal(number).scaleb(-5)))
days = st.dates(date(2023, 11, 1), date(2024, 3, 31))
Versions = tuple[tuple[date, tuple[Price, ...]], ...]


@st.composite
def prices(draw: st.DrawFn) -> tuple[Price, ...]:
    """Draw a customer charge, use in up to three tiers, and demand in two."""
    edges = sorted(draw(st.sets(st.integers(1, 3000), max_size=2)))
    steps = [(str(edge), draw(rates)) for edge in edges] + [(None, draw(rates))]
    kw = [("5", draw(rates)), (None, draw(rates))]
    return (
        price("base", "base", [(None, draw(rates))]),
        price("use", "use", steps, "kWh"),
        price("demand", "demand", kw, "kW"),
    )


@st.composite
def spans(draw: st.DrawFn) -> Span:
    """Draw a span of 1 to 100 days."""
    first = draw(days)
    return Span(first, first + timedelta(days=draw(st.integers(1, 100))))


def cut(prices_: tuple[Price, ...], over: Span, at: int) -> Tariff:
    """Write the same prices anew from a day inside the span on: nothing changes but the version."""
    changed = over.first + timedelta(days=at)
    return tariff(("2020-01-01", prices_), (changed.isoformat(), prices_))


def half_cents(*groups: tuple[Rated, ...]) -> int:
    """Give what rounding may move: half a cent for each line."""
    return floor(Fraction(sum(map(len, groups)), 2))


@calm
@given(prices(), spans(), thousandths, st.integers(0, 200), st.data())
def test_a_cut_at_any_day_moves_the_sum_by_half_a_cent_a_line_at_most(
    held: tuple[Price, ...], over: Span, units: Decimal, kw: int, data: st.DataObject
) -> None:
    usage = used(str(units), demand=str(kw))
    at = data.draw(st.integers(1, over.days))
    whole = rated(tariff(("2020-01-01", held)), usage, over)
    parts = rated(cut(held, over, at), usage, over)
    assert abs(total(whole) - total(parts)) <= half_cents(whole, parts)
    assert sum(one.quantity for one in parts if one.kind == "use") == units


@calm
@given(prices(), st.integers(34, 52), st.integers(8, 26), st.integers(0, 3000))
def test_two_bills_of_one_use_cost_what_one_bill_does_outside_the_month_rule(
    held: tuple[Price, ...], whole_days: int, part_days: int, daily: int
) -> None:
    rest = whole_days - part_days
    if 27 <= rest <= 33:  # such a part counts as a month by itself
        return
    made = tariff(("2020-01-01", held))
    first = date(2026, 1, 1)
    middle, last = first + timedelta(days=part_days), first + timedelta(days=whole_days)

    def bill(over: Span) -> tuple[Rated, ...]:
        return rated(made, used(daily * over.days, demand="7"), over)

    one, other = bill(Span(first, middle)), bill(Span(middle, last))
    whole = bill(Span(first, last))
    assert abs(total(whole) - total(one) - total(other)) <= half_cents(whole, one, other)


@st.composite
def changes(draw: st.DrawFn) -> tuple[Span, Versions]:
    """Draw a span, and two versions of which the second begins inside it, or just after."""
    over = draw(spans())
    changed = over.first + timedelta(days=draw(st.integers(1, over.days + 5)))
    return over, ((date(2020, 1, 1), draw(prices())), (changed, draw(prices())))


def written(versions: Versions) -> Tariff:
    """Build the tariff of these versions."""
    return tariff(*((first.isoformat(), held) for first, held in versions))


@calm
@given(changes(), thousandths, thousandths)
def test_more_use_never_costs_less(
    change: tuple[Span, Versions], some: Decimal, more: Decimal
) -> None:
    over, versions = change
    made = written(versions)
    less = total(rated(made, used(str(some)), over))
    assert total(rated(made, used(str(some + more)), over)) >= less
    assert total(rated(made, used(str(some + Decimal("0.001"))), over)) >= less


def half_up(cents: Fraction) -> int:
    """Round a fraction half up, without Decimal."""
    return floor(cents + Fraction(1, 2))


def millionth(units: Fraction) -> Fraction:
    """Round to a millionth, half up."""
    return Fraction(floor(units * 10**6 + Fraction(1, 2)), 10**6)


def by_fractions(versions: Versions, units: Decimal, kw: int, over: Span) -> Iterator[int]:
    """Rate anew, in fractions: the cents of every line of every piece."""
    length = over.days
    month = Fraction(1) if 27 <= length <= 33 else Fraction(length, 30)
    starts = [max(first, over.first) for first, _ in versions]
    ends = [*starts[1:], over.last]
    for first, last, (_, held) in zip(starts, ends, versions, strict=True):
        last = min(last, over.last)  # noqa: PLW2901  a version may begin after the span
        before, after = (first - over.first).days, (last - over.first).days
        if after <= before:
            continue
        months = month * (after - before) / length
        part = millionth(Fraction(units) * after / length)
        part -= millionth(Fraction(units) * before / length)
        yield from priced(held, part, Fraction(kw), months)


def priced(
    held: tuple[Price, ...], units: Fraction, kw: Fraction, months: Fraction
) -> Iterator[int]:
    """Give the cents of each step of base, use and demand."""
    base, use, demand = held
    yield half_up(Fraction(base.tiers[0].rate) * months * 100)
    for cents in stepped(use, units, months):
        yield half_up(cents)
    for cents in stepped(demand, kw, Fraction(1)):
        yield half_up(cents * months)


def stepped(held: Price, amount: Fraction, scale: Fraction) -> Iterator[Fraction]:
    """Give the exact cents of each tier."""
    below = Fraction(0)
    for tier in held.tiers:
        edge = amount if tier.upto is None else millionth(Fraction(tier.upto) * scale)
        yield max(min(amount, edge) - below, Fraction(0)) * Fraction(tier.rate) * 100
        below = max(below, edge)


@calm
@given(changes(), thousandths, st.integers(0, 200))
def test_the_engine_agrees_with_an_oracle_of_fractions(
    change: tuple[Span, Versions], units: Decimal, kw: int
) -> None:
    over, versions = change
    lines = rated(written(versions), used(str(units), demand=str(kw)), over)
    assert total(lines) == sum(by_fractions(versions, units, kw, over))


@calm
@given(st.sampled_from(sorted(TARIFFS.by_id)), spans(), thousandths, st.integers(1, 9))
def test_every_line_follows_from_its_tariff_and_comes_back_from_the_database_the_same(
    name: str, over: Span, units: Decimal, quantity: int
) -> None:
    unit = "kgal" if TARIFFS.get(name).service in {"water", "wastewater"} else "kWh"
    details = {"meter_size": "1 in", "pole": "35 ft wood", "on": over.first.isoformat()}
    usage = used(str(units), unit, demand="9.5", on_peak="7", off_peak="8", generated="3.25")
    for line in billed(name, usage, over, quantity, **details):
        assert faults(TARIFFS, line) == ()
        stored = json.loads(json.dumps(line.basis), parse_float=refused)
        again = Rated(
            line.service, line.kind, line.tariff, line.version, Decimal(str(line.quantity)),
            line.unit, Decimal(str(line.rate)), line.days, line.cents, stored,
        )  # fmt: skip
        assert again == line
        assert reproduce(again) == line.cents
        assert published(TARIFFS, again) == line.rate


def refused(written: str) -> object:
    """Refuse a float in a basis."""
    raise AssertionError(written)


def test_rating_twice_gives_the_same_lines() -> None:
    over = span("2019-06-20", "2019-07-25")
    assert billed("storm", None, over) == billed("storm", None, over)
