"""What was used at a service point in a span, with the rows that explain it.

`usage_of_each` takes many points in two statements: a billing run asks it for a thousand accounts
at a time, within the seconds that a transaction may wait for us. Wastewater is measured by the
water meter of its premise.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from billing.accounts.history import (
    LAST_SPAN,
    LAST_YEAR,
    History,
    Installed,
    Level,
    Seen,
    highest,
    history,
    steps,
)
from billing.accounts.rules import read_rules
from billing.errors import NotFound
from billing.rates.shapes import Span, Usage

BEFORE: Final = timedelta(days=800)  # so far back a span's reads and those of last year lie
WINTER_ESTIMATED_MOST: Final = 31  # days: one month of a winter may be estimated
POINTS: Final = text("""
SELECT own.id AS point, coalesce(metered.id, own.id) AS metered_point, own.service,
    coalesce(metered.service, own.service) AS metered
FROM service_points own LEFT JOIN LATERAL (
    SELECT w.id, w.service FROM service_points w
    WHERE own.service = 'wastewater' AND w.premise_id = own.premise_id AND w.service = 'water'
    ORDER BY w.id LIMIT 1) metered ON true
WHERE own.id = ANY (CAST(:points AS bigint[]))""")
# The reads of a meter come as one value: hundreds of thousands of rows would each cost their own.
READS: Final = text("""
SELECT i.service_point_id, i.id AS install_id, m.serial, m.digits, m.multiplier, i.installed_on,
    i.removed_on, seen.reads
FROM meter_installs i JOIN meters m ON m.id = i.meter_id
CROSS JOIN LATERAL (SELECT coalesce(json_agg(json_build_array(
    r.id, r.read_on, r.value, r.kind, r.finding, r.register, r.replaces)), '[]') AS reads
    FROM reads r WHERE r.install_id = i.id AND r.read_on >= CAST(:since AS date)) seen
