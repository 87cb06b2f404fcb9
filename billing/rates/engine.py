"""The rating engine: a tariff, what was used and a span of days in; lines of a bill out. Pure.

Every line is quantity x rate (x months), rounded half up once, so it can be worked out again from
itself. A span is cut where a version or a season changes; use is split by days, a monthly charge
takes the days' part of its months, and the edges of tiers by use do the same.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple

from billing.errors import BadAmount
from billing.rates import exact
from billing.rates.exact import WHOLE, Part
from billing.rates.measuring import chosen, day_of, measured
from billing.rates.shapes import NOTHING, ONE, Rated, Span, Usage
from billing.rates.tariffs import MonthRule, Price, Season, Tariff, Tier, Version


class Piece(NamedTuple):
    """Days in which nothing of a tariff changes: `before` days after the span began."""

    span: Span
    before: int
    of_days: int
    months: Part


class Case(NamedTuple):
    """What is rated: everything but the tariff."""

    usage: Usage | None
    span: Span
    quantity: Decimal
    details: Mapping[str, object]


def rate(
    tariff: Tariff,
    usage: Usage | None,
    span: Span,
    quantity: Decimal = ONE,
    details: Mapping[str, object] | None = None,
) -> tuple[Rated, ...]:
    """Rate one agreement over one span: its lines, then its riders', then taxes, piece by piece.

    `quantity` is how many ESU, cans or lights; `details` hold what the prices go by as text (meter
    size, winter average). No days give no lines. Raises BadAmount for a figure that cannot be,
    NotFound where no version is in force.
    """
    case = Case(usage, span, quantity, details or {})
    _refuse_nonsense(case)
    return tuple(line for piece in pieces(tariff, span) for line in _in_piece(tariff, case, piece))


def _refuse_nonsense(case: Case) -> None:
    if type(case.quantity) is not Decimal or not case.quantity.is_finite() or case.quantity <= 0:
        told = f"{case.quantity!r} is no quantity"
        raise BadAmount("quantity", told, "Give a Decimal above zero.")
    used = case.usage is not None and (case.usage.units or case.usage.generated)
    if used and not case.span.days:
        told = f"Something was used in no days, on {case.span.first}"
        raise BadAmount("days of use", told, "Rate it with the days in which it was used.")


def months_of(days: int, rule: MonthRule) -> Part:
    """Give how many months a span of so many days is, by the rule in rounding.yaml."""
    if rule.least <= days <= rule.most:
        return WHOLE
    return WHOLE.times(days, rule.days)


def pieces(tariff: Tariff, span: Span) -> Iterator[Piece]:
    """Cut a span where a version or a season begins or ends."""
    whole = months_of(span.days, tariff.month)
    days = [span.first, *sorted(_changes(tariff, span)), span.last]
    for first, last in pairwise(days):
        inner = Span(first, last)
        if inner.days:
            months = whole.times(inner.days, span.days)
            yield Piece(inner, (first - span.first).days, span.days, months)


def _changes(tariff: Tariff, span: Span) -> set[date]:
    found = {day for day in tariff.starts if span.first < day < span.last}
    for season in tariff.seasons:
        found |= {day for day in _turns(season, span) if span.first < day < span.last}
    return found


def _turns(season: Season, span: Span) -> Iterator[date]:
    years = range(span.first.year, span.last.year + 1)
    return (day for year in years for day in season.edges(year))


def _in_piece(tariff: Tariff, case: Case, piece: Piece) -> list[Rated]:
    lines = _of_schedule(tariff, case, piece)
    for rider in tariff.riders:
        lines += _of_schedule(rider, case, piece)
    for schedule in (tariff, *tariff.riders):
        lines += _taxes(schedule, lines, piece)
    return lines


def _of_schedule(schedule: Tariff, case: Case, piece: Piece) -> list[Rated]:
    version = schedule.on(piece.span.first)
    lines: list[Rated] = []
    for price in _in_force(version.charged, piece):
        if price.kind == "minimum":
            lines += _topped_up(schedule, version, price, (lines, piece))
        else:
            lines += _priced(schedule, version, price, (case, piece))
    return lines


def _in_force(prices: Iterable[Price], piece: Piece) -> Iterator[Price]:
    return (
        price for price in prices if price.season is None or price.season.holds(piece.span.first)
    )


def _priced(
    schedule: Tariff, version: Version, price: Price, given: tuple[Case, Piece]
) -> Iterator[Rated]:
    """Give a line for each tier that holds something; one that costs nothing only for use."""
    case, piece = given
    if price.kind == "once" and not _due(case, piece):
        return
    amount = _amount(price, case, piece)
    if not amount:
        return
    option, tiers = chosen(price, case.details)
    scale = piece.months if price.metered else WHOLE
    if price.of == "use" and case.usage and case.usage.estimated:
        option["estimated"] = True
    for index, (tier, units) in enumerate(filled(tiers, amount, scale)):
        if units and (tier.rate or price.kind == "use"):
            basis = _basis(price, piece) | option | _how(price, piece, (len(tiers), index))
            dollars = -tier.rate if price.kind == "credit" else tier.rate
            yield _line(schedule, version, price, (units, dollars, piece.span.days, basis))


def _amount(price: Price, case: Case, piece: Piece) -> Decimal:
    """Give how much of a price's measure falls into a piece; what is not metered is not split."""
    amount = measured(price, case.usage, case.quantity, case.details)
    if price.of == "winter average":
        return exact.portion(amount, piece.months)
    if price.metered:
        before, days = piece.before, piece.span.days
        return exact.between(amount, before, before + days, piece.of_days)
    return amount


