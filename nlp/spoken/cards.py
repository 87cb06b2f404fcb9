"""Card numbers must never be kept: what looks like one is neither read nor stored.

Cards are taken by the carrier's own payment step only. A resident may still say a card number at
any question, so twelve digits in a row (the shortest card number) are refused by whatever reads
speech, written or spoken, and `masked` hides them in whatever is kept of the turn.
"""

from typing import Final

from config.words import LANGUAGES, Language
from nlp.spoken.numerals import may_be_number
from nlp.spoken.runs import SOUNDS_LIKE, runs, with_sound_alikes
from nlp.spoken.text import tokens

MOST_DIGITS: Final = 11  # twelve digits in a row may be a card number: never kept (PCI DSS)

_MOST_OF_A_WORD: Final = 4  # digits: "mil" is 1000
HIDDEN: Final = "(number not kept)"


def holds_card(text: str) -> bool:
    """Say whether twelve or more digits follow one another, spoken or written."""
    words = tokens(text)
    if sum(map(_most_digits, words)) <= MOST_DIGITS:
        return False  # most sentences hold few numbers, and every turn asks
    rows = [
        row
        for language in LANGUAGES
        for said in _heard_as(words, language)
        for row in runs(said, language)
    ]
    return max(map(len, rows), default=0) > MOST_DIGITS


def _heard_as(words: list[str], language: Language) -> list[list[str]]:
    alike = with_sound_alikes(words, language)
    return [words] if alike == words else [words, alike]


def _most_digits(word: str) -> int:
    """Return how many digits of a row this word can add at most."""
    if word.isdecimal():
        return len(word)
    number = any(may_be_number(word, language) for language in LANGUAGES)
    return _MOST_OF_A_WORD if number else int(word in SOUNDS_LIKE)


def masked(text: str) -> str:
    """Return the text as it may be kept: itself, or only a note that a number was in it.

    Where spoken digits begin and end cannot be told surely, so nothing of such a text is kept.
    """
    return HIDDEN if holds_card(text) else text
