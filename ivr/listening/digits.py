"""The listeners for digits: account, ticket and phone numbers, house numbers, ZIP codes.

Keys are taken as they are; how speech is read is told in nlp/spoken/digits.py.
"""

from datetime import date
from functools import partial
from typing import Final

from config.check_digits import is_ticket_number
from config.words import Language
from ivr.heard import Heard
from ivr.listening.cards import heard_card
from ivr.listening.shapes import Keys, Listener, Outcome, Reading
from nlp.spoken.cards import MOST_DIGITS
from nlp.spoken.digits import Fits, e164, said_digits, said_numbers

_ACCOUNT_DIGITS: Final = 8
_HOUSE_DIGITS: Final = 6
_ZIP_DIGITS: Final = 5


def read_digits(heard: Heard, language: Language, fits: Fits) -> str | None:
    """Return the digits that were keyed or said and that fit, or None."""
    if heard_card(heard):
        return None
    keyed = _keyed(heard)
    if fits(keyed):
        return keyed
    return said_digits(heard.words, language, fits)


def _keyed(heard: Heard) -> str:
    """Return the keys when they are digits; a star among them makes them no number."""
    keys = heard.digits.rstrip("#")
    return keys if keys.isascii() and keys.isdecimal() else ""


def _of_length(size: int, digits: str) -> bool:
    return len(digits) == size


def _any_digits(digits: str) -> bool:
    return 0 < len(digits) <= MOST_DIGITS


def _read(
    fits: Fits, outcome: Outcome, heard: Heard, language: Language, _: date
) -> Reading | None:
    found = read_digits(heard, language, fits)
    return Reading(outcome, found) if found else None


def read_house_number(heard: Heard, language: Language, _: date) -> Reading | None:
    """Read the number of a house: the first that was said, one to six digits, no leading zeros."""
    if heard_card(heard):
        return None
    rows = [_keyed(heard), *said_numbers(heard.words, language)]
    numbers = [number for row in rows if (number := row.lstrip("0"))]
    good = bool(numbers) and len(numbers[0]) <= _HOUSE_DIGITS
    return Reading("house number", numbers[0]) if good else None


def read_phone(heard: Heard, language: Language, _: date) -> Reading | None:
    """Read a valid number of the North American plan, in E.164."""
    found = read_digits(heard, language, _is_phone)
    return Reading("phone number", e164(found)) if found else None


def _is_phone(digits: str) -> bool:
    return bool(e164(digits))


def _keys(most: int) -> Keys:
    return Keys(most=most, finish="#", speech=True, seconds=7, speech_seconds=2)


ACCOUNT_NUMBER: Final = Listener(
    "account number",
    ("account number",),
    _keys(_ACCOUNT_DIGITS),
    partial(_read, partial(_of_length, _ACCOUNT_DIGITS), "account number"),
)
TICKET_NUMBER: Final = Listener(
    "ticket number", ("ticket number",), _keys(9), partial(_read, is_ticket_number, "ticket number")
)
ZIP_CODE: Final = Listener(
    "zip code",
    ("zip code",),
    _keys(_ZIP_DIGITS),
    partial(_read, partial(_of_length, _ZIP_DIGITS), "zip code"),
)
DIGITS: Final = Listener(
    "digits", ("digits",), _keys(MOST_DIGITS), partial(_read, _any_digits, "digits")
)
PHONE_NUMBER: Final = Listener("phone number", ("phone number",), _keys(MOST_DIGITS), read_phone)
HOUSE_NUMBER: Final = Listener(
    "house number", ("house number",), _keys(_HOUSE_DIGITS), read_house_number
)
