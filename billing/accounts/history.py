"""What a service point used over time, worked out from its reads. Pure.

Every read becomes a knot: a day, and how many units had been used by then. Meters follow one
another in it, a dial that rolled over goes on, and the multiplier is in. A read counts as the dial
stood when its day began, so the use of a span is the difference of two knots, and spans that meet
add up exactly. Use never runs backward: where a later read shows that an estimate was too high,
nothing is used until the dial has caught up, so that no unit is billed twice.

Between two reads the use is spread evenly. After the last it is estimated: the same days of last
year, scaled to the number of days; where those were not read, the daily use of the last span.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Final, NamedTuple

from billing.errors import BadAmount
from billing.rates.shapes import Span

Row = Mapping[str, object]

LAST_YEAR: Final = "same days of last year"
LAST_SPAN: Final = "daily use of the last span"
EVENLY: Final = "evenly between two reads"


class Seen(NamedTuple):
    """A read that stands: not replaced, and not backward without somebody having looked."""

    id: int
    on: date
    value: int
    kind: str
    finding: str
    register: str = "use"


@dataclass(frozen=True)
class Installed:
    """A meter at the point for a while, with its reads by day."""

    id: int
    serial: str
    digits: int
    multiplier: int
    first: date
    last: date | None
    reads: tuple[Seen, ...]

    @cached_property
    def dials(self) -> dict[str, list[Seen]]:
        """Give each register's reads, one a day: a look at the dial before an estimate."""
        found: dict[str, dict[date, Seen]] = {}
        for read in sorted(self.reads, key=_order):
            found.setdefault(read.register, {})[read.on] = read
        return {register: list(by_day.values()) for register, by_day in found.items()}

    def of(self, register: str) -> list[Seen]:
        """Give one register's reads by day."""
        return self.dials.get(register, [])


class Knot(NamedTuple):
    """How many units had been used when a day began."""

    on: date
    units: int
    estimated: bool


@dataclass(frozen=True, slots=True)
class Estimate:
    """Units of so many days that were not read, and by which method."""

    units: int
    days: int
    method: str


@dataclass(frozen=True, slots=True)
class Level:
    """How many units had been used when a day began; `by` says how it was found if not read."""

    units: int
    estimated: bool
    by: Estimate | None = None


@dataclass(frozen=True, slots=True)
class History:
    """A service point's meters in their order, and its knots, one a day."""

    meters: tuple[Installed, ...]
    knots: tuple[Knot, ...]

    def level(self, day: date) -> Level:
        """Say how many units had been used when a day began; raises BadAmount if nobody can."""
        at = bisect_right(self.knots, day, key=lambda knot: knot.on) - 1
        if at < 0:  # nothing was measured here yet
            return Level(self.knots[0].units if self.knots else 0, estimated=False)
        knot = self.knots[at]
        if knot.on == day or self._dark(knot.on, day):
            return Level(knot.units, knot.estimated)
        if at + 1 < len(self.knots):
            return _between(knot, self.knots[at + 1], day)
        more = self.estimate(Span(knot.on, day))
        return Level(knot.units + more.units, estimated=True, by=more)

    def estimate(self, span: Span) -> Estimate:
        """Estimate the use of days that nobody read; raises BadAmount without a past."""
        past = Span(_year_before(span.first), _year_before(span.last))
        if self._covers(past) and past.days:
            units = self.level(past.last).units - self.level(past.first).units
            return Estimate(units * span.days // past.days, span.days, LAST_YEAR)
        if len(self.knots) > 1:
            before, last = self.knots[-2:]
            days = (last.on - before.on).days
            units = (last.units - before.units) * span.days // days
            return Estimate(units, span.days, LAST_SPAN)
        message = f"nothing tells what was used from {span.first} to {span.last}"
        raise BadAmount("read", message, "Have the meter read, or take the resident's own read.")

    def expected(self, span: Span) -> int | None:
        """Give what would be usual in a span, None where there is no past to tell."""
        try:
            return self.estimate(span).units
        except BadAmount:
            return None

    def until(self, day: date, but: int | None = None) -> "History":
        """Give the history as it was known from reads before a day, without one of them."""
        return history(
            replace(
                meter,
                reads=tuple(read for read in meter.reads if read.on < day and read.id != but),
            )
            for meter in self.meters
        )

    def _covers(self, span: Span) -> bool:
        return (
            bool(self.knots) and self.knots[0].on <= span.first and span.last <= self.knots[-1].on
        )

    def _dark(self, since: date, day: date) -> bool:
        """Say whether no meter has been there since a read: it was the last before removal."""
        return not any(
            meter.first < day and (meter.last is None or meter.last > since)
            for meter in self.meters
        )


def history(meters: Iterable[Installed]) -> History:
    """Build a point's history from its meters, in any order."""
    ordered = tuple(sorted(meters, key=lambda meter: (meter.first, meter.id)))
    found: dict[date, Knot] = {}
    used = 0
    for meter in ordered:
        for knot in _knots(meter, used):
            found[knot.on] = knot
            used = knot.units
    return History(ordered, tuple(found[on] for on in sorted(found)))


def steps(meter: Installed, reads: Sequence[Seen]) -> Iterator[tuple[Seen, int]]:
    """Give each read with the steps the dial made since the one before it; roll-over counted."""
    before: Seen | None = None
    for read in reads:
        moved = read.value - before.value if before else 0
        rolled = moved < 0 and read.finding == "rolled over"
        yield read, moved + 10**meter.digits if rolled else moved
        before = read


def highest(meters: Iterable[Installed], register: str, span: Span) -> int:
    """Give the highest value of a register that is set back at each read, in units, in a span.

    A read on the span's last day tells of the days before it; one on its first day does not.
    """
    values = [
        read.value * meter.multiplier
        for meter in meters
        for read in meter.of(register)
        if span.first < read.on <= span.last
    ]
    return max(values, default=0)


def _order(read: Seen) -> tuple[date, bool, int]:
    return read.on, read.kind != "estimated", read.id


def _knots(meter: Installed, used: int) -> Iterator[Knot]:
    """Give a meter's knots; the dial may fall behind what was estimated, the knots do not."""
    dial = most = 0
    for read, moved in steps(meter, meter.of("use")):
        dial += moved
        most = max(most, dial)
        guessed = read.kind == "estimated"
        yield Knot(read.on, used + most * meter.multiplier, guessed)


def _between(before: Knot, after: Knot, day: date) -> Level:
    days, of_days = (day - before.on).days, (after.on - before.on).days
    units = (after.units - before.units) * days // of_days
    return Level(before.units + units, estimated=True, by=Estimate(units, days, EVENLY))


def _year_before(day: date) -> date:
    if (day.month, day.day) == (2, 29):
        return date(day.year - 1, 2, 28)
    return day.replace(year=day.year - 1)
