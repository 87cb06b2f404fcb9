"""The listener for amounts of money: whole cents, keyed or said.

Keys: the last two digits are cents (14892 is 148.92), or a star parts them (148*92, 148*). What
speech means is told in nlp/spoken/amounts.py.
"""

from datetime import date
from typing import Final

from config.words import Language
from ivr.heard import Heard
from ivr.listening.cards import heard_card
from ivr.listening.shapes import Keys, Listener, Reading
from nlp.spoken.amounts import MOST_CENTS, said_cents

_HUNDRED: Final = 100
_CENT_DIGITS: Final = 2


def read_amount(heard: Heard, language: Language, _: date) -> Reading | None:
    """Whole cents, from nothing to a million dollars."""
    if heard_card(heard):
        return None
    cents = _keyed(heard.digits) if heard.digits else said_cents(heard.words, language)
    return None if cents is None or cents > MOST_CENTS else Reading("amount", cents)


def _keyed(digits: str) -> int | None:
    whole, star, part = digits.rstrip("#").partition("*")
    if not whole.isdecimal() or (part and len(part) != _CENT_DIGITS) or "*" in part:
        return None
    return int(whole) * _HUNDRED + int(part or 0) if star else int(whole)


AMOUNT: Final = Listener(
    "amount",
    ("amount",),
    Keys(most=8, finish="#", speech=True, seconds=7, speech_seconds=2),
    read_amount,
)
