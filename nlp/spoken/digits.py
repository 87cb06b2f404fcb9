"""Strings of digits in speech: account, ticket and phone numbers, house numbers.

Speech has several readings ("one hundred twenty three" may be 123 or 100 23); the likeliest that
fits what was asked for is taken, and where two different ones fit equally well, none is: asking
again costs less than the wrong account.
"""

from collections.abc import Callable, Iterator
from typing import Final

import phonenumbers

from config.words import Language
from nlp.spoken.numerals import Join
from nlp.spoken.runs import after_correction, runs, with_sound_alikes
from nlp.spoken.text import tokens

Fits = Callable[[str], bool]
Rows = list[str]

_JOINS: Final[tuple[Join, ...]] = ("whole", "hundreds apart", "tens apart")
_EXCLAIMED: Final = (["oh"], ["o"])
_PHONE_DIGITS: Final = 10


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


def said_numbers(words: str, language: Language) -> Iterator[str]:
    """Yield the digits of each row of numbers, those after a correction first."""
    said = tokens(words)
    yield from runs(after_correction(said), language)
    yield from runs(said, language)


def e164(digits: str) -> str:
    """E.164 of ten digits, or of eleven with the country code first; "" for no valid number."""
    ten = digits[1:] if len(digits) > _PHONE_DIGITS and digits[0] == "1" else digits
    if len(ten) != _PHONE_DIGITS:
        return ""
    number = phonenumbers.parse(f"+1{ten}", None)
    valid = phonenumbers.is_valid_number(number)
    return f"+1{ten}" if valid else ""
