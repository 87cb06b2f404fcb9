"""Open or shut, why, and when next: tables of dates, and every minute of ten years."""

import random
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from calendars.hours import Closure, Hours, OpenStatus, calendar_for, status_at
from calendars.opening import spans_on
from config.city import read_city
from config.hours import HalfDay, Holiday, OnDate, Span
from config.hours_reader import read_all_hours, read_holidays
from config.reading import read_part
from config.words import Both
from tests.unit.calendars.minutes import DENVER, MINUTE, Door, midnight, open_minutes

CITY = read_part(Path(__file__).parents[3] / "config" / "city.yaml", [])
HOLIDAYS, _ = read_holidays(CITY)
OFFICE = Hours(DENVER, read_all_hours(CITY, [one.id for one in HOLIDAYS])["office"].week, HOLIDAYS)
SNOW = Both("the snow emergency", "la emergencia por nieve")
WEEKDAY = (Span(time(8), time(17)),)
LATE = Hours(DENVER, ((Span(time(22), time(2)),),) * 7)
ALWAYS = Hours(DENVER, ((Span(time(0), time(0)),),) * 7)
NEVER = Hours(DENVER, ((),) * 7)


def at(text: str, *, fold: int = 0) -> datetime:
    """Read "2026-11-26 09:00" as Denver's time; in UTC, where a doubled hour compares."""
    return datetime.fromisoformat(text).replace(tzinfo=DENVER, fold=fold).astimezone(UTC)


def ask(text: str, calendar: Hours = OFFICE) -> OpenStatus:
    return status_at(at(text), calendar)


@pytest.mark.parametrize(
    ("moment", "why", "opens_next"),
    [
        ("2026-11-23 07:59", "hours", "2026-11-23 08:00"),
        ("2026-11-23 17:00", "hours", "2026-11-24 08:00"),
        ("2026-11-21 12:00", "hours", "2026-11-23 08:00"),  # a Saturday
        ("2026-11-25 17:30", "hours", "2026-11-30 08:00"),  # over Thanksgiving and the day after
        ("2026-11-26 09:00", "holiday", "2026-11-30 08:00"),
        ("2026-11-27 09:00", "holiday", "2026-11-30 08:00"),
        ("2026-07-24 10:00", "holiday", "2026-07-27 08:00"),
        ("2026-07-04 10:00", "hours", "2026-07-06 08:00"),  # a Saturday: never open anyway
        ("2026-12-24 07:00", "hours", "2026-12-24 08:00"),
        ("2026-12-24 12:00", "half day", "2026-12-28 08:00"),
        ("2026-12-24 20:00", "half day", "2026-12-28 08:00"),
        ("2027-12-31 10:00", "holiday", "2028-01-03 08:00"),
    ],
)
def test_a_shut_door_says_why_and_when_it_opens(moment: str, why: str, opens_next: str) -> None:
    status = ask(moment)
    assert (status.open, status.why, status.opens_next) == (False, why, at(opens_next))
    assert (status.name is not None) == (why in {"holiday", "half day"})


@pytest.mark.parametrize(
    ("moment", "closes"),
    [
        ("2026-11-23 08:00", "2026-11-23 17:00"),
        ("2026-11-23 16:59", "2026-11-23 17:00"),
        ("2026-12-24 11:59", "2026-12-24 12:00"),
        ("2026-10-12 09:00", "2026-10-12 17:00"),
    ],
)
def test_an_open_door_says_when_it_closes(moment: str, closes: str) -> None:
    status = ask(moment)
    assert (status.open, status.why, status.closes) == (True, "open", at(closes))
    assert status.opens_next is None


def test_a_half_day_is_named_before_it_closes_early() -> None:
    assert ask("2026-12-24 09:00").name == Both("Christmas Eve", "Nochebuena")
    assert ask("2026-12-23 09:00").name is None


def test_a_holiday_is_named_in_both_languages() -> None:
    assert ask("2026-07-24 10:00").name == Both("Pioneer Day", "el Día de los Pioneros")


def test_answers_are_in_utc() -> None:
    assert ask("2026-11-23 09:00").closes == datetime(2026, 11, 24, 0, 0, tzinfo=UTC)
    closes = ask("2026-11-23 09:00").closes
    assert closes is not None
    assert closes.tzinfo is UTC


def test_a_moment_may_be_asked_in_any_zone() -> None:
    moment = at("2026-11-23 09:00")
    for zone in (DENVER, UTC, ZoneInfo("Asia/Tokyo")):
        assert status_at(moment.astimezone(zone), OFFICE) == status_at(moment, OFFICE)


