"""Business time against an independent minute stepper, and the cases people argue about."""

import random
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from calendars.business import add_business_days, add_business_hours, business_seconds_between
from calendars.hours import Hours
from calendars.opening import spans_on
from config.hours import HalfDay, Holiday, OnDate, Span
from config.hours_reader import read_all_hours, read_holidays
from config.reading import read_part
from config.words import Both
from tests.unit.calendars.minutes import DENVER, MINUTE, Door, midnight, open_minutes

CITY = read_part(Path(__file__).parents[3] / "config" / "city.yaml", [])
HOLIDAYS, _ = read_holidays(CITY)
OFFICE = Hours(DENVER, read_all_hours(CITY, [one.id for one in HOLIDAYS])["office"].week, HOLIDAYS)
LATE = Hours(DENVER, ((Span(time(22), time(2)),),) * 7)
ALWAYS = Hours(DENVER, ((Span(time(0), time(0)),),) * 7)
NEVER = Hours(DENVER, ((),) * 7)
NAME = Both("a day", "un día")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=DENVER)


@pytest.mark.parametrize(
    ("start", "hours", "due"),
    [
        ("2026-11-23 08:00", 0.1, "2026-11-23 08:06"),
        ("2026-11-23 08:00", 9, "2026-11-23 17:00"),  # ends with the day, not with the next
        ("2026-11-23 08:00", 9.5, "2026-11-24 08:30"),
        ("2026-11-21 12:00", 1, "2026-11-23 09:00"),  # Saturday
        ("2026-11-25 16:00", 2, "2026-11-30 09:00"),  # over Thanksgiving
        ("2026-12-24 11:00", 2, "2026-12-28 09:00"),  # a half day, Christmas, a weekend
        ("2026-03-06 16:00", 2, "2026-03-09 09:00"),  # the clocks go forward in between
        ("2026-12-31 16:30", 1, "2027-01-04 08:30"),  # New Year is a Friday
        ("2026-11-23 03:00", 0, "2026-11-23 03:00"),
    ],
)
def test_business_hours_end_at(start: str, hours: float, due: str) -> None:
    assert add_business_hours(at(start), hours, OFFICE) == at(due)


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        ("2026-11-23 10:00", 1, "2026-11-24 17:00"),
        ("2026-11-23 06:00", 1, "2026-11-24 17:00"),
        ("2026-11-20 16:59", 1, "2026-11-23 17:00"),  # Friday, still open
        ("2026-11-20 17:00", 1, "2026-11-24 17:00"),  # Friday, shut: received on Monday
        ("2026-11-21 09:00", 1, "2026-11-24 17:00"),
        ("2026-11-25 10:00", 1, "2026-11-30 17:00"),
        ("2026-12-23 10:00", 1, "2026-12-24 12:00"),  # a half day is a business day
        ("2026-12-30 10:00", 2, "2027-01-04 17:00"),
        ("2026-11-23 10:00", 10, "2026-12-09 17:00"),  # a records request
        ("2026-11-21 09:00", 0, "2026-11-23 17:00"),
    ],
)
def test_business_days_end_at(start: str, days: int, due: str) -> None:
    assert add_business_days(at(start), days, OFFICE) == at(due)


def test_a_round_the_clock_day_ends_at_midnight() -> None:
    assert add_business_days(at("2026-11-25 10:00"), 1, ALWAYS) == at("2026-11-27 00:00")
    assert add_business_hours(at("2026-10-31 12:00"), 24, ALWAYS) == at("2026-11-01 11:00")


def test_late_hours_belong_to_the_day_they_began() -> None:
    assert add_business_days(at("2027-01-01 01:00"), 1, LATE) == at("2027-01-02 02:00")
    assert add_business_days(at("2027-01-01 03:00"), 1, LATE) == at("2027-01-03 02:00")


def test_days_reach_over_several_years() -> None:
    assert add_business_days(at("2026-06-01 10:00"), 1000, ALWAYS) == at("2029-02-26 00:00")


def test_time_counted_backward_is_negative() -> None:
    early, late = at("2026-11-23 09:00"), at("2026-11-24 09:00")
    assert business_seconds_between(early, late, OFFICE) == 9 * 3600
    assert business_seconds_between(late, early, OFFICE) == -9 * 3600


def test_the_hour_that_comes_twice_is_counted_twice_and_in_order() -> None:
    once, again = (datetime(2026, 11, 1, 1, 30, tzinfo=DENVER, fold=fold) for fold in (0, 1))
    assert business_seconds_between(once, again, ALWAYS) == 3600
    before = datetime(2026, 11, 1, 1, 10, tzinfo=DENVER, fold=1)
    assert business_seconds_between(once, before, ALWAYS) == 2400


def test_a_month_counts_its_open_hours_over_a_clock_change() -> None:
    # November 2026: 30 days, 21 weekdays, less Veterans Day, Thanksgiving and the day after.
    seconds = business_seconds_between(at("2026-11-01 00:00"), at("2026-12-01 00:00"), OFFICE)
    assert seconds == 18 * 9 * 3600


@pytest.mark.parametrize("count", [add_business_hours, add_business_days])
def test_a_naive_start_a_negative_count_and_a_door_that_never_opens_are_refused(
    count: object,
) -> None:
    add = add_business_hours if count is add_business_hours else add_business_days
    with pytest.raises(ValueError, match="time zone"):
        add(datetime(2026, 1, 1), 1, OFFICE)  # noqa: DTZ001  naive is the point
    with pytest.raises(ValueError, match="counted forward"):
        add(at("2026-01-01 00:00"), -1, OFFICE)
    with pytest.raises(ValueError, match="never open"):
        add(at("2026-01-01 00:00"), 1, NEVER)


