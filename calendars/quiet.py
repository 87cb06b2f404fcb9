"""The hours in which no notice is sent to a resident."""

from datetime import date, datetime, timedelta

from calendars.timeline import civil_moment, datetime_of, moment_of
from config.hours import QuietHours


def next_allowed(moment: datetime, quiet: QuietHours) -> datetime:
    """Return the moment itself (in UTC) when a notice may go out, or else when the quiet hours end.

    Raises ValueError for a naive moment.
    """
    now = moment_of(moment)
    today = moment.astimezone(quiet.zone).date()
    nights = (_night(today + timedelta(days), quiet) for days in (-1, 0))
    ends = next((end for start, end in nights if start <= now < end), now)
    return datetime_of(ends)


def is_allowed(moment: datetime, quiet: QuietHours) -> bool:
    """Say whether a notice may go out at this moment."""
    return moment_of(next_allowed(moment, quiet)) == moment_of(moment)


def _night(day: date, quiet: QuietHours) -> tuple[int, int]:
    """Return the quiet hours that start on a date. Equal times mean none at all."""
    if quiet.starts == quiet.ends:
        return 0, 0
    last = day + timedelta(1) if quiet.ends < quiet.starts else day
    return civil_moment(quiet.zone, day, quiet.starts), civil_moment(quiet.zone, last, quiet.ends)
