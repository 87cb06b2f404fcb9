"""The calendar that everything here is asked of, and the spans that start on a given date."""

from dataclasses import dataclass, replace
from datetime import date, time
from functools import lru_cache
from zoneinfo import ZoneInfo

from calendars.holidays import days_off
from config.city import City
from config.hours import HalfDay, Holiday, Span, Week


# eq=False: compared by identity, so that what is worked out for it can be remembered cheaply.
@dataclass(frozen=True, eq=False)
class Hours:
    """Opening hours that can be asked: a zone, a week (Monday first) and the holidays it keeps."""

    zone: ZoneInfo
    week: Week
    holidays: tuple[Holiday, ...] = ()


@lru_cache(maxsize=256)
def calendar_for(city: City, hours: str) -> Hours:
    """Return the calendar of the city's named hours ("office", or a department's `hours`).

    One city and name give the same object each time. Raises KeyError for a name the city lacks.
    """
    named = city.hours[hours]
    kept = tuple(holiday for holiday in city.holidays if holiday.id in named.holidays)
    return Hours(city.zone, named.week, kept)


@lru_cache(maxsize=4096)
def _days_off(hours: Hours, year: int) -> dict[date, Holiday]:
    return dict(days_off(hours.holidays, year))


def holiday_on(hours: Hours, day: date) -> Holiday | None:
    """Return the day off or half day that these hours keep on a date."""
    return _days_off(hours, day.year).get(day)


def spans_on(hours: Hours, day: date) -> tuple[Span, ...]:
    """Return the spans that start on a date: none on a day off, cut short on a half day."""
    spans, holiday = hours.week[day.weekday()], holiday_on(hours, day)
    if holiday is None:
        return spans
    if holiday.half_day is None:
        return ()
    cut = (_cut(span, holiday.half_day) for span in spans)
    return tuple(span for span in cut if span is not None)


def _cut(span: Span, half_day: HalfDay) -> Span | None:
    """Keep what lies between the half day's opening and closing; None when nothing is left."""
    opens = max(span.opens, half_day.opens or time(0))
    if half_day.closes is not None and (span.past_midnight or span.closes > half_day.closes):
        closes, past_midnight = half_day.closes, False
    else:
        closes, past_midnight = span.closes, span.past_midnight
    if opens >= closes and not past_midnight:
        return None
    return replace(span, opens=opens, closes=closes)