YEARS = range(2025, 2031)
PIONEER = Holiday("a", NAME, OnDate(7, 24, moved=False), None)
CHRISTMAS_EVE = Holiday("b", NAME, OnDate(12, 24, moved=False), HalfDay(None, time(12)))
OFF = frozenset(date(year, 7, 24) for year in YEARS)
HALF = {date(year, 12, 24): 720 for year in YEARS}
DoorDays = list[list[tuple[int, int]]]


def as_calendar(week: DoorDays) -> Hours:
    """Write the stepper's week as a calendar with the same two holidays."""
    return Hours(
        DENVER,
        tuple(tuple(Span(clock(opens), clock(closes)) for opens, closes in day) for day in week),
        (PIONEER, CHRISTMAS_EVE),
    )


def clock(minute: int) -> time:
    return time(minute // 60 % 24, minute % 60)


def counted(week: DoorDays, first: date, last: date) -> NDArray[np.int64]:
    """Return how many open minutes lie before each minute, by the stepper."""
    minutes = open_minutes(Door(week, OFF, HALF), first, last)
    return np.cumsum(np.append(np.zeros(1, dtype=np.int64), minutes.astype(np.int64)))


def first_minute(steps: NDArray[np.int64], wanted: int) -> int:
    """Return the first minute before which so many open ones lie."""
    return int(steps.searchsorted(wanted))


def test_a_hundred_thousand_due_times_equal_the_minute_stepper() -> None:
    week = [[(480, 720), (780, 1020)]] * 4 + [[(1200, 1560)], [(180, 1440)], []]
    steps, calendar = counted(week, date(2026, 1, 1), date(2029, 1, 1)), as_calendar(week)
    start, draw = midnight(date(2026, 1, 1)), random.Random(311)
    for _ in range(100_000):
        minute, wanted = draw.randrange(1_400_000), draw.randrange(1, 12_000)
        due = first_minute(steps, int(steps[minute]) + wanted)
        told = add_business_hours(start + minute * MINUTE, wanted / 60, calendar)
        assert told == start + due * MINUTE


@st.composite
def weeks(draw: st.DrawFn) -> DoorDays:
    """Any week: up to three spans a day, on whole hours, the last perhaps past midnight."""
    week: DoorDays = []
    for _ in range(7):
        edges = sorted(draw(st.sets(st.integers(0, 24), max_size=6)))
        day = [(opens * 60, closes * 60) for opens, closes in pairwise(edges)][::2]
        week.append(day)
    if draw(st.booleans()):
        number = draw(st.integers(0, 6))
        free_until = min((opens for opens, _ in week[(number + 1) % 7]), default=1440)
        begins = max((closes for _, closes in week[number]), default=0)
        if begins < 1440 and free_until > 0:
            week[number].append((begins, 1440 + min(free_until, begins)))
    return week


# A fortnight around each clock change, Pioneer Day and Christmas Eve.
FORTNIGHTS = [date(2026, 3, 1), date(2026, 10, 25), date(2027, 7, 18), date(2026, 12, 20)]


@settings(max_examples=120, deadline=None)
@given(weeks(), st.sampled_from(FORTNIGHTS), st.integers(0, 20_000), st.integers(0, 20_000))
def test_any_week_equals_the_minute_stepper(
    week: DoorDays, first: date, one: int, other: int
) -> None:
    steps, calendar = counted(week, first, first + timedelta(14)), as_calendar(week)
    start = midnight(first)
    minute, later = sorted((min(one, len(steps) - 1), min(other, len(steps) - 1)))
    passed = int(steps[later] - steps[minute])
    begin, end = start + minute * MINUTE, start + later * MINUTE
    assert business_seconds_between(begin, end, calendar) == passed * 60
    if passed:
        due = first_minute(steps, int(steps[minute]) + passed)
        assert add_business_hours(begin, passed / 60, calendar) == start + due * MINUTE


@settings(max_examples=100, deadline=None)
@given(
    weeks(),
    st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001  hypothesis takes naive bounds
    st.integers(0, 25),
)
def test_business_days_equal_a_walk_over_the_dates(
    week: DoorDays, start: datetime, days: int
) -> None:
    calendar = as_calendar(week)
    if not any(week):
        return
    ends: list[datetime] = []
    day = start.astimezone(DENVER).date() - timedelta(1)
    while len(ends) <= days:
        spans = spans_on(calendar, day)
        if spans:
            end = datetime.combine(day, spans[-1].closes, DENVER)
            end = (end + timedelta(spans[-1].past_midnight)).astimezone(UTC)
            ends.extend([end] if end > start else [])
        day += timedelta(1)
    assert add_business_days(start, days, calendar) == ends[days]


@settings(max_examples=200, deadline=None)
@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001  hypothesis takes naive bounds
    st.integers(1, 500 * 3_600_000_000),
)
def test_a_due_time_is_exact_to_the_microsecond(start: datetime, microseconds: int) -> None:
    due = add_business_hours(start, microseconds / 3_600_000_000, OFFICE)
    assert business_seconds_between(start, due, OFFICE) == microseconds / 1_000_000
    just_before = due - timedelta(microseconds=1)
    assert business_seconds_between(start, just_before, OFFICE) < microseconds / 1_000_000
