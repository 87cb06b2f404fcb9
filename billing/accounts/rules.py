"""Reads config/billing/reads.yaml and protections.yaml: how reads are judged, who is protected."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Final

from config.errors import ConfigError
from config.facts import Origin, read_origin
from config.reading import Part, read_part

FOLDER: Final = Path(__file__).parents[2] / "config" / "billing"
METERED: Final = ("power", "water")
KINDS: Final = frozenset(
    {"medical", "moratorium", "arrangement", "pledge", "dispute"}
    | {"no late fee", "no disconnect", "bankruptcy"}
)
DAY: Final = re.compile(r"(0[1-9]|1[0-2])-(0[1-9]|1\d|2[0-8])")  # in every year, so no 29th


@dataclass(frozen=True, slots=True)
class Limits:
    """How the use of one service is judged; percents and units are whole."""

    unit: str
    high_percent: int
    low_percent: int
    least: int
    first_daily_most: int


@dataclass(frozen=True, slots=True)
class Window:
    """Days of a year, "MM-DD" up to "MM-DD", which is no longer in it; it may go over New Year."""

    first: str
    last: str
    origin: Origin

    def holds(self, on: date) -> bool:
        """Say whether a day lies in it."""
        day = f"{on:%m-%d}"
        if self.first < self.last:
            return self.first <= day < self.last
        return day >= self.first or day < self.last

    def before(self, on: date) -> tuple[date, date]:
        """Give the last whole one that was over on a day."""
        year = on.year if f"{on:%m-%d}" >= self.last else on.year - 1
        began = year if self.first < self.last else year - 1
        return _in(began, self.first), _in(year, self.last)


@dataclass(frozen=True, slots=True)
class ReadRules:
    """How reads are judged, and what a winter is."""

    services: Mapping[str, Limits]
    zero_days: int
    rollover_percent: int
    winter: Window
    winter_months: int


@dataclass(frozen=True, slots=True)
class Protections:
    """What keeps an account from being disconnected; `winter` is None where switched off."""

    holds: tuple[str, ...]
    arrangement_states: tuple[str, ...]
    winter: Window | None
    winter_kinds: tuple[str, ...]


@cache
def read_rules(path: Path = FOLDER / "reads.yaml") -> ReadRules:
    """Read how reads are judged; raises ConfigError with every fault."""
    faults: list[str] = []
    whole = read_part(path, faults)
    read_origin(whole)
    services = whole.part("services")
    limits = {name: _limits(services.part(name)) for name in METERED}
    services.done()
    winter = whole.part("winter")
    rules = ReadRules(
        limits,
        whole.whole("zero_days"),
        whole.whole("rollover_percent"),
        _window(winter),
        winter.whole("months"),
    )
    winter.done()
    whole.done()
    if faults:
        raise ConfigError(faults)
    return rules


@cache
def read_protections(path: Path = FOLDER / "protections.yaml") -> Protections:
    """Read what protects an account; raises ConfigError with every fault."""
    faults: list[str] = []
    whole = read_part(path, faults)
    read_origin(whole)
    winter = whole.part("winter")
    switched_on, window = winter.flag("protects", default=True), _window(winter)
    holds = whole.texts("holds")
    unknown = sorted({*holds} - KINDS)
    if unknown:
        whole.fault(f"names {', '.join(unknown)} under 'holds', no kind of hold")
    made = Protections(
        holds,
        whole.texts("arrangement_states"),
        window if switched_on else None,
        winter.texts("account_kinds"),
    )
    winter.done()
    whole.done()
    if faults:
        raise ConfigError(faults)
    return made


def _limits(part: Part) -> Limits:
    made = Limits(
        part.text("unit"),
        part.whole("high_percent"),
        part.whole("low_percent"),
        part.whole("least"),
        part.whole("first_daily_most"),
    )
    part.done()
    return made


def _window(part: Part) -> Window:
    origin, days = read_origin(part), (part.text("from"), part.text("until"))
    for day in days:
        if day and not DAY.fullmatch(day):
            part.fault(f"has '{day}', which is no day of every year (MM-DD)")
    return Window(*days, origin)


def _in(year: int, day: str) -> date:
    return date.fromisoformat(f"{year}-{day}")
