"""Which days the city is off: the rules of city.yaml worked out for one year.

The rules are few and exact, so they are worked out here. The `holidays` package, whose first use
costs most of a second (too long inside a call), is the second opinion in the tests.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import assert_never

from config.hours import DaysAfter, Holiday, HolidayRule, MondayBy, NthWeekday, OnDate

_SATURDAY, _SUNDAY = 5, 6


def days_off(holidays: tuple[Holiday, ...], year: int) -> Mapping[date, Holiday]:
    """Return every day off or half day of a year; of two together the whole day off wins."""
    rules = {holiday.id: holiday.rule for holiday in holidays}
    found: dict[date, Holiday] = {}
    # Half days first, so that a whole day off on the same date replaces them.
    for holiday in sorted(holidays, key=lambda holiday: holiday.half_day is None):
        for day in _days_in(holiday.rule, year, rules):
            found[day] = holiday
    return found


def _days_in(rule: HolidayRule, year: int, rules: Mapping[str, HolidayRule]) -> list[date]:
    # A neighbour year's holiday may be kept in this one: New Year 2028 closes 31 December 2027.
    around = (day for near in (year - 1, year, year + 1) for day in _days(rule, near, rules))
    return [day for day in around if day.year == year]


def _days(rule: HolidayRule, year: int, rules: Mapping[str, HolidayRule]) -> list[date]:
    """Work out the days of the holiday of `year`: the day itself, then the day it is moved to."""
    match rule:
        case OnDate(month, day, moved):
            return _on_date(year, month, day, moved=moved)
        case MondayBy(month, day):
            return [_monday_by(date(year, month, day))]
        case NthWeekday(nth, weekday, month):
            return [nth_weekday(year, month, weekday, nth)]
        case DaysAfter(holiday, days):
            # The reader lets a rule name only a holiday written before it, so this ends.
            return [day + timedelta(days) for day in _days(rules[holiday], year, rules)[:1]]
        case _:
            assert_never(rule)


def _on_date(year: int, month: int, day: int, *, moved: bool) -> list[date]:
    try:
        proper = date(year, month, day)
    except ValueError:
        return []  # 29 February in a common year
    aside = {_SATURDAY: -1, _SUNDAY: 1}.get(proper.weekday())
    if not moved or aside is None:
        return [proper]
    return [proper, proper + timedelta(aside)]


def _monday_by(day: date) -> date:
    if day.weekday() in {_SATURDAY, _SUNDAY}:
        return day + timedelta(7 - day.weekday())
    return day - timedelta(day.weekday())


def nth_weekday(year: int, month: int, weekday: int, nth: int) -> date:
    """Return the nth such weekday of a month (Monday is 0); nth -1 is the last one."""
    if nth < 0:
        next_month = date(year + month // 12, month % 12 + 1, 1)
        return nth_weekday(next_month.year, next_month.month, weekday, 1) - timedelta(7)
    first = date(year, month, 1)
    return first + timedelta((weekday - first.weekday()) % 7 + 7 * (nth - 1))
