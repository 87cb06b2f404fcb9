"""Reads opening hours, holidays and quiet hours out of city.yaml; refuses hours that overlap."""

import re
from collections.abc import Collection, Iterator, Mapping
from datetime import date, time
from typing import Final
from zoneinfo import ZoneInfo

from config.facts import Origin, Unverified, read_origin
from config.hours import (
    MONTHS,
    NTHS,
    WEEKDAYS,
    DaysAfter,
    HalfDay,
    Holiday,
    HolidayRule,
    MondayBy,
    NthWeekday,
    OnDate,
    QuietHours,
    Span,
    Week,
    WeeklyHours,
)
from config.reading import Part

_CLOCK: Final = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")
_LEAP_YEAR: Final = 2024  # 02-29 is a date that a rule may name
_MINUTES_A_DAY: Final = 24 * 60
_MIDNIGHT: Final = time(0)
_RULES: Final = ("date", "monday by", "days after", *NTHS)


def read_all_hours(city: Part, holidays: Collection[str]) -> dict[str, WeeklyHours]:
    """Read the named opening hours."""
    found: dict[str, WeeklyHours] = {}
    for id_, part in city.parts("hours"):
        name, week = part.both("name"), _read_week(part)
        found[id_] = WeeklyHours(id_, name, week, _kept(part, holidays), read_origin(part))
        part.done()
    return found


def _read_week(part: Part) -> Week:
    days = part.part("week")
    week = tuple(
        tuple(span for text in days.texts(day) if (span := _read_span(days, text)))
        for day in WEEKDAYS
    )
    days.done()
    for day in _overlapping_days(week):
        days.fault(f"has hours on {day.title()} that overlap")
    return week


def _read_span(part: Part, text: str) -> Span | None:
    opens, _, closes = text.partition("-")
    # "24:00" is how people write the end of a day; as a time of day it is the next day's midnight.
    start, end = clock_time(opens), _MIDNIGHT if closes == "24:00" else clock_time(closes)
    if start is None or end is None:
        part.fault(f"has '{text}', which is not written as 08:00-17:00")
        return None
    return Span(start, end)


def clock_time(text: str) -> time | None:
    """Return "08:30" as a time of day; None when it is not written so."""
    found = _CLOCK.fullmatch(text)
    return time(int(found.group(1)), int(found.group(2))) if found else None


def _overlapping_days(week: Week) -> list[str]:
    """Name the days whose hours start before earlier ones end, from Sunday into Monday too."""
    spans: list[tuple[int, int, str]] = []
    for number, (day, of_day) in enumerate(zip(WEEKDAYS, week, strict=True)):
        for span in of_day:
            start = number * _MINUTES_A_DAY + _minutes(span.opens)
            length = (_minutes(span.closes) - _minutes(span.opens)) % _MINUTES_A_DAY
            spans.append((start, start + (length or _MINUTES_A_DAY), day))
    spans.sort()
    round_again = [(first + 7 * _MINUTES_A_DAY, end, day) for first, end, day in spans[:1]]
    following = [*spans[1:], *round_again]
    pairs = zip(spans, following, strict=True)
    return [day for (_, end, _), (start, _, day) in pairs if start < end]


def _minutes(moment: time) -> int:
    return moment.hour * 60 + moment.minute


def _kept(part: Part, holidays: Collection[str]) -> tuple[str, ...]:
    written = part.value("holidays")
    if written == "all":
        return tuple(holidays)
    if written == "none":
        return ()
    names = part.texts("holidays")
    if not names:
        part.fault("must say for 'holidays' all, none, or a list of them")
    for name in names:
        if name not in holidays:
            part.fault(f"names the holiday '{name}', which city.yaml does not have")
    return names


def read_holidays(city: Part) -> tuple[tuple[Holiday, ...], Origin]:
    """Read the holidays, in order, and where the list came from."""
    section = city.part("holidays")
    origin = read_origin(section)
    found: list[Holiday] = []
    for id_, part in section.parts("days"):
        half_day = _read_half_day(part) if part.has("half day") else None
        rule = _read_rule(part, {holiday.id for holiday in found})
        found.append(Holiday(id_, part.both("name"), rule, half_day))
        part.done()
    section.done()
    return tuple(found), origin


def _read_rule(part: Part, earlier: Collection[str]) -> HolidayRule:
    when = part.part("when")
    chosen = [word for word in _RULES if when.has(word)]
    rule: HolidayRule = MondayBy(1, 1)
    match chosen:
        case ["date"]:
            month, day = _month_and_day(when, "date")
            rule = OnDate(month, day, when.flag("moved off weekends", default=False))
        case ["monday by"]:
            rule = MondayBy(*_month_and_day(when, "monday by"))
        case ["days after"]:
            rule = DaysAfter(_earlier_holiday(when, earlier), when.whole("days"))
        case [nth]:
            rule = _read_nth_weekday(when, nth)
        case _:
            when.fault(f"must have exactly one of {', '.join(_RULES)}")
    when.done()
    return rule


def _read_nth_weekday(when: Part, nth: str) -> NthWeekday:
    weekday = when.one_of(nth, WEEKDAYS, "weekday")
    month = when.one_of("of", MONTHS, "month")
    return NthWeekday(
        NTHS[nth],
        WEEKDAYS.index(weekday) if weekday in WEEKDAYS else 0,
        MONTHS.index(month) + 1 if month in MONTHS else 1,
    )


def _earlier_holiday(when: Part, earlier: Collection[str]) -> str:
    name = when.text("days after")
    if name and name not in earlier:
        when.fault(f"counts from the holiday '{name}', which does not stand before it")
    return name


def _month_and_day(part: Part, key: str) -> tuple[int, int]:
    written = part.text(key)
    try:
        day = date.fromisoformat(f"{_LEAP_YEAR}-{written}")
    except ValueError:
        part.fault(f"has '{written}' for its '{key}', which is no month and day like 07-24")
        return 1, 1
    return day.month, day.day


def _read_half_day(part: Part) -> HalfDay:
    half = part.part("half day")
    opens = _read_clock(half, "opens") if half.has("opens") else None
    closes = _read_clock(half, "closes") if half.has("closes") else None
    if opens is None and closes is None:
        half.fault("says neither when it opens nor when it closes")
    half.done()
    return HalfDay(opens, closes)


def _read_clock(part: Part, key: str) -> time:
    written = part.text(key)
    moment = clock_time(written)
    if written and moment is None:
        part.fault(f"has '{written}' for its '{key}', which is not written as 08:00")
    return moment or _MIDNIGHT


def read_quiet_hours(city: Part, zone: ZoneInfo) -> QuietHours:
    part = city.part("quiet hours")
    starts, ends = _read_clock(part, "starts"), _read_clock(part, "ends")
    quiet = QuietHours(starts, ends, zone, read_origin(part))
    part.done()
    return quiet


def unverified_times(
    hours: Mapping[str, WeeklyHours], holidays: Origin, quiet: QuietHours
) -> Iterator[Unverified]:
    """List hours and holidays that nobody has confirmed."""
    sections = [(f"hours, {id_}", one.origin) for id_, one in hours.items()]
    for what, origin in (*sections, ("holidays", holidays), ("quiet hours", quiet.origin)):
        if origin.unverified:
            yield Unverified("config/city.yaml", what, origin.source, origin.status)
