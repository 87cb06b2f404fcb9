"""Dates from keys and speech: "tomorrow", "next friday", "el quince", "november 3rd", 1103.

A day without a year is the next such day, unless a named one ("november 3rd") has gone by less
than sixty days ago: then that is meant. "Next friday" is the Friday of next week and "el próximo
viernes" the coming one, as people say them; the flow asks back. Numbers are month, then day, in
both languages, unless the first cannot be a month.
"""

from datetime import date
from typing import Final

from config.words import Language
from ivr.heard import Heard
from ivr.listening.cards import heard_card
from ivr.listening.day_numbers import keyed_date
from ivr.listening.shapes import Keys, Listener, Reading
from ivr.listening.spoken_dates import said_date

_YEARS: Final = (1900, 2100)


def read_date(heard: Heard, language: Language, today: date) -> Reading | None:
    """Return the date in ISO 8601, or None when there is none, or none that exists."""
    if heard_card(heard):
        return None
    if heard.digits:
        found = keyed_date(heard.digits.rstrip("#"), today)
    else:
        found = said_date(heard.words, language, today)
    if found is None or not _YEARS[0] <= found.year <= _YEARS[1]:
        return None
    return Reading("date", found.isoformat())


DATE: Final = Listener(
    "date",
    ("date",),
    Keys(most=8, finish="#", speech=True, seconds=7, speech_seconds=2),
    read_date,
)
