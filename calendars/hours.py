"""Is it open now, and if not, why, and when next? Asked in any zone, answered in UTC.

A span of opening hours starts on a civil date and may end on the next. A holiday takes away the
spans that start on its date, a half day cuts them; late hours of the evening before go on.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal

from calendars.opening import Hours, calendar_for, holiday_on
from calendars.timeline import DAY, Stretch, civil_moment, datetime_of, moment_of, year_of
from config.hours import Holiday
from config.words import Both

__all__ = ["Closure", "Hours", "OpenStatus", "Why", "calendar_for", "status_at"]

Why = Literal["open", "hours", "holiday", "half day", "closure"]
_HORIZON: Final = 366 * DAY  # what lies further ahead is answered by None


@dataclass(frozen=True, slots=True)
class Closure:
    """Closed by decision, whatever the hours say: from `starts` to `ends`, or until further notice.

    Both are aware datetimes. `name` is what a caller is told ("the snow emergency").
    """

    starts: datetime
    ends: datetime | None
    name: Both | None


@dataclass(frozen=True, slots=True)
class OpenStatus:
    """The answer. Times are UTC.

    `why` is "open", or what keeps the door shut. `opens_next` is None while open, and when nobody
    knows or it is over a year away; `closes` is None while closed, and when no end is in sight.
    `name` is that of the holiday, half day or closure; on a half day it is there before the early
    close too.
    """

    open: bool
    why: Why
    opens_next: datetime | None
    closes: datetime | None
    name: Both | None


def status_at(moment: datetime, calendar: Hours, closures: Sequence[Closure] = ()) -> OpenStatus:
    """Say whether the calendar is open at a moment (aware), and what comes next."""
    now = moment_of(moment)
    closure = _closure_at(now, closures)
    if closure is not None:
        return _shut("closure", closure.name, now, calendar, closures)
    day = moment.astimezone(calendar.zone).date()
    holiday = holiday_on(calendar, day)
    stretch = _stretch_at(now, calendar)
    if stretch is None:
        why = _why_shut(now, calendar, day, holiday)
        named = holiday if why in {"holiday", "half day"} else None
        return _shut(why, named.name if named else None, now, calendar, closures)
    half = holiday is not None and holiday.half_day is not None
    closes = _closes(now, stretch, calendar, closures)
    name = holiday.name if holiday is not None and half else None
    return OpenStatus(open=True, why="open", opens_next=None, closes=closes, name=name)


def _shut(
    why: Why, name: Both | None, now: int, calendar: Hours, closures: Sequence[Closure]
) -> OpenStatus:
    opens = _opens_next(now, calendar, closures)
    return OpenStatus(open=False, why=why, opens_next=opens, closes=None, name=name)


def _why_shut(now: int, calendar: Hours, day: date, holiday: Holiday | None) -> Why:
    """Say what shuts the door on a date, no closure being in force."""
    ordinary = calendar.week[day.weekday()]
    if holiday is None or not ordinary:
        return "hours"  # a holiday on a day that is never open changes nothing
    if holiday.half_day is None:
        return "holiday"
    first = civil_moment(calendar.zone, day, min(span.opens for span in ordinary))
    return "half day" if now >= first else "hours"


def _stretch_at(moment: int, calendar: Hours) -> Stretch | None:
    return year_of(calendar, _civil_year(moment, calendar)).around(moment)


def _civil_year(moment: int, calendar: Hours) -> int:
    return datetime_of(moment).astimezone(calendar.zone).year


def _opening_from(moment: int, calendar: Hours) -> int | None:
    """Return the moment itself when open, or the next opening within the horizon."""
    if _stretch_at(moment, calendar) is not None:
        return moment
    year = _civil_year(moment, calendar)
    openings = (year_of(calendar, near).next_opening(moment) for near in (year, year + 1, year + 2))
    first = next((opening for opening in openings if opening is not None), None)
    return first if first is not None and first - moment <= _HORIZON else None


def _opens_next(now: int, calendar: Hours, closures: Sequence[Closure]) -> datetime | None:
    """Return the first moment from now that is inside the hours and outside every closure."""
    moment: int | None = now
    # Each turn leaves one closure behind for good, so there are no more turns than closures.
    for _ in range(len(closures) + 1):
        moment = _opening_from(moment, calendar)
        if moment is None:
            return None
        closure = _closure_at(moment, closures)
        if closure is None:
            return datetime_of(moment)
        if closure.ends is None:
            return None
        moment = moment_of(closure.ends)
    raise AssertionError("every closure was left behind, and yet one is in force")


def _closes(
    now: int, stretch: Stretch, calendar: Hours, closures: Sequence[Closure]
) -> datetime | None:
    """Return when the open stretch ends, by the hours or by a closure that starts before that."""
    end = stretch[1]
    while end - now <= _HORIZON and (further := _stretch_at(end, calendar)) is not None:
        end = further[1]
    starts = (moment_of(closure.starts) for closure in closures)
    end = min([end, *(start for start in starts if start > now)])
    return datetime_of(end) if end - now <= _HORIZON else None


def _closure_at(moment: int, closures: Sequence[Closure]) -> Closure | None:
    """Return the closure in force: of several, the one that lasts longest."""
    inside = [
        closure
        for closure in closures
        if moment_of(closure.starts) <= moment
        and (closure.ends is None or moment < moment_of(closure.ends))
    ]
    endless = next((closure for closure in inside if closure.ends is None), None)
    return endless or max(inside, key=lambda closure: closure.ends or closure.starts, default=None)