WHERE i.service_point_id = ANY (CAST(:points AS bigint[]))
AND (i.removed_on IS NULL OR i.removed_on >= CAST(:since AS date))""")
REGISTERS: Final = ("demand", "on peak", "off peak")


def usage(session: Session, service_point_id: int, span: Span, service: str | None = None) -> Usage:
    """Say what was used at a point; `service` is looked up where it is not given.

    Raises NotFound (no such point, or no meter was ever there) and BadAmount (nothing tells).
    """
    found = usage_of_each(session, {service_point_id: span})[service_point_id]
    return replace(found, service=service) if service else found


def usage_of_each(session: Session, asked: Mapping[int, Span]) -> dict[int, Usage]:
    """Say what was used at each of these points in its span; raises as `usage` does."""
    if not asked:
        return {}
    since = min(span.first for span in asked.values()) - BEFORE
    points = list(session.execute(POINTS, {"points": list(asked)}))
    pasts = histories(session, {row.metered_point for row in points}, since)
    found = {
        row.point: used(pasts.get(row.metered_point), asked[row.point], row.service, row.metered)
        for row in points
    }
    missing = [point for point in asked if point not in found]
    if missing:
        raise _no_meter(f"there is no service point {missing[0]}")
    return found


def histories(session: Session, points: Collection[int], since: date) -> dict[int, History]:
    """Build the histories of these points, of what was read since a day, by point."""
    rows = session.execute(READS, {"points": list(points), "since": since})
    meters: dict[int, list[Installed]] = defaultdict(list)
    for row in rows:
        meters[row.service_point_id].append(_installed(row))
    return {point: history(found) for point, found in meters.items()}


def used(past: History | None, span: Span, service: str, metered: str) -> Usage:
    """Work out the use of a span from a history; raises NotFound and BadAmount."""
    if past is None or not past.meters:
        raise _no_meter("no meter was ever at this service point")
    began, ended = past.level(span.first), past.level(span.last)
    peaks = {name: highest(past.meters, name, span) for name in REGISTERS}
    return Usage(
        service=service,
        unit=read_rules().services[metered].unit,
        units=Decimal(ended.units - began.units),
        days=span.days,
        estimated=began.estimated or ended.estimated,
        basis=tuple(_basis(past, span, began, ended)),
        demand=Decimal(peaks["demand"]),
        on_peak=Decimal(peaks["on peak"]),
        off_peak=Decimal(peaks["off peak"]),
    )


def winter_average(session: Session, service_point_id: int, on: date) -> Decimal | None:
    """Give the average month of the last winter that was over on a day, in thousand gallons.

    None where that winter was not read: the tariff then has a figure of its own. Write it into the
    agreement's details as text, {"winter_average": "6.2"}.
    """
    return winter_average_of_each(session, (service_point_id,), on)[service_point_id]


def winter_average_of_each(
    session: Session, points: Collection[int], on: date
) -> dict[int, Decimal | None]:
    """Give the winter average of each of these points, by the water meter of its premise."""
    rules = read_rules()
    span = Span(*rules.winter.before(on))
    found = list(session.execute(POINTS, {"points": list(points)}))
    pasts = histories(session, {row.metered_point for row in found}, span.first - BEFORE)
    averages: dict[int, Decimal | None] = dict.fromkeys(points)
    for row in found:
        past = pasts.get(row.metered_point)
        averages[row.point] = _average(past, span, rules.winter_months) if past else None
    return averages


def _average(past: History, span: Span, months: int) -> Decimal | None:
    """Average whole gallons half up; None for a winter that was not served or mostly not read."""
    if not past.knots or past.knots[0].on > span.first:
        return None
    if (span.last - past.knots[-1].on).days > WINTER_ESTIMATED_MOST:
        return None
    units = past.level(span.last).units - past.level(span.first).units
    return Decimal((2 * units + months) // (2 * months)).scaleb(-3)


def _installed(one: Row[Any]) -> Installed:
    """Build a meter with the reads that stand; what replaces one is always of the same install."""
    replaced = {replaces for *_, replaces in one.reads}
    return Installed(
        one.install_id,
        one.serial,
        one.digits,
        one.multiplier,
        one.installed_on,
        one.removed_on,
        tuple(
            Seen(id_, date.fromisoformat(on), value, kind, finding, register)
            for id_, on, value, kind, finding, register, _ in one.reads
            if finding != "backward" and id_ not in replaced
        ),
    )


def _basis(past: History, span: Span, began: Level, ended: Level) -> Iterator[Mapping[str, object]]:
    """Explain a figure: each read of its days, roll-overs, swaps, multipliers, what was guessed."""
    here = [m for m in past.meters if m.first < span.last and (m.last or span.last) >= span.first]
    for meter in here:
        yield from _reads_of(meter, span)
        if span.first < meter.first:
            yield {"what": "meter set", "meter": meter.serial, "on": meter.first.isoformat()}
        if meter.last and meter.last <= span.last:
            yield {"what": "meter removed", "meter": meter.serial, "on": meter.last.isoformat()}
        if meter.multiplier > 1:
            yield {"what": "multiplier", "meter": meter.serial, "times": meter.multiplier}
    for name, level, day in (("first", began, span.first), ("last", ended, span.last)):
        if level.by:
            yield {
                "what": "estimate",
                "at": name,
                "on": day.isoformat(),
                "method": level.by.method,
                "days": level.by.days,
                "units": level.by.units,
            }


def _reads_of(meter: Installed, span: Span) -> Iterator[Mapping[str, object]]:
    for read, moved in steps(meter, meter.of("use")):
        if not span.first <= read.on <= span.last:
            continue
        yield {
            "what": "read",
            "id": read.id,
            "meter": meter.serial,
            "on": read.on.isoformat(),
            "value": read.value,
            "kind": read.kind,
            "finding": read.finding,
        }
        if read.finding == "rolled over" and read.on > span.first:
            yield {"what": "rolled over", "meter": meter.serial, "steps": moved}


def _no_meter(message: str) -> NotFound:
    return NotFound("metered point", message, "Set a meter first, or ask for a metered service.")


__all__ = [
    "LAST_SPAN",
    "LAST_YEAR",
    "histories",
    "usage",
    "usage_of_each",
    "used",
    "winter_average",
    "winter_average_of_each",
]
