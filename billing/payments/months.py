"""Counting months of the calendar."""

from calendar import monthrange
from datetime import date

YEAR = 12


def months_after(day: date, months: int) -> date:
    """Give the same day so many months later (earlier below zero), or the month's last."""
    count = day.year * YEAR + day.month - 1 + months
    year, month = divmod(count, YEAR)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