def test_a_naive_moment_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        status_at(datetime(2026, 11, 23, 9), OFFICE)  # noqa: DTZ001  naive is the point


def test_late_hours_go_on_past_midnight() -> None:
    assert ask("2026-11-24 01:59", LATE).closes == at("2026-11-24 02:00")
    assert ask("2026-11-24 02:00", LATE).opens_next == at("2026-11-24 22:00")
    assert ask("2026-12-31 23:00", LATE).closes == at("2027-01-01 02:00")
    assert ask("2027-01-01 01:00", LATE).open


def test_late_hours_of_the_eve_go_on_into_a_holiday() -> None:
    pioneer = tuple(holiday for holiday in HOLIDAYS if holiday.id == "pioneer day")
    late = Hours(DENVER, LATE.week, pioneer)
    assert ask("2026-07-24 01:00", late).open
    assert ask("2026-07-24 23:00", late).why == "holiday"
    assert ask("2026-07-25 01:00", late).open is False
    assert ask("2026-07-25 01:00", late).opens_next == at("2026-07-25 22:00")


def test_a_calendar_that_never_closes_has_no_closing_and_one_that_never_opens_no_opening() -> None:
    assert ask("2026-12-31 23:59", ALWAYS) == OpenStatus(
        open=True, why="open", opens_next=None, closes=None, name=None
    )
    assert ask("2026-12-31 23:59", NEVER).opens_next is None


@pytest.mark.parametrize(
    ("moment", "fold", "is_open"),
    [
        ("2026-03-08 01:59", 0, True),  # the last minute before the clocks go forward
        ("2026-03-08 03:00", 0, False),  # 02:00 never came: closing at two means now
        ("2026-11-01 01:30", 0, True),
        ("2026-11-01 01:30", 1, True),  # the second half past one is still before two
        ("2026-11-01 02:00", 0, False),
    ],
)
def test_clock_changes_neither_add_nor_take_a_minute_by_the_wall_clock(
    moment: str,
    fold: int,
    is_open: bool,  # noqa: FBT001  a column of the table
) -> None:
    assert status_at(at(moment, fold=fold), LATE).open is is_open


def test_a_time_that_is_skipped_means_when_the_clocks_go_forward() -> None:
    early = Hours(DENVER, ((Span(time(2, 30), time(5)),),) * 7)
    assert ask("2026-03-08 00:00", early).opens_next == at("2026-03-08 03:00")
    swallowed = Hours(DENVER, ((Span(time(2, 10), time(2, 50)),),) * 7)
    assert ask("2026-03-08 00:00", swallowed).opens_next == at("2026-03-09 02:10")


def test_a_time_that_comes_twice_means_the_first() -> None:
    short = Hours(DENVER, ((Span(time(0), time(1, 30)),),) * 7)
    assert status_at(at("2026-11-01 01:29"), short).closes == at("2026-11-01 01:30")
    assert status_at(at("2026-11-01 01:10", fold=1), short).open is False


def test_a_closure_outranks_the_hours_and_says_when_it_is_over() -> None:
    storm = Closure(at("2026-11-23 10:00"), at("2026-11-24 12:00"), SNOW)
    assert status_at(at("2026-11-23 09:00"), OFFICE, [storm]).closes == storm.starts
    status = status_at(at("2026-11-23 10:00"), OFFICE, [storm])
    assert (status.why, status.name, status.opens_next) == ("closure", SNOW, storm.ends)
    assert status_at(at("2026-11-24 12:00"), OFFICE, [storm]).open


def test_a_closure_until_further_notice_has_no_next_opening() -> None:
    storm = Closure(at("2026-11-23 10:00"), None, None)
    status = status_at(at("2026-12-01 10:00"), OFFICE, [storm])
    assert (status.open, status.why, status.opens_next, status.name) == (
        False,
        "closure",
        None,
        None,
    )
    later = Closure(at("2026-11-24 00:00"), None, SNOW)
    assert status_at(at("2026-11-23 18:00"), OFFICE, [later]).opens_next is None


def test_closures_that_overlap_are_left_one_after_the_other() -> None:
    first = Closure(at("2026-11-23 10:00"), at("2026-11-23 14:00"), None)
    second = Closure(at("2026-11-23 13:00"), at("2026-11-23 16:00"), SNOW)
    assert status_at(at("2026-11-23 11:00"), OFFICE, [second, first]).opens_next == second.ends
    assert status_at(at("2026-11-23 13:30"), OFFICE, [first, second]).name == SNOW


