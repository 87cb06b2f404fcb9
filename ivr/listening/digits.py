"""Strings of digits: account, ticket and phone numbers, house numbers, ZIP codes.

Keys are taken as they are. Speech has several readings ("one hundred twenty three" may be 123 or
100 23); the likeliest that fits what was asked for is taken, and where two different ones fit
equally well, none is: asking again costs less than the wrong account.
"""

from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from typing import Final

import phonenumbers

from config.check_digits import is_ticket_number
from config.words import Language
from ivr.heard import Heard
from ivr.listening.cards import heard_card
from ivr.listening.numerals import Join
from ivr.listening.runs import after_correction, runs, with_sound_alikes
from ivr.listening.shapes import MOST_DIGITS, Keys, Listener, Outcome, Reading
from ivr.listening.text import tokens

Fits = Callable[[str], bool]
Rows = list[str]

_JOINS: Final[tuple[Join, ...]] = ("whole", "hundreds apart", "tens apart")
_EXCLAIMED: Final = (["oh"], ["o"])
_ACCOUNT_DIGITS: Final = 8
_HOUSE_DIGITS: Final = 6
_ZIP_DIGITS: Final = 5
_PHONE_DIGITS: Final = 10


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


def said_digits(words: str, language: Language, fits: Fits) -> str | None:
    """Return the likeliest reading of speech as digits that fits, or None."""
    for rows in _readings(tokens(words), language):
        found = _fitting(rows, fits)
        if found:
            return found
    return None


def _readings(words: list[str], language: Language) -> Iterator[Rows]:
    """Yield rows of digits, likeliest first.

    What follows a correction, then all of it: each as said, and with its numbers cut smaller.
    After that without a first "oh", or with "for" as four.
    """
    after = after_correction(words)
    heard_as = [after, words] if after else [words]
    for said in heard_as:
        yield from (runs(said, language, join) for join in _JOINS)
    for said in heard_as:
        less = said[1:] if said[:1] in _EXCLAIMED else with_sound_alikes(said, language)
        yield from (runs(less, language, join) for join in _JOINS)


def _fitting(rows: Rows, fits: Fits) -> str | None:
    whole = "".join(rows)
    if fits(whole):
        return whole
    good = {row for row in rows if fits(row)}
    return good.pop() if len(good) == 1 else None


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
    words = tokens(heard.words)
    rows = [_keyed(heard), *runs(after_correction(words), language), *runs(words, language)]
    numbers = [number for row in rows if (number := row.lstrip("0"))]
    good = bool(numbers) and len(numbers[0]) <= _HOUSE_DIGITS
    return Reading("house number", numbers[0]) if good else None


def read_phone(heard: Heard, language: Language, _: date) -> Reading | None:
    """Read a valid number of the North American plan, in E.164."""
    found = read_digits(heard, language, _is_phone)
    return Reading("phone number", _e164(found)) if found else None


def _is_phone(digits: str) -> bool:
    return bool(_e164(digits))


def _e164(digits: str) -> str:
    """E.164 of ten digits, or of eleven with the country code first; "" for no valid number."""
    ten = digits[1:] if len(digits) > _PHONE_DIGITS and digits[0] == "1" else digits
    if len(ten) != _PHONE_DIGITS:
        return ""
    number = phonenumbers.parse(f"+1{ten}", None)
    valid = phonenumbers.is_valid_number(number)
    return f"+1{ten}" if valid else ""


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
