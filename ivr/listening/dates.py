"""The listener for dates, keyed (1103, 11*3) or said.

What words mean is told in nlp/spoken/dates.py; where two days could be meant, the flow asks back.
"""

from datetime import date
from typing import Final

from config.words import Language
from ivr.heard import Heard
from ivr.listening.cards import heard_card
from ivr.listening.shapes import Keys, Listener, Reading
from nlp.spoken.dates import said_date
from nlp.spoken.day_numbers import keyed_date

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
