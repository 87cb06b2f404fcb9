"""Reads config/billing/statements.yaml and review.yaml: how bills are dated, worded and held."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from config.errors import ConfigError
from config.facts import read_origin
from config.reading import Part, read_part
from config.words import Both

FOLDER: Final = Path(__file__).parents[2] / "config" / "billing"
METERED: Final = ("power", "water")
KINDS: Final = ("residential", "commercial")


@dataclass(frozen=True, slots=True)
class StatementRules:
    """When a bill is due, how far a first one reaches back, and its words in both languages."""

    due_days: int
    first_days_most: int
    median_bills: int
    words: Mapping[str, Both]
    why: Mapping[str, Both]


@dataclass(frozen=True, slots=True)
class UseLimits:
    """What use of a service is held, against what is usual; percents and units are whole."""

    unit: str
    high_percent: int
    low_percent: int
    least: int
    daily_most: int


@dataclass(frozen=True, slots=True)
class ReviewRules:
    """What the gate holds, and in which words it says so."""

    times_last_year: int
    times_typical: int
    days_least: int
    days_most: int
    typical_cents: Mapping[str, int]
    services: Mapping[str, UseLimits]
    estimated_days_most: int
    factors: tuple[int, ...]
    near_percent: int
    findings: Mapping[str, Both]


@cache
def statement_rules(path: Path = FOLDER / "statements.yaml") -> StatementRules:
    """Read how bills are dated and worded; raises ConfigError with every fault."""
    faults: list[str] = []
    whole = read_part(path, faults)
    read_origin(whole)
    rules = StatementRules(
        whole.whole("due_days"),
        whole.whole("first_days_most"),
        whole.whole("median_bills"),
        _said(whole.part("words")),
        _said(whole.part("why")),
    )
    _end(whole, faults)
    return rules


@cache
def review_rules(path: Path = FOLDER / "review.yaml") -> ReviewRules:
    """Read what the gate holds; raises ConfigError with every fault."""
    faults: list[str] = []
    whole = read_part(path, faults)
    read_origin(whole)
    bill, services, factors = whole.part("bill"), whole.part("services"), whole.part("factors")
    days, typical = bill.part("days"), bill.part("typical_cents")
    times = factors.value("times")
    numbers = [one for one in times if isinstance(one, int)] if isinstance(times, list) else []  # pyright: ignore[reportUnknownVariableType]  YAML
    if not numbers:
        factors.fault("must give 'times' as a list of whole numbers")
    rules = ReviewRules(
        bill.whole("times_last_year"),
        bill.whole("times_typical"),
        days.whole("least"),
        days.whole("most"),
        {kind: typical.whole(kind) for kind in KINDS},
        {name: _limits(services.part(name)) for name in METERED},
        whole.whole("estimated_days_most"),
        tuple(numbers),
        factors.whole("near_percent"),
        _said(whole.part("findings")),
    )
    for part in (days, typical, bill, services, factors):
        part.done()
    _end(whole, faults)
    return rules


def _limits(part: Part) -> UseLimits:
    made = UseLimits(
        part.text("unit"),
        part.whole("high_percent"),
        part.whole("low_percent"),
        part.whole("least"),
        part.whole("daily_most"),
    )
    part.done()
    return made


def _said(part: Part) -> dict[str, Both]:
    """Read phrases; one that says nothing in either language is left empty on purpose."""
    return {name: _phrase(part, name) for name in part.names()}


def _phrase(part: Part, name: str) -> Both:
    held = part.value(name)
    if held == {"en": "", "es": ""}:
        return Both("", "")
    return part.both(name)


def _end(whole: Part, faults: list[str]) -> None:
    whole.done()
    if faults:
        raise ConfigError(faults)
