"""Rows of digits in what was said: "um 1 2 3 then forty five" is one row, 12345."""

from collections.abc import Sequence
from typing import Final

from config.words import Language
from nlp.spoken.lists import split_phrases, word_set
from nlp.spoken.numerals import Join, Number, is_digit, scan
from nlp.spoken.text import starts_at

# Words that do not end a number that is read aloud in groups.
BETWEEN: Final = word_set(
    "um uh er ah eh mm and y e then luego este dash hyphen guion space espacio comma coma"
)
# Written for two, four, eight, one and three when digits are read one by one.
SOUNDS_LIKE: Final = {
    "to": "two",
    "too": "two",
    "for": "four",
    "fore": "four",
    "ate": "eight",
    "won": "one",
    "tree": "three",
}

_CORRECTIONS: Final = split_phrases(
    "no wait, wait, sorry, i mean, i meant, correction, scratch that, let me start over, no, "
    "perdón, digo, quiero decir, quise decir, me equivoque, corrijo, espere, mejor dicho"
)


def runs(words: Sequence[str], language: Language, join: Join = "whole") -> list[str]:
    """Return the digits of each row of numbers; any other word begins a new row."""
    rows = [""]
    for item in scan(words, language, join):
        if isinstance(item, Number):
            rows[-1] += item.digits
        elif item not in BETWEEN:
            rows.append("")
    return [row for row in rows if row]


def with_sound_alikes(words: Sequence[str], language: Language) -> list[str]:
    """Take "to", "for" and their like for numbers where a single digit stands beside them."""
    ends = ["", *words, ""]
    single = [is_digit(word, language) for word in ends]
    return [
        SOUNDS_LIKE.get(word, word) if single[place] or single[place + 2] else word
        for place, word in enumerate(words)
    ]


def after_correction(words: Sequence[str]) -> list[str]:
    """Return what follows the last "no wait" or "perdón"; empty when nothing was taken back."""
    ends = [place + len(phrase) for phrase in _CORRECTIONS for place in starts_at(words, phrase)]
    return list(words[max(ends) :]) if ends else []