def test_a_half_day_may_open_late_and_cuts_late_hours() -> None:
    late_start = Holiday("a", SNOW, OnDate(3, 2, moved=False), HalfDay(time(10), None))
    day = date(2026, 3, 2)
    assert spans_on(Hours(DENVER, (WEEKDAY,) * 7, (late_start,)), day) == (
        Span(time(10), time(17)),
    )
    early_end = Holiday("a", SNOW, OnDate(3, 2, moved=False), HalfDay(None, time(23)))
    assert spans_on(Hours(DENVER, LATE.week, (early_end,)), day) == (Span(time(22), time(23)),)
    noon = Holiday("a", SNOW, OnDate(3, 2, moved=False), HalfDay(None, time(12)))
    lunch = (Span(time(8), time(12)), Span(time(13), time(17)))
    assert spans_on(Hours(DENVER, (lunch,) * 7, (noon,)), day) == (Span(time(8), time(12)),)


def test_a_department_keeps_its_own_hours_and_holidays() -> None:
    city = read_city()
    office, sanitation = calendar_for(city, "office"), calendar_for(city, "sanitation")
    assert status_at(at("2026-11-11 10:00"), office).why == "holiday"
    assert status_at(at("2026-11-11 10:00"), sanitation).open
    assert status_at(at("2026-11-11 03:00"), calendar_for(city, "round the clock")).open
    assert calendar_for(city, "office") is office


def minutes_told(calendar: Hours, first: date, last: date) -> NDArray[np.bool_]:
    """Follow status_at from change to change, and paint what it tells over every minute."""
    start, end = midnight(first), midnight(last)
    told = np.zeros(int((end - start) / MINUTE), dtype=np.bool_)
    now = start
    while now < end:
        status = status_at(now, calendar)
        then = status.closes or status.opens_next or end
        assert then > now
        told[int((now - start) / MINUTE) : int((then - start) / MINUTE)] = status.open
        now = then
    return told


def office_door() -> Door:
    """Describe the office by other means: the holidays package, and Juneteenth as a list."""
    import holidays

    juneteenths = [(2026, 15), (2027, 21), (2028, 19), (2029, 18), (2030, 17), (2031, 16)]
    juneteenths += [(2032, 21), (2033, 20), (2034, 19), (2035, 18), (2036, 16)]
    off = {date(year, 6, day) for year, day in juneteenths}
    half: dict[date, int] = {date(year, 12, 24): 12 * 60 for year in range(2025, 2037)}
    theirs = holidays.country_holidays("US", subdiv="UT", years=range(2025, 2038))
    for day, name in theirs.items():
        if not name.startswith(("Juneteenth", "Columbus")):
            off.add(day)
        if name == "Thanksgiving Day":
            off.add(day + timedelta(1))
    return Door([[(480, 1020)]] * 5 + [[], []], frozenset(off), half)


TEN_YEARS = (date(2026, 1, 1), date(2036, 1, 1))


def test_the_office_is_right_for_every_minute_of_ten_years() -> None:
    expected = open_minutes(office_door(), *TEN_YEARS)
    told = minutes_told(OFFICE, *TEN_YEARS)
    assert len(told) == 5_258_880
    assert np.array_equal(told, expected)


def test_late_hours_are_right_for_every_minute_of_ten_years() -> None:
    door = Door([[(22 * 60, 26 * 60)]] * 7, frozenset(), {})
    assert np.array_equal(minutes_told(LATE, *TEN_YEARS), open_minutes(door, *TEN_YEARS))


def test_any_minute_asked_alone_gets_the_answer_of_the_ten_years() -> None:
    expected, start = open_minutes(office_door(), *TEN_YEARS), midnight(TEN_YEARS[0])
    draw = random.Random(311)
    for _ in range(20_000):
        minute = draw.randrange(len(expected))
        assert status_at(start + minute * MINUTE, OFFICE).open == expected[minute]


@settings(max_examples=150, deadline=None)
@given(st.datetimes(datetime(2026, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001  bounds are naive by hypothesis's rule
def test_what_is_announced_comes_true(moment: datetime) -> None:
    for calendar in (OFFICE, LATE):
        status = status_at(moment, calendar)
        change = status.closes if status.open else status.opens_next
        assert change is not None
        assert change > moment
        assert status_at(change, calendar).open is not status.open
        assert status_at(change - timedelta(microseconds=1), calendar).open is status.open
