"""The open stretches of one civil year as moments, in order, ready to be searched.

Moments are whole microseconds since 1970 in UTC: exact, and free of clock changes. A stretch that
runs over New Year is split there, so that each year stands alone; a reader joins what touches.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import accumulate
from typing import Final
from zoneinfo import ZoneInfo

from calendars.opening import Hours, spans_on

SECOND: Final = 1_000_000
DAY: Final = 86_400 * SECOND
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_ONE_DAY: Final = timedelta(1)
Stretch = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Year:
    """Open stretches [opens[i], closes[i]), and `before[i]`, the open time of the year before each.

    `days` are the business days (proleptic ordinals) and `day_ends` when each of them closes, which
    may be on the next civil day.
    """

    opens: tuple[int, ...]
    closes: tuple[int, ...]
    before: tuple[int, ...]
    total: int
    days: tuple[int, ...]
    day_ends: tuple[int, ...]

    def around(self, moment: int) -> Stretch | None:
        """Return the stretch that holds the moment."""
        at = bisect_right(self.opens, moment) - 1
        if at < 0 or moment >= self.closes[at]:
            return None
        return self.opens[at], self.closes[at]

    def next_opening(self, moment: int) -> int | None:
        """Return the first opening at or after the moment in this year."""
        at = bisect_left(self.opens, moment)
        return self.opens[at] if at < len(self.opens) else None

    def open_time_until(self, moment: int) -> int:
        """Return how much open time of this year lies before the moment."""
        at = bisect_right(self.opens, moment) - 1
        if at < 0:
            return 0
        return self.before[at] + min(moment, self.closes[at]) - self.opens[at]

    def moment_after(self, open_time: int) -> int:
        """Return the first moment by which so much open time (above 0, at most `total`) is over."""
        at = bisect_left(self.before, open_time) - 1
        return self.opens[at] + open_time - self.before[at]


@lru_cache(maxsize=4096)
def year_of(hours: Hours, year: int) -> Year:
    """Work out one civil year of a calendar. Remembered: a year costs about a millisecond."""
    stretches = list(_joined(_clipped(hours, year)))
    lengths = [closes - opens for opens, closes in stretches]
    until = list(accumulate(lengths, initial=0))
    days = [(day.toordinal(), ends[-1]) for day in _dates(year) if (ends := _ends(hours, day))]
    return Year(
        opens=tuple(opens for opens, _ in stretches),
        closes=tuple(closes for _, closes in stretches),
        before=tuple(until[:-1]),
        total=until[-1],
        days=tuple(ordinal for ordinal, _ in days),
        day_ends=tuple(end for _, end in days),
    )


def moment_of(moment: datetime) -> int:
    """Return an aware datetime as microseconds since 1970. Raises ValueError for a naive one."""
    if moment.utcoffset() is None:
        raise ValueError("a moment needs its time zone")
    return (moment - _EPOCH) // _MICROSECOND


def datetime_of(moment: int) -> datetime:
    """Return a moment as a datetime in UTC."""
    return _EPOCH + timedelta(microseconds=moment)


def civil_moment(zone: ZoneInfo, day: date, at: time) -> int:
    """Return when the clocks of the zone show this date and time.

    A time that comes twice means the first; a time that is skipped, when the clocks go forward.
    """
    first = moment_of(datetime.combine(day, at, zone))
    shown = datetime_of(first).astimezone(zone)
    if shown.time() == at and shown.date() == day:
        return first
    # In a gap, fold=1 reads the time by the later offset: a moment before the clocks go forward.
    return _clocks_go_forward(
        zone, moment_of(datetime.combine(day, at, zone).replace(fold=1)), first
    )


def _clocks_go_forward(zone: ZoneInfo, before: int, after: int) -> int:
    """Search the moment between these two at which the zone's offset changes."""
    old = datetime_of(before).astimezone(zone).utcoffset()
    low, high = before // SECOND, after // SECOND
    while high - low > 1:
        middle = (low + high) // 2
        same = datetime_of(middle * SECOND).astimezone(zone).utcoffset() == old
        low, high = (middle, high) if same else (low, middle)
    return high * SECOND


def _stretches(hours: Hours, day: date) -> Iterator[Stretch]:
    """Yield the stretches that start on a date, but for one that a clock change swallows."""
    for span in spans_on(hours, day):
        last_day = day + _ONE_DAY if span.past_midnight else day
        opens = civil_moment(hours.zone, day, span.opens)
        closes = civil_moment(hours.zone, last_day, span.closes)
        if opens < closes:
            yield opens, closes


def _ends(hours: Hours, day: date) -> list[int]:
    return sorted(closes for _, closes in _stretches(hours, day))


def _dates(year: int) -> Iterator[date]:
    day = date(year, 1, 1)
    while day.year == year:
        yield day
        day += _ONE_DAY


def _clipped(hours: Hours, year: int) -> Iterator[Stretch]:
    """Return what lies inside the year, of New Year's Eve's late hours too."""
    begins = civil_moment(hours.zone, date(year, 1, 1), time(0))
    ends = civil_moment(hours.zone, date(year + 1, 1, 1), time(0))
    days = (date(year - 1, 12, 31), *_dates(year))
    stretches = (stretch for day in days for stretch in sorted(_stretches(hours, day)))
    inside = ((max(opens, begins), min(closes, ends)) for opens, closes in stretches)
    return (stretch for stretch in inside if stretch[0] < stretch[1])


def _joined(stretches: Iterator[Stretch]) -> Iterator[Stretch]:
    """Join stretches that touch, as the days of a round-the-clock calendar do."""
    current: Stretch | None = None
    for opens, closes in stretches:
        if current is not None and opens <= current[1]:
            current = current[0], max(current[1], closes)
            continue
        if current is not None:
            yield current
        current = opens, closes
    if current is not None:
        yield current
