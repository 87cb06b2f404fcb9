"""Business time: how long the doors were open between two moments, and when so much of it is over.

Every clock of a ticket asks here. Sums are exact to the microsecond, over clock changes, holidays
and half days. Answers are UTC. Emergency closures do not count: a clock that must wait is paused.
"""

from bisect import bisect_right
from datetime import datetime
from typing import Final

from calendars.opening import Hours
from calendars.timeline import SECOND, datetime_of, moment_of, year_of

_HOUR: Final = 3_600 * SECOND
_YEARS: Final = 100  # further off than any promise: a calendar that never opens ends here


def add_business_hours(start: datetime, hours: float, calendar: Hours) -> datetime:
    """Return the first moment by which so many open hours have passed since `start`.

    Hours that end with the day end at its closing, not at the next opening. No hours: `start`.
    Raises ValueError for negative hours, a naive start, or a calendar that is never open.
    """
    wanted = round(hours * _HOUR)
    if wanted < 0:
        raise ValueError(f"business hours are counted forward, not {hours}")
    now = moment_of(start)
    if wanted == 0:
        return datetime_of(now)
    first = start.astimezone(calendar.zone).year
    wanted += year_of(calendar, first).open_time_until(now)
    for number in range(first, first + _YEARS):
        year = year_of(calendar, number)
        if wanted <= year.total:
            return datetime_of(year.moment_after(wanted))
        wanted -= year.total
    raise ValueError("this calendar is never open")


def business_seconds_between(earlier: datetime, later: datetime, calendar: Hours) -> float:
    """Return the open seconds between two moments; negative when they come in the wrong order."""
    start, end = moment_of(earlier), moment_of(later)
    # Datetimes of one zone compare by the wall clock, which runs twice through one hour a year.
    if end < start:
        return -business_seconds_between(later, earlier, calendar)
    first = earlier.astimezone(calendar.zone).year
    last = later.astimezone(calendar.zone).year
    whole_years = sum(year_of(calendar, number).total for number in range(first, last))
    until_end = year_of(calendar, last).open_time_until(end)
    until_start = year_of(calendar, first).open_time_until(start)
    return (whole_years + until_end - until_start) / SECOND


def add_business_days(start: datetime, days: int, calendar: Hours) -> datetime:
    """Return the closing of the nth business day after the one on which `start` counts as received.

    What comes while the doors are shut counts as received on the next business day: on Friday after
    closing, one business day means Tuesday's closing. A half day is a business day. No days: the
    closing of the day of receipt. Raises ValueError as add_business_hours does.
    """
    if days < 0:
        raise ValueError(f"business days are counted forward, not {days}")
    now = moment_of(start)
    first = start.astimezone(calendar.zone).year - 1  # New Year's Eve may be open past midnight
    wanted = days
    for number in range(first, first + _YEARS):
        day_ends = year_of(calendar, number).day_ends
        # The day of receipt is the first that has not closed yet: skip those that have.
        wanted += bisect_right(day_ends, now)
        if wanted < len(day_ends):
            return datetime_of(day_ends[wanted])
        wanted -= len(day_ends)
    raise ValueError("this calendar is never open")
