"""Places as residents say them: addresses, cross streets, landmarks.

Provo's streets lie on a grid counted from the centre:
"five hundred west" is 500 West, and "fifth west" is said for it too. Spanish words for directions
and streets become the English ones that stand on the signs: "calle center y quinientos oeste" is
"Center Street & 500 West".
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from config.words import Language
from nlp.spoken.folding import fold
from nlp.spoken.numerals import Number, scan_places
from nlp.spoken.ordinals import ORDINALS, without_suffixes
from nlp.spoken.street_words import (
    DIRECTIONS,
    JOINERS,
    LEAD_INS,
    NOWHERE,
    SMALL_WORDS,
    SPANISH_STREETS,
    STREETS,
)
from nlp.spoken.text import FILLERS, holds

_PIECE: Final = re.compile(r"&|[^\W_]+(?:['’][^\W_]+)*")
_NUMBER_DIGITS: Final = 5  # of a house or a grid street, at most
_GRID_DIGITS: Final = 3  # "500": from here on a number stands for itself beside another
_HUNDRED: Final = 100
_MOST_GRID: Final = 50  # "fiftieth north" is the furthest street that is said so
_SHORT: Final = 4
_FULL_DIRECTIONS: Final = frozenset({"north", "south", "east", "west"})
_LOOSE_ENDS: Final = FILLERS - set(DIRECTIONS)  # "este" is "er", and east


@dataclass(frozen=True)
class Word:
    """One word of a place: as it will be written, as it is compared, and what it is."""

    text: str
    plain: str
    number: bool = False
    street: bool = False  # a direction or the kind of street: a street's name may end here


def tidy(said: str, language: Language) -> str:
    """Return the place as it is written on a work order; "" when no place was said."""
    words = _without_lead_in(_words(said, language))
    if not words or holds([word.plain for word in words], NOWHERE):
        return ""
    if all(word.number for word in words):
        return ""
    for step in (_merged, _gridded, _streets, _abbreviated, _crossed):
        words = step(words)
    return " ".join(_written(words))


def _words(said: str, language: Language) -> list[Word]:
    pieces = _PIECE.findall(said)
    plain = [fold(piece) for piece in pieces]
    return [
        Word(item.digits, item.digits, number=True)
        if isinstance(item, Number)
        else Word(pieces[place], plain[place])
        for item, place in scan_places(plain, language)
    ]


def _without_lead_in(words: list[Word]) -> list[Word]:
    keep = [place for place, word in enumerate(words) if word.plain not in LEAD_INS]
    last = [place for place, word in enumerate(words) if word.plain not in _LOOSE_ENDS]
    return words[keep[0] : last[-1] + 1] if keep and last else []


def _merged(words: list[Word]) -> list[Word]:
    """Join numbers: "1 20 north" is 120 North, but "15 500 west" stays two."""
    merged: list[Word] = []
    for word in words:
        last = merged[-1].plain if merged and merged[-1].number and word.number else ""
        apart = len(last) > 1 and len(word.plain) >= _GRID_DIGITS
        if last and not apart and len(last) + len(word.plain) <= _NUMBER_DIGITS:
            merged[-1] = Word(last + word.plain, last + word.plain, number=True)
        else:
            merged.append(word)
    return merged


def _gridded(words: list[Word]) -> list[Word]:
    """Directions after numbers, and "ninth east" as 900 East."""
    found: list[Word] = []
    for word in words:
        direction = DIRECTIONS.get(word.plain, "")
        grid = _grid_street(found[-1]) if found and direction else None
        if grid:
            found[-1:] = [grid, Word(direction, direction.lower(), street=True)]
        else:
            found.append(replace(word, street=word.plain in _FULL_DIRECTIONS))
    return found


def _grid_street(word: Word) -> Word | None:
    """Return the number before a direction; None when no number stands there."""
    if word.number:
        return word
    digits = without_suffixes(word.plain).strip()
    ordinal = ORDINALS.get(word.plain, int(digits) if _is_number(digits) else 0)
    street = str(ordinal * _HUNDRED)
    return Word(street, street, number=True) if 0 < ordinal <= _MOST_GRID else None


def _is_number(digits: str) -> bool:
    return digits.isascii() and digits.isdigit() and len(digits) <= _NUMBER_DIGITS


def _streets(words: list[Word]) -> list[Word]:
    """Write "calle center" as Center Street; before a number, "calle" says nothing more."""
    found: list[Word] = []
    kind = ""
    for word in words:
        if kind and not word.number and word.plain not in STREETS:
            found.extend([word, Word(kind, kind.lower(), street=True)])
            kind = ""
            continue
        kind = SPANISH_STREETS.get(word.plain, "")
        if word.plain in STREETS and found and found[-1].text in SPANISH_STREETS.values():
            found.pop()  # "calle freedom boulevard" is a boulevard
        if not kind:
            found.append(word)
    return found


def _abbreviated(words: list[Word]) -> list[Word]:
    """Write "center st" as Center Street, where the name ends: not the St of "st mary"."""
    ends = [*words[1:], Word("", "")]
    return [
        replace(word, text=STREETS[word.plain], street=True)
        if word.plain in STREETS and place and _name_ends(word, ends[place])
        else word
        for place, word in enumerate(words)
    ]


def _name_ends(word: Word, following: Word) -> bool:
    whole = len(word.plain) >= _SHORT
    return whole or not following.plain or following.street or following.plain in JOINERS


def _crossed(words: list[Word]) -> list[Word]:
    """Write the "and" between two streets as &; other ands stay words."""
    crossing = Word("&", "&")
    return [
        crossing
        if word.plain in JOINERS
        and 0 < place < len(words) - 1
        and (words[place - 1].street or (len(words) <= _SHORT and word.plain != "at"))
        else word
        for place, word in enumerate(words)
    ]


def _written(words: Sequence[Word]) -> list[str]:
    return [
        word.text.lower()
        if place and word.plain in SMALL_WORDS
        else word.text[:1].upper() + word.text[1:]
        for place, word in enumerate(words)
    ]
