"""Times as a rep reads them: "due in 2 h 10 min", in the city's zone and the page's language."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from babel.dates import format_datetime, format_time

from desk import here
from tickets.reading import Listed

Urgency = Literal["late", "soon", "fine", "done"]
_DAY: Final = timedelta(days=1)
_HOUR: Final = timedelta(hours=1)
_MINUTE: Final = timedelta(minutes=1)
_LEAST_WARNING: Final = timedelta(minutes=15)
_SOON: Final = 0.2  # of the time promised


@dataclass(frozen=True, slots=True)
class Clock:
    """A clock in words, and how pressing it is (said by word and shape, never by colour alone)."""

    words: str
    urgency: Urgency


def clock(ticket: Listed) -> Clock:
    """Say when a ticket is due, or when it was closed."""
    if ticket.closed_at:
        return Clock(here.t("clock.closed", at=moment(ticket.closed_at)), "done")
    left = ticket.due - here.now()
    return Clock(due_words(ticket.due), urgency(left, ticket.due - ticket.opened_at))


def urgency(left: timedelta, promised: timedelta) -> Urgency:
    """Tell late, soon (the last fifth of the promise, at least a quarter of an hour) and fine."""
    if left <= timedelta():
        return "late"
    return "soon" if left <= max(_LEAST_WARNING, promised * _SOON) else "fine"


def due_words(due: datetime) -> str:
    """Say how long until, or since, a moment; beyond a day, the day itself."""
    left = due - here.now()
    late = left < timedelta()
    if abs(left) < _MINUTE:
        return here.t("clock.now")
    if abs(left) >= _DAY:
        return here.t("clock.late_since" if late else "clock.due_on", at=moment(due))
    return here.t("clock.late_by" if late else "clock.due_in", span=span(abs(left)))


def span(length: timedelta) -> str:
    """Say a length: "45 min", "2 h 10 min", "3 d 4 h"."""
    days, rest = divmod(max(length, timedelta()), _DAY)
    hours, rest = divmod(rest, _HOUR)
    minutes = rest // _MINUTE
    if days:
        return here.t("span.days_hours" if hours else "span.days", days=days, hours=hours)
    if not hours:
        return here.t("span.minutes", minutes=minutes)
    return here.t("span.hours_minutes" if minutes else "span.hours", hours=hours, minutes=minutes)


def ago(at: datetime) -> str:
    """Say how long ago a moment was."""
    return here.t("clock.ago", span=span(here.now() - at))


def moment(at: datetime) -> str:
    """Say a moment: only the time when it is today, the year only when it is another."""
    zone = here.ports().city.zone
    there, today = at.astimezone(zone), here.now().astimezone(zone)
    locale = _locale()
    if there.date() == today.date():
        return format_time(there, "short", locale=locale)
    spanish = locale.startswith("es")
    day = "EEE d MMM" if spanish else "EEE, MMM d"
    year = "" if there.year == today.year else (" y" if spanish else ", y")
    return format_datetime(there, f"{day}{year}, h:mm a", locale=locale)


def _locale() -> str:
    return "es_US" if here.language() == "es" else "en_US"
