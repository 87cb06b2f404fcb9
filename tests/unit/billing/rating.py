"""What the tests of rates say often: a day, a span, some use, a tariff built by hand."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from decimal import Decimal

from billing.rates.engine import rate
from billing.rates.reader import read_tariffs
from billing.rates.shapes import ONE, Rated, Span, Usage
from billing.rates.tariffs import MonthRule, Price, Tariff, Tier, Version
from config.facts import Origin
from config.words import Both

TARIFFS = read_tariffs()
MONTH = MonthRule(27, 33, 30)
JANUARY = Span(date(2026, 1, 1), date(2026, 2, 1))


def day(written: str) -> date:
    """Read a date."""
    return date.fromisoformat(written)


def span(first: str, last: str) -> Span:
    """Give the days from the first up to the last, which is no longer in it."""
    return Span(day(first), day(last))


def used(units: str | int, unit: str = "kWh", **further: str) -> Usage:
    """Give the use of a month; `further` are demand and the like, as text."""
    figures = {name: Decimal(value) for name, value in further.items()}
    service = "power" if unit == "kWh" else "water"
    plain = Usage(service=service, unit=unit, units=Decimal(units), days=30)
    return replace(plain, **figures)


def billed(
    tariff: str,
    usage: Usage | None = None,
    over: Span = JANUARY,
    quantity: str | int = 1,
    **details: object,
) -> tuple[Rated, ...]:
    """Rate one of the city's tariffs."""
    return rate(TARIFFS.get(tariff), usage, over, Decimal(quantity), details)


def total(lines: Iterable[Rated], *, taxed: bool = False) -> int:
    """Give the cents of the lines, without tax unless it is asked for."""
    return sum(line.cents for line in lines if taxed or line.kind != "tax")


def price(
    name: str, kind: str, tiers: Iterable[tuple[str | None, str]], unit: str = "month", of: str = ""
) -> Price:
    """Build a price from its tiers: (up to or None, rate)."""
    steps = tuple(Tier(None if edge is None else Decimal(edge), Decimal(at)) for edge, at in tiers)
    measure = of or {"base": "connection", "demand": "demand", "minimum": "connection"}.get(
        kind, "use"
    )
    origin = Origin("made up for a test", "policy", unverified=False)
    return Price(
        name=name, kind=kind, of=measure, unit=unit, tiers=steps, choices={}, origin=origin,
        section="",
    )  # fmt: skip


def tariff(*versions: tuple[str, tuple[Price, ...]], riders: tuple[Tariff, ...] = ()) -> Tariff:
    """Build a tariff of versions, each given by its first day and its prices."""
    starts = [day(first) for first, _ in versions]
    ends = [*starts[1:], None]
    made = (
        Version(one, end, held[1]) for one, end, held in zip(starts, ends, versions, strict=True)
    )
    return Tariff("made-up", "power", Both("Made up", "Inventada"), tuple(made), riders, MONTH)


def rated(
    made: Tariff, usage: Usage | None, over: Span, quantity: Decimal = ONE
) -> tuple[Rated, ...]:
    """Rate a tariff built by hand."""
    return rate(made, usage, over, quantity, {})
