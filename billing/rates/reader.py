"""Reads config/billing/tariffs (one file per service), the rounding rule and the words.

Every fault is one plain sentence, and all are told at once: a float where a rate belongs, versions
with a gap or an overlap, tiers that do not rise, a tax on a line that nobody charges.
"""

import re
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Final, NamedTuple

from billing.rates.price_reader import read_price
from billing.rates.tariffs import MonthRule, Price, Tariff, Tariffs, Version, Words
from config.errors import ConfigError
from config.facts import read_origin
from config.reading import Part, read_part
from config.words import Both

FOLDER: Final = Path(__file__).parents[2] / "config" / "billing" / "tariffs"
SERVICES: Final = ("power", "water", "wastewater", "storm", "sanitation", "transportation")
PHRASES: Final = frozenset(
    {"first", "first one", "next", "next one", "rest", "rest one", "flat", "credit", "minimum"}
    | {"once", "tax", "cents", "season", "day"}
)
MONTHS: Final = frozenset(str(number) for number in range(1, 13))
GAP: Final = re.compile(r"{(\w+)}")


class Given(NamedTuple):
    """What every schedule of a file needs: its service, the month rule, and its riders by id."""

    service: str
    month: MonthRule
    riders: dict[str, Tariff]


def read_tariffs(folder: Path = FOLDER) -> Tariffs:
    """Read every tariff; raises ConfigError with every fault.

    `rounding.yaml` and `tariff_words.yaml` stand beside the folder.
    """
    faults: list[str] = []
    month = _month(read_part(folder.parent / "rounding.yaml", faults))
    found: dict[str, Tariff] = {}
    lines: dict[str, Both] = {}
    paths = sorted(folder.glob("*.yaml"))
    if not paths:
        faults.append(f"{folder.name}/ holds no tariffs.")
    for path in paths:
        whole = read_part(path, faults)
        schedules = _file(whole, month)
        for name in schedules.keys() & found.keys():
            whole.fault(f"has the tariff '{name}', which another file has too")
        found |= schedules
        lines |= _lines(whole, schedules, lines)
        whole.done()
    words = _words(read_part(folder.parent / "tariff_words.yaml", faults), lines, found)
    if faults:
        raise ConfigError(faults)
    return Tariffs(found, words)


def _month(whole: Part) -> MonthRule:
    read_origin(whole)
    # The code knows one rule; the file says which, for people, and may not say another.
    whole.one_of("rounding", {"half up"}, "rule this engine has")
    whole.one_of("per", {"line"}, "way this engine rounds")
    if whole.whole("unit_places") != len("000000"):
        whole.fault("must give 'unit_places' as 6, as this engine splits use")
    part = whole.part("month")
    rule = MonthRule(part.whole("least"), part.whole("most"), part.whole("days"))
    if not rule.least <= rule.days <= rule.most:
        part.fault("must rise from 'least' over 'days' to 'most'")
    part.done()
    whole.done()
    return rule


def _file(whole: Part, month: MonthRule) -> dict[str, Tariff]:
    service = whole.one_of("service", SERVICES, "service of the city")
    given = Given(service, month, {})
    riders = whole.parts("riders") if whole.has("riders") else []
    own = {name: _schedule(name, part.named(name), given) for name, part in riders}
    given = given._replace(riders=own)
    rest = {name: _schedule(name, part.named(name), given) for name, part in whole.parts("tariffs")}
    for name in own.keys() & rest.keys():
        whole.fault(f"has '{name}' as a rider and as a tariff")
    known = {price.name for one in (*own.values(), *rest.values()) for price in _prices(one)}
    for tariff in (*own.values(), *rest.values()):
        _taxes_known_lines(whole, tariff, known)
    return own | rest


def _prices(tariff: Tariff) -> list[Price]:
    return [price for version in tariff.versions for price in version.prices]


