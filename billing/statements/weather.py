"""How much of a change in use the usual weather of two spans explains: never an amount owed.

Degree days are the normals of config/billing/weather.yaml, by month, spread evenly over its days.
"""

from calendar import monthrange
from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Final

from billing.rates.shapes import Span
from billing.statements.rules import FOLDER
from config.errors import ConfigError
from config.facts import read_origin
from config.reading import read_part

MONTHS: Final = range(1, 13)
SCALE: Final = 1000
WHOLE: Final = 100


@cache
def degree_days(path: Path = FOLDER / "weather.yaml") -> Mapping[int, tuple[int, int]]:
    """Read heating and cooling degree days of each month; raises ConfigError."""
    faults: list[str] = []
    whole = read_part(path, faults)
    read_origin(whole)
    months = whole.part("months")
    found: dict[int, tuple[int, int]] = {}
    for month in MONTHS:
        part = months.part(str(month))
        found[month] = (part.whole("heating"), part.whole("cooling"))
        part.done()
    months.done()
    whole.done()
    if faults:
        raise ConfigError(faults)
    return found


def a_day(service: str, span: Span) -> int:
    """Give the usual degree days of a day in a span, in thousandths; water goes by heat alone."""
    total = 0
    for step in range(span.days):
        day = span.first + timedelta(days=step)
        heating, cooling = degree_days()[day.month]
        counted = cooling if service == "water" else heating + cooling
        total += counted * SCALE // monthrange(day.year, day.month)[1]
    return total // max(span.days, 1)


def percent_by_weather(service: str, spans: tuple[Span, Span], use: tuple[int, int]) -> int:
    """Say what part of a change in daily use the weather explains: 0 to 100 percent.

    `spans` and `use` (units) are of the earlier bill and of this one.
    """
    before, now = (a_day(service, span) for span in spans)
    daily_before, daily_now = (
        units * SCALE // max(span.days, 1) for units, span in zip(use, spans, strict=True)
    )
    change = daily_now - daily_before
    if not change or not before or not daily_before:
        return 0
    usual = daily_before * (now - before) // before
    return max(0, min(WHOLE, usual * WHOLE // change))
