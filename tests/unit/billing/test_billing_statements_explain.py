"""Why a bill is high: reasons that add up to the cent, in words short enough for a call."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from billing.rates.engine import rate
from billing.rates.shapes import Rated, Span, Usage
from billing.statements.explain import Figures, Reason, Why, figures, reasons
from billing.statements.telling import seconds, told
from billing.statements.weather import a_day, percent_by_weather
from config.words import LANGUAGES, Language
from tests.unit.billing.rating import TARIFFS, span

LAST_YEAR = span("2025-06-20", "2025-07-20")
NOW = span("2026-06-20", "2026-07-20")
METER = {"meter_size": "3/4 in"}


@dataclass(frozen=True)
class Taken:
    """What an agreement says."""

    details: dict[str, Any] = field(default_factory=dict[str, Any])
    taken: Decimal = Decimal(1)


def metered(tariff: str, units: int, over: Span, details: dict[str, Any] | None = None) -> Figures:
    """Rate one metered service of a bill, as the run keeps it."""
    service, unit = ("power", "kWh") if tariff.startswith("power") else ("water", "gal")
    usage = Usage(service=service, unit=unit, units=Decimal(units), days=over.days)
    lines = rate(TARIFFS.get(tariff), usage, over, Decimal(1), details or {})
    kept = [
        Rated(
            one.service, one.kind, one.tariff, one.version, one.quantity, one.unit, one.rate,
            one.days, one.cents, {**one.basis, "used": "x"} if one.kind == "use" else one.basis,
        )
        for one in lines
    ]  # fmt: skip
    return figures(kept, over, Taken(details or {}))


def plain(tariff: str, over: Span, quantity: int = 1) -> Figures:
    """Rate a service that no meter tells."""
    return figures(rate(TARIFFS.get(tariff), None, over, Decimal(quantity), {}), over, Taken())


def bills(kwh: int, gallons: int, over: Span, cans: int = 1) -> dict[str, Figures]:
    """Give the services of a bill."""
    return {
        "power": metered("power-1", kwh, over),
        "water": metered("water", gallons, over, METER),
        "storm": plain("storm", over),
        "sanitation": plain("sanitation", over, cans),
    }


def charges(bill: dict[str, Figures]) -> int:
    """Add a bill up."""
    return sum(line.cents for held in bill.values() for line in held.lines)


def the_why(before: dict[str, Figures], now: dict[str, Figures]) -> Why:
    """Explain one bill against another."""
    rows = [
        SimpleNamespace(number=number, charges_cents=charges(bill), bill_on=on, year_ago=True)
        for number, bill, on in (
            ("0000000018", now, date(2026, 7, 20)), ("0000000026", before, date(2025, 7, 20)),
        )
    ]  # fmt: skip
    return Why(rows[0], rows[1], tuple(reasons(before, now, TARIFFS)))  # pyright: ignore[reportArgumentType]  rows


def by_kind(found: list[Reason] | tuple[Reason, ...], service: str) -> dict[str, int]:
    """Give one service's reasons."""
    return {one.kind: one.cents for one in found if one.service == service}


@given(
    some.tuples(*[some.integers(1, 4000)] * 2),
    some.tuples(*[some.integers(1, 60_000)] * 2),
    some.tuples(*[some.integers(20, 62)] * 2),
    some.tuples(*[some.integers(1, 3)] * 2),
)
def test_reasons_add_up_to_the_cent(
    kwh: tuple[int, int], gallons: tuple[int, int], days: tuple[int, int], cans: tuple[int, int]
) -> None:
    firsts = (LAST_YEAR.first, NOW.first)
    spans = [
        Span(first, date.fromordinal(first.toordinal() + many))
        for first, many in zip(firsts, days, strict=True)
    ]
    before = bills(kwh[0], gallons[0], spans[0], cans[0])
    now = bills(kwh[1], gallons[1], spans[1], cans[1])
    found = list(reasons(before, now, TARIFFS))
    assert sum(one.cents for one in found) == charges(now) - charges(before)
    assert all(one.cents for one in found)


def test_more_use_in_as_many_days_is_all_use() -> None:
    found = tuple(reasons(bills(800, 6000, LAST_YEAR), bills(1200, 6000, NOW), TARIFFS))
    change = metered("power-1", 1200, NOW).cents - metered("power-1", 800, LAST_YEAR).cents
    assert by_kind(found, "power") == {"use": change}
    assert {one.service for one in found} == {"power"}


def test_more_days_with_the_same_use_a_day_is_all_days() -> None:
    longer = span("2026-06-20", "2026-08-19")
    before, now = (
        {"power": metered("power-1", 900, LAST_YEAR)},
        {"power": metered("power-1", 1800, longer)},
    )
    assert set(by_kind(tuple(reasons(before, now, TARIFFS)), "power")) == {"days"}


def test_a_service_that_came_or_went_is_named() -> None:
    before, now = {"storm": plain("storm", LAST_YEAR)}, {"sanitation": plain("sanitation", NOW)}
    found = tuple(reasons(before, now, TARIFFS))
    assert [(one.kind, one.service) for one in found] == [("new", "sanitation"), ("ended", "storm")]
    assert found[0].cents > 0 > found[1].cents


def test_weather_takes_only_what_is_usual_of_the_season() -> None:
    spring, summer = span("2026-04-20", "2026-05-20"), span("2026-06-20", "2026-07-20")
    assert a_day("water", summer) > 5 * a_day("water", spring)
    assert percent_by_weather("water", (spring, summer), (4000, 4100)) == 100
    assert 0 < percent_by_weather("water", (spring, summer), (400, 8000)) < 100
    assert percent_by_weather("power", (summer, summer), (900, 1800)) == 0
    assert percent_by_weather("water", (spring, summer), (4000, 3000)) == 0


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_spoken_in_under_35_seconds(language: Language) -> None:
    before = bills(812, 6150, LAST_YEAR)
    now = bills(2634, 31_270, span("2026-06-20", "2026-08-09"), 3)
    now["transportation"] = plain("transportation", NOW)
    said = told(the_why(before, now), TARIFFS, language)
    assert seconds(said.spoken) <= 35, said.spoken
    assert len(said.lines) == len(said.parts) + 1
    assert sum(one.cents for one in said.parts) == said.change_cents
    assert "{" not in said.spoken + "".join(said.lines)


def test_both_languages_say_it_each_in_its_own_words() -> None:
    why = the_why(bills(800, 6000, LAST_YEAR), bills(1200, 6000, NOW))
    english, spanish = (told(why, TARIFFS, language) for language in LANGUAGES)
    assert "same month last year" in english.spoken
    assert "mismo mes del año pasado" in spanish.spoken
    assert "1,200 kWh" in english.lines[1]


def test_a_first_bill_has_nothing_to_be_compared_with() -> None:
    first = SimpleNamespace(number="0000000018", charges_cents=100, bill_on=date(2026, 7, 20))
    said = told(Why(first, None, ()), TARIFFS, "en")  # pyright: ignore[reportArgumentType]  a row
    assert (said.against, said.change_cents, said.parts) == (None, 0, ())
