"""Dates from numbers alone, and which year is meant when none was given."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Final

_GONE_BY: Final = timedelta(days=60)
_MONTHS: Final = 12
_LEAP_GAP: Final = 8  # years between leap days at most (1896 to 1904)
_MONTH_DAY: Final = 2  # numbers
_DAY_DIGITS: Final = 2
_YEAR_DIGITS: Final = 4
_KEYED_DIGITS: Final = (4, 6, 8)  # MMDD, MMDDYY, MMDDYYYY


def keyed_date(digits: str, today: date) -> date | None:
    """MMDD, MMDDYY or MMDDYYYY, or with stars between: 11*3."""
    if "*" in digits:
        return from_numbers(digits.split("*"), today)
    if len(digits) not in _KEYED_DIGITS:
        return None
    return from_numbers([part for part in (digits[:2], digits[2:4], digits[4:]) if part], today)


def from_numbers(parts: Sequence[str], today: date) -> date | None:
    """Month and day, in this order where it can be, and perhaps a year, each as digits."""
    if not _MONTH_DAY <= len(parts) <= _MONTH_DAY + 1 or not all(map(str.isdecimal, parts)):
        return None
    first, second = int(parts[0]), int(parts[1])
    month, day = (second, first) if first > _MONTHS else (first, second)
    return day_of(month, day, parts[2] if len(parts) > _MONTH_DAY else "", today)


def day_of(month: int, day: int, year: str, today: date) -> date | None:
    """Find this day; without a year the next one, or the last where that was not long ago."""
    if year:
        return _exact(_full_year(year), month, day)
    years = range(today.year - 1, today.year + _LEAP_GAP + 1)
    days = [found for one in years if (found := _exact(one, month, day))]
    recent = [found for found in days if today - _GONE_BY <= found < today]
    coming = [found for found in days if found >= today]
    return next(iter(recent + coming), None)


def day_of_month(day: int, today: date) -> date | None:
    """Return the next such day of a month, today included."""
    days = (_exact(year, month, day) for year, month in _months_from(today))
    return next((found for found in days if found and found >= today), None)


def month_end(today: date) -> date:
    """Return the last day of this month."""
    year, month = list(_months_from(today))[1]
    return date(year, month, 1) - timedelta(days=1)


def _months_from(today: date) -> Iterator[tuple[int, int]]:
    for ahead in range(_MONTHS + 1):
        years, month = divmod(today.month - 1 + ahead, _MONTHS)
        yield today.year + years, month + 1


def _full_year(year: str) -> int:
    short = len(year) == _DAY_DIGITS
    return int(year) + 2000 if short else int(year) if len(year) == _YEAR_DIGITS else 0


def _exact(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
