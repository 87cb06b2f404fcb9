"""Card numbers must never reach us: what looks like one is neither read nor kept.

Cards are taken by the carrier's own payment step only. A resident may still say or key a card
number at any question, so twelve digits in a row (the shortest card number) are refused by
every listener, written or spoken, and `masked` hides them in whatever is kept of the turn.
"""

from typing import Final

from config.words import LANGUAGES
from ivr.heard import Heard
from ivr.listening.runs import runs, with_sound_alikes
from ivr.listening.shapes import MOST_DIGITS
from ivr.listening.text import tokens

_MOST_OF_A_WORD: Final = 4  # digits: "mil" is 1000
HIDDEN: Final = "(number not kept)"


def holds_card(text: str) -> bool:
    """Say whether twelve or more digits follow one another, spoken or written."""
    words = tokens(text)
    written = sum(len(word) for word in words if word.isdecimal())
    if _MOST_OF_A_WORD * len(words) + written <= MOST_DIGITS:
        return False  # most answers are that short, and every turn asks
    rows = [
        row
        for language in LANGUAGES
        for said in (words, with_sound_alikes(words, language))
        for row in runs(said, language)
    ]
    return max(map(len, rows), default=0) > MOST_DIGITS


def heard_card(heard: Heard) -> bool:
    """Tell why every listener gave None though something was heard: there was a card number."""
    return holds_card(heard.digits) or holds_card(heard.words)


def masked(text: str) -> str:
    """Return the text as it may be kept: itself, or only a note that a number was in it.

    Where spoken digits begin and end cannot be told surely, so nothing of such a text is kept.
    """
    return HIDDEN if holds_card(text) else text
