"""The days the city is off, by Utah's law and against the `holidays` package."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from calendars.holidays import days_off, nth_weekday
from config.hours import DaysAfter, HalfDay, Holiday, OnDate
from config.hours_reader import read_holidays
from config.reading import read_part
from config.words import Both

CITY = Path(__file__).parents[3] / "config" / "city.yaml"
FAULTS: list[str] = []
HOLIDAYS, _ = read_holidays(read_part(CITY, FAULTS))
NAME = Both("a day", "un día")


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2026, 1, 1), "new year"),
        (date(2026, 1, 19), "martin luther king day"),
        (date(2026, 2, 16), "presidents day"),
        (date(2026, 5, 25), "memorial day"),
        (date(2026, 7, 3), "independence day"),  # the 4th is a Saturday
        (date(2026, 7, 24), "pioneer day"),
        (date(2027, 7, 23), "pioneer day"),  # the 24th is a Saturday
        (date(2033, 7, 25), "pioneer day"),  # the 24th is a Sunday
        (date(2026, 9, 7), "labor day"),
        (date(2026, 11, 11), "veterans day"),
        (date(2026, 11, 26), "thanksgiving"),
        (date(2026, 11, 27), "day after thanksgiving"),
        (date(2026, 12, 24), "christmas eve"),
        (date(2026, 12, 25), "christmas"),
        (date(2027, 12, 31), "new year"),  # New Year 2028 is a Saturday
        (date(2023, 1, 2), "new year"),  # New Year 2023 is a Sunday
    ],
)
def test_utah_is_off_on(day: date, name: str) -> None:
    assert FAULTS == []
    assert days_off(HOLIDAYS, day.year)[day].id == name


@pytest.mark.parametrize(
    ("year", "monday"),
    [
        (2022, date(2022, 6, 20)),  # the 19th is a Sunday
        (2023, date(2023, 6, 19)),  # a Monday
        (2024, date(2024, 6, 17)),  # a Wednesday
        (2025, date(2025, 6, 16)),  # a Thursday
        (2026, date(2026, 6, 15)),  # a Friday
        (2027, date(2027, 6, 21)),  # a Saturday
        (2029, date(2029, 6, 18)),  # a Tuesday
    ],
)
def test_juneteenth_is_kept_on_a_monday_in_utah(year: int, monday: date) -> None:
    june = [day for day, holiday in days_off(HOLIDAYS, year).items() if holiday.id == "juneteenth"]
    assert june == [monday]


def test_columbus_day_is_a_working_day_in_the_city() -> None:
    assert date(2026, 10, 12) not in days_off(HOLIDAYS, 2026)


def test_christmas_kept_on_its_eve_is_a_whole_day_off() -> None:
    assert days_off(HOLIDAYS, 2027)[date(2027, 12, 24)].half_day is None
    assert days_off(HOLIDAYS, 2026)[date(2026, 12, 24)].half_day is not None


def test_thirty_years_agree_with_the_holidays_package() -> None:
    import holidays

    years = range(2022, 2052)
    theirs = holidays.country_holidays("US", subdiv="UT", years=years)
    left_out = ("Juneteenth", "Columbus")  # Utah moves the one, the city does not keep the other
    expected = {
        day
        for day, names in theirs.items()
        if not all(name.startswith(left_out) for name in names.split("; "))
    }
    ours = {
        day
        for year in years
        for day, holiday in days_off(HOLIDAYS, year).items()
        if holiday.id not in {"juneteenth", "day after thanksgiving", "christmas eve"}
    }
    assert ours == expected


@pytest.mark.parametrize("nth", [1, 2, 3, 4, -1])
def test_the_nth_weekday_is_found_in_every_month(nth: int) -> None:
    for month in range(1, 13):
        for weekday in range(7):
            day = nth_weekday(2027, month, weekday, nth)
            assert (day.month, day.weekday()) == (month, weekday)
            assert (day.day - 1) // 7 == nth - 1 if nth > 0 else (day + timedelta(7)).month != month


def test_a_leap_day_holiday_is_left_out_of_common_years_with_all_that_counts_from_it() -> None:
    leap = Holiday("leap", NAME, OnDate(2, 29, moved=False), None)
    after = Holiday("after", NAME, DaysAfter("leap", 1), HalfDay(None, None))
    assert dict(days_off((leap, after), 2027)) == {}
    assert set(days_off((leap, after), 2028)) == {date(2028, 2, 29), date(2028, 3, 1)}