def _how(price: Price, piece: Piece, step: tuple[int, int]) -> dict[str, object]:
    """Tell a line's months and tier; "edges" are the months that the tiers were shrunk to."""
    steps, index = step
    told: dict[str, object] = {"tier": index + 1} if steps > 1 else {}
    if price.kind == "once" or piece.months == WHOLE:
        return told
    if not price.metered:
        return told | {"months": str(piece.months)}
    return told | {"edges": str(piece.months)} if steps > 1 else told


def _due(case: Case, piece: Piece) -> bool:
    return piece.span.first <= day_of(case.details) < piece.span.last


def filled(tiers: Iterable[Tier], amount: Decimal, scale: Part) -> Iterator[tuple[Tier, Decimal]]:
    """Share an amount over tiers from the lowest up; `upto` is the last unit still in its tier."""
    below = NOTHING
    for tier in tiers:
        edge = amount if tier.upto is None else exact.portion(tier.upto, scale)
        units = min(amount, edge) - below
        yield tier, max(units, NOTHING)
        below = edge


def _topped_up(
    schedule: Tariff, version: Version, price: Price, given: tuple[list[Rated], Piece]
) -> Iterator[Rated]:
    lines, piece = given
    reached = sum(line.cents for line in lines)
    basis = _basis(price, piece) | {"reached": reached}
    if price.of != "once":
        basis["months"] = str(piece.months)
    elif not lines:
        return
    dollars = price.tiers[0].rate
    line = _line(schedule, version, price, (ONE, dollars, piece.span.days, basis))
    if line.cents > 0:
        yield line


def _taxes(schedule: Tariff, lines: list[Rated], piece: Piece) -> Iterator[Rated]:
    version = schedule.on(piece.span.first)
    for price in _in_force(version.taxes, piece):
        taxed = [line for line in lines if line.basis["line"] in price.on]
        total = sum(line.cents for line in taxed)
        if total > 0:
            basis = _basis(price, piece) | {"on": sorted({str(one.basis["line"]) for one in taxed})}
            dollars = Decimal(total).scaleb(-2)
            given = (dollars, price.tiers[0].rate, piece.span.days, basis)
            yield _line(schedule, version, price, given)


def _basis(price: Price, piece: Piece) -> dict[str, object]:
    span = piece.span
    return {"line": price.name, "from": span.first.isoformat(), "until": span.last.isoformat()}


def _line(
    schedule: Tariff,
    version: Version,
    price: Price,
    figures: tuple[Decimal, Decimal, int, dict[str, object]],
) -> Rated:
    quantity, dollars, days, basis = figures
    return Rated(
        service=schedule.service,
        kind=price.kind,
        tariff=schedule.id,
        version=version.name,
        quantity=quantity,
        unit=price.unit,
        rate=dollars,
        days=days,
        cents=worked_out(quantity, dollars, basis),
        basis=basis,
    )


def worked_out(quantity: Decimal, dollars: Decimal, basis: Mapping[str, object]) -> int:
    """Give the cents of a line from its own figures: the one formula there is."""
    months = exact.part(str(basis.get("months", "1/1")))
    return exact.cents(quantity, dollars, months) - int(str(basis.get("reached", 0)))