def _taxes_known_lines(whole: Part, tariff: Tariff, known: set[str]) -> None:
    taxes = {price.name for price in _prices(tariff) if price.kind == "tax"}
    for price in _prices(tariff):
        for name in sorted(price.on - known):
            whole.fault(f"taxes the line '{name}' in {tariff.id}, and nothing charges it")
        for name in sorted(price.on & taxes):
            whole.fault(f"taxes the tax '{name}' in {tariff.id}")


def _schedule(name: str, part: Part, given: Given) -> Tariff:
    riders = part.texts("riders")
    for rider in riders:
        if rider not in given.riders:
            part.fault(f"names the rider '{rider}', which this file does not have")
    tariff = Tariff(
        name,
        given.service,
        part.both("name"),
        _versions(part),
        tuple(given.riders[rider] for rider in riders if rider in given.riders),
        given.month,
    )
    part.done()
    return tariff


def _versions(part: Part) -> tuple[Version, ...]:
    found = [
        version
        for name, inner in part.parts("versions")
        if (version := _version(part, name, inner)) is not None
    ]
    if not found and part.has("versions"):
        part.fault("has no version")
    for one, other in pairwise(found):
        _follows(part, one, other)
    starts = [version.starts for version in found[1:]]
    ends = [version.ends for version in found[-1:]]
    return tuple(
        Version(version.starts, end, version.prices)
        for version, end in zip(found, [*starts, *ends], strict=True)
    )


def _follows(part: Part, one: Version, other: Version) -> None:
    if other.starts <= one.starts:
        part.fault(f"has the version {other.name} after {one.name}: the earlier comes first")
    elif one.ends is not None and one.ends < other.starts:
        part.fault(f"has a gap between {one.ends} and {other.starts}")
    elif one.ends is not None and one.ends > other.starts:
        part.fault(f"has an overlap from {other.starts} to {one.ends}")


def _version(part: Part, name: str, inner: Part) -> Version | None:
    starts = _date(part, name)
    ends = _date(inner, until) if (until := inner.text_if_any("until")) else None
    if starts and ends and ends <= starts:
        inner.fault("is over before it begins")
    origin = read_origin(inner)
    section = inner.text("section")
    prices = [read_price(name, price, origin, section) for name, price in inner.parts("prices")]
    if not prices:
        inner.fault("has no price")
    inner.done()
    return Version(starts, ends, tuple(prices)) if starts else None


def _date(part: Part, written: str) -> date | None:
    try:
        return date.fromisoformat(written)
    except ValueError:
        part.fault(f"has '{written}' where a date such as 2026-07-01 belongs")
        return None


def _lines(whole: Part, schedules: dict[str, Tariff], before: dict[str, Both]) -> dict[str, Both]:
    words = whole.part("lines")
    named = {name: words.both(name) for name in words.names()}
    for name in sorted({price.name for one in schedules.values() for price in _prices(one)}):
        if name not in named:
            words.fault(f"has no name for the line '{name}'")
    for name in sorted(named.keys() & before.keys()):
        if named[name] != before[name]:
            words.fault(f"names the line '{name}' otherwise than another file")
    return named


def _words(whole: Part, lines: dict[str, Both], tariffs: dict[str, Tariff]) -> Words:
    groups = {
        name: {word: part.both(word) for word in part.names()}
        for name in ("units", "per", "alone", "phrases", "choices", "months")
        for part in (whole.part(name),)
    }
    prices = [price for tariff in tariffs.values() for price in _prices(tariff)]
    needed = {
        "phrases": PHRASES,
        "months": MONTHS,
        "units": {price.unit for price in prices} - {""},
        "choices": {choice for price in prices for choice in price.choices},
    }
    for name, wanted in needed.items():
        for word in sorted(wanted - groups[name].keys()):
            whole.fault(f"has no '{word}' among its {name}")
    for word, phrase in groups["phrases"].items():
        if set(GAP.findall(phrase.en)) != set(GAP.findall(phrase.es)):
            whole.fault(f"has gaps in its phrase '{word}' that differ by language")
    whole.done()
    return Words(lines, **groups)
