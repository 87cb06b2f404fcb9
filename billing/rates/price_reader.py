"""Reads one price of a tariff: what it is for, its steps and season, where its figure came from."""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Final

from billing.rates.tariffs import (
    ALSO,
    KINDS,
    LEAP_YEAR,
    METERED,
    UNITS,
    DayOfYear,
    Price,
    Season,
    Tier,
)
from config.facts import Origin, read_origin
from config.reading import Part

FIGURE: Final = re.compile(r"[0-9]{1,9}(\.[0-9]{1,6})?")
STEP: Final = "up to "
ABOVE: Final = "above"
LEAP_DAY: Final = DayOfYear(2, 29)
FLAT: Final = frozenset({"minimum", "tax"})  # kinds that have one rate for everybody


def read_price(name: str, part: Part, origin: Origin, section: str) -> Price:
    """Read one price; `origin` and `section` are its version's, where it names none itself."""
    kind = part.one_of("kind", KINDS, "kind of price")
    of = _of(part, kind)
    own = read_origin(part) if part.has("source") or part.has("status") else origin
    part.has("unverified")  # read with the source, and meaningless without one
    price = Price(
        name=name,
        kind=kind,
        of=of,
        unit=_unit(part, kind, of),
        tiers=() if part.has("by") else _tiers(part),
        by=part.text_if_any("by") or "",
        choices=_choices(part) if part.has("by") else {},
        season=_season(part.part("season")) if part.has("season") else None,
        otherwise=_figure(part, "otherwise") if part.has("otherwise") else None,
        on=frozenset(part.texts("on")),
        origin=own,
        section=part.text_if_any("section") or section,
    )
    _make_sense(part, price)
    part.done()
    return price


def _of(part: Part, kind: str) -> str:
    usual = KINDS.get(kind, "")
    if not part.has("of"):
        return usual
    return part.one_of("of", {usual, *ALSO.get(kind, ())}, f"measure for a price of kind '{kind}'")


def _unit(part: Part, kind: str, of: str) -> str:
    unit = part.text_if_any("unit") or UNITS.get(kind, "")
    flows = of in {"use", "winter average", "generated"}
    if not unit:
        part.fault("has no 'unit'")
    elif flows and unit not in METERED:
        part.fault(f"has the unit '{unit}' for metered use, which is in {' or '.join(_metered())}")
    elif not flows and unit in METERED:
        part.fault(f"has the unit '{unit}' of metered use for what is not metered")
    return unit


def _metered() -> list[str]:
    return sorted(METERED)


def _make_sense(part: Part, price: Price) -> None:
    if price.kind in FLAT and (price.by or len(price.tiers) > 1):
        part.fault(f"is of kind '{price.kind}' and must have one rate")
    if (price.kind == "tax") != bool(price.on):
        told = "must name the lines it is 'on'" if price.kind == "tax" else "is no tax and has 'on'"
        part.fault(told)
    if price.kind == "tax" and price.tiers and price.tiers[0].rate >= 1:
        part.fault("takes the whole of what it taxes: write 6 % as 0.06")
    if price.otherwise is not None and price.of != "winter average":
        part.fault("has 'otherwise' without a winter average")


def _choices(part: Part) -> dict[str, tuple[Tier, ...]]:
    whole = part.part("choices")
    if part.has("choices") and not whole.names():
        whole.fault("is empty")
    found: dict[str, tuple[Tier, ...]] = {}
    for name in whole.names():
        steps = isinstance(whole.value(name), Mapping)
        found[name] = _steps(whole.part(name)) if steps else _flat(whole, name)
    return found


def _tiers(part: Part) -> tuple[Tier, ...]:
    if part.has("rate") and part.has("tiers"):
        part.fault("has a 'rate' and 'tiers': one of them is meant")
    if part.has("choices"):
        part.fault("has 'choices' and does not say 'by' which detail")
    return _steps(part.part("tiers")) if part.has("tiers") else _flat(part, "rate")


def _flat(part: Part, key: str) -> tuple[Tier, ...]:
    return (Tier(None, _figure(part, key)),)


def _steps(part: Part) -> tuple[Tier, ...]:
    found = [Tier(_edge(part, name), _figure(part, name)) for name in part.names()]
    edges = [tier.upto for tier in found]
    if not found or edges[-1] is not None or None in edges[:-1]:
        part.fault("must end with one step 'above'")
    known = [Decimal(0), *(edge for edge in edges if edge is not None)]
    if any(one >= other for one, other in pairwise(known)):
        part.fault("has tiers that do not rise")
    return tuple(found)


def _edge(part: Part, name: str) -> Decimal | None:
    written = name.removeprefix(STEP)
    if name.startswith(STEP) and FIGURE.fullmatch(written):
        return Decimal(written)
    if name != ABOVE:
        part.fault(f"has the step '{name}', which is neither 'up to' a figure nor 'above'")
    return None


def _figure(part: Part, key: str) -> Decimal:
    """Read a quoted figure: YAML reads a bare 0.0734 as a float, which is another number."""
    value = part.value(key)
    if isinstance(value, str) and FIGURE.fullmatch(value.strip()):
        return Decimal(value.strip())
    if value is None:
        part.fault(f"has no '{key}'")
    elif isinstance(value, str):
        part.fault(f"has '{value}' for '{key}', which is no figure such as 0.0734")
    else:
        part.fault(f"must quote '{key}' as text, such as '0.0734': {value} may lose some of it")
    return Decimal(0)


def _season(part: Part) -> Season | None:
    first, last = _day(part, "from"), _day(part, "until")
    part.done()
    if first is None or last is None:
        return None
    if first == last:
        part.fault("begins and is over on one day")
    return Season(first, last)


def _day(part: Part, key: str) -> DayOfYear | None:
    written = part.text(key)
    try:
        day = date.fromisoformat(f"{LEAP_YEAR}-{written}")
    except ValueError:
        if written:
            part.fault(f"has '{written}' for '{key}', which is no day such as 03-01")
        return None
    found = DayOfYear(day.month, day.day)
    if found == LEAP_DAY:
        part.fault(f"has '{written}' for '{key}', a day that not every year has")
        return None
    return found
