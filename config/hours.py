"""Opening hours, holidays and quiet hours as the city writes them; calendars/ does the sums."""

from dataclasses import dataclass
from datetime import time
from typing import Final
from zoneinfo import ZoneInfo

from config.facts import Origin
from config.words import Both

MONTHS: Final = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
NTHS: Final = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": -1}
WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True, slots=True)
class Span:
    """Open from `opens` until `closes`, in civil time. `closes <= opens` means the next day."""

    opens: time
    closes: time

    @property
    def past_midnight(self) -> bool:
        return self.closes <= self.opens


Week = tuple[tuple[Span, ...], ...]


@dataclass(frozen=True, slots=True)
class WeeklyHours:
    """Seven days, Monday first, each with its spans in order; and the holidays (ids) it keeps."""

    id: str
    name: Both
    week: Week
    holidays: tuple[str, ...]
    origin: Origin


@dataclass(frozen=True, slots=True)
class NthWeekday:
    """The nth such weekday of a month: `nth` is 1 to 4, or -1 for the last; Monday is 0."""

    nth: int
    weekday: int
    month: int


@dataclass(frozen=True, slots=True)
class OnDate:
    """The same date each year. `moved`: Saturday's is also kept on Friday, Sunday's on Monday."""

    month: int
    day: int
    moved: bool


@dataclass(frozen=True, slots=True)
class MondayBy:
    """Utah's Juneteenth: the Monday of that date's week; the next Monday, if it is a weekend day.

    Source: Utah Code 63G-1-301(2)(c) and (d).
    """

    month: int
    day: int


@dataclass(frozen=True, slots=True)
class DaysAfter:
    """So many days after another holiday (its id)."""

    holiday: str
    days: int


HolidayRule = NthWeekday | OnDate | MondayBy | DaysAfter


@dataclass(frozen=True, slots=True)
class HalfDay:
    """Open only between these times on that day; None leaves that end as in an ordinary week."""

    opens: time | None
    closes: time | None


@dataclass(frozen=True, slots=True)
class Holiday:
    """A day off, or a half day when `half_day` is given."""

    id: str
    name: Both
    rule: HolidayRule
    half_day: HalfDay | None


@dataclass(frozen=True, slots=True)
class QuietHours:
    """No notices between `starts` and `ends` (civil time, past midnight allowed) in `zone`."""

    starts: time
    ends: time
    zone: ZoneInfo
    origin: Origin
