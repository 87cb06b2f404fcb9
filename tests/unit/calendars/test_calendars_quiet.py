"""No notice at night, where the resident is."""

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calendars.quiet import is_allowed, next_allowed
from config.facts import Origin
from config.hours import QuietHours

DENVER = ZoneInfo("America/Denver")
ORIGIN = Origin("47 CFR 64.1200(c)(1)", "snapshot", unverified=False)
NIGHT = QuietHours(time(21), time(8), DENVER, ORIGIN)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=DENVER)


@pytest.mark.parametrize(
    ("moment", "allowed"),
    [
        ("2026-11-23 20:59", "2026-11-23 20:59"),
        ("2026-11-23 21:00", "2026-11-24 08:00"),
        ("2026-11-24 03:00", "2026-11-24 08:00"),
        ("2026-11-24 07:59", "2026-11-24 08:00"),
        ("2026-11-24 08:00", "2026-11-24 08:00"),
        ("2026-03-07 22:00", "2026-03-08 08:00"),  # a short night
        ("2026-10-31 22:00", "2026-11-01 08:00"),  # a long one
    ],
)
def test_a_notice_waits_for_the_morning(moment: str, allowed: str) -> None:
    assert next_allowed(at(moment), NIGHT) == at(allowed)


def test_quiet_hours_may_lie_within_one_day() -> None:
    siesta = QuietHours(time(13), time(15), DENVER, ORIGIN)
    assert next_allowed(at("2026-11-23 14:00"), siesta) == at("2026-11-23 15:00")
    assert is_allowed(at("2026-11-23 22:00"), siesta)


def test_equal_times_are_no_quiet_hours() -> None:
    none = QuietHours(time(8), time(8), DENVER, ORIGIN)
    assert is_allowed(at("2026-11-23 03:00"), none)


def test_an_hour_that_comes_twice_is_allowed_both_times() -> None:
    short = QuietHours(time(3), time(8), DENVER, ORIGIN)
    for fold in (0, 1):
        assert is_allowed(datetime(2026, 11, 1, 1, 30, tzinfo=DENVER, fold=fold), short)


def test_a_naive_moment_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        next_allowed(datetime(2026, 11, 23), NIGHT)  # noqa: DTZ001  naive is the point


@settings(max_examples=200, deadline=None)
@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001  hypothesis takes naive bounds
def test_an_allowed_moment_is_by_day_and_the_soonest(moment: datetime) -> None:
    allowed = next_allowed(moment, NIGHT)
    assert 8 <= allowed.astimezone(DENVER).hour < 21
    assert is_allowed(allowed, NIGHT)
    quiet_now = not 8 <= moment.astimezone(DENVER).hour < 21
    assert (allowed > moment) is quiet_now
