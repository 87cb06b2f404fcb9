"""An independent calculator: every minute of some years, open or not, by the wall clock.

It shares nothing with calendars/ but the zone: no spans turned into moments, no searching.
Minute by minute it asks what a clock on the wall shows, and whether the hours on the door say open.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

DENVER = ZoneInfo("America/Denver")
MINUTE = timedelta(minutes=1)
DoorWeek = Sequence[
    Sequence[tuple[int, int]]
]  # minutes of the day; an end past 1440 is the next day


@dataclass(frozen=True)
class Door:
    """What is written on a door: a week, whole days off, and the minute at which half days end."""

    week: DoorWeek
    off: frozenset[date]
    half: Mapping[date, int]

    def minutes_of(self, day: date) -> list[tuple[int, int]]:
        if day in self.off:
            return []
        end = self.half.get(day)
        spans = self.week[day.weekday()]
        if end is None:
            return list(spans)
        return [(opens, min(closes, end)) for opens, closes in spans if opens < end]


def open_minutes(door: Door, first: date, last: date) -> NDArray[np.bool_]:
    """Return whether it is open, for each minute from one civil midnight to another."""
    start, end = midnight(first), midnight(last)
    count = int((end - start) / MINUTE)
    civil = _wall_minutes(start, count, first)
    days = (last - first).days + 2
    # One row a civil day, two days long, so that late hours run on into the next.
    board = np.zeros((days + 1) * 1440 + 1440, dtype=np.bool_)
    for number in range(-1, days):
        for opens, closes in door.minutes_of(first + timedelta(number)):
            low = max(0, number * 1440 + opens)
            board[low : max(low, number * 1440 + closes)] = True
    return board[civil]


def midnight(day: date) -> datetime:
    return datetime.combine(day, datetime.min.time(), DENVER).astimezone(UTC)


def _wall_minutes(start: datetime, count: int, first: date) -> NDArray[np.int64]:
    """Return what the wall clock shows at each minute, in minutes since the first midnight."""
    zero = datetime.combine(first, datetime.min.time())
    shown: list[int] = []
    for hour in range(0, count, 60):
        wall = (start + hour * MINUTE).astimezone(DENVER).replace(tzinfo=None)
        shown.append(int((wall - zero) / MINUTE))
    # Denver changes its clocks on whole hours, so the minutes inside an hour just count up.
    hours = np.array(shown, dtype=np.int64)
    return (hours[:, None] + np.arange(60))[:].reshape(-1)[:count]
