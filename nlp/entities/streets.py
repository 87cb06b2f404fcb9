"""Streets at a place of a sentence: of Provo's grid ("five hundred west"), or by their name."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Final

from nlp.entities.sentence import Piece, Sentence
from nlp.entities.street_names import Index
from nlp.spoken.lists import word_set
from nlp.spoken.numerals import Number
from nlp.spoken.ordinals import ORDINALS
from nlp.spoken.street_words import DIRECTIONS, JOINERS, SMALL_WORDS, SPANISH_STREETS, STREETS

NUMBER_DIGITS: Final = 5  # of a house or a grid street, at most
_GRID_DIGITS: Final = 3  # from "500" on, a number stands for itself beside another
_FEWEST: Final = 20  # "10 west" is no street, "100 west" is the first
_MOST_GRID: Final = 50  # "fiftieth north"
_ANY_KIND: Final = "Street"  # said of avenues and lanes as well
_NAME_AND_KIND: Final = 4  # words of a street, at most
_LOOK_AHEAD: Final = 8  # no look goes further behind the last word
_MOST_MADE_UP: Final = 2  # words of a street's name that no list holds
_AROUND: Final = word_set("calle avenida la el the de")
_ENDS_NAME: Final = SMALL_WORDS | JOINERS
_NO_NAMES: Final = (
    SMALL_WORDS
    | {*STREETS}
    | word_set("""
    way lane minute minutes hour hours mile miles block blocks car cars foot feet side my this
    that busy dark another same other your their our his her
    """)
)
_SURE_KINDS: Final = word_set("street avenue road boulevard lane parkway highway")
_AFTER_STREET: Final = word_set("""
    in by near apartment apt unit suite provo utah and y on at is has en cerca esta please
    """) | {""}
# "Quinientos este" is a street, "500 este mes" is not: what may follow "este" as east.
_AFTER_ESTE: Final = word_set("""
    y con en and at de por hay cerca esta está esquina calle avenida se no porque donde entre casa
    norte sur north south para
    """) | {""}


@dataclass(frozen=True)
class Street:
    """A street from one piece up to another (not in it), as it will be written.

    `sure` when the words can hardly mean anything else: a grid street, or a kind beside the name.
    """

    first: int
    last: int
    written: str
    sure: bool
    grid: bool = False


class Reader:
    """Reads streets out of one sentence; places are those of its pieces.

    What is claimed when the reader is made is neither word nor number to it.
    """

    def __init__(self, sentence: Sentence, index: Index) -> None:
        self.sentence = sentence
        self.index = index
        free = [sentence.free(piece.first, piece.last) for piece in sentence.pieces]
        items = [
            piece.item if open_ else "" for piece, open_ in zip(sentence.pieces, free, strict=True)
        ]
        beyond = [""] * _LOOK_AHEAD
        self._words = [item if isinstance(item, str) else "" for item in items] + beyond
        self._digits = [item.digits if isinstance(item, Number) else "" for item in items] + beyond

    def piece(self, at: int) -> Piece | None:
        inside = 0 <= at < len(self.sentence.pieces)
        return self.sentence.pieces[at] if inside else None

    def word(self, at: int) -> str:
        """Return the word at this piece; "" for a number, a claimed word or the end."""
        return self._words[at]

    def number(self, at: int) -> str:
        """Return the digits of the number at this piece; "" for a word."""
        return self._digits[at]

    def raw(self, first: int, last: int) -> str:
        pieces = self.sentence.pieces
        return self.sentence.raw(pieces[first].first, pieces[last - 1].last)

    def direction(self, at: int) -> str:
        """Return "North" and so on; one letter counts behind digits, "este" where it is east."""
        word = self.word(at)
        found = DIRECTIONS.get(word, "")
        if len(word) == 1 and not self._may_be_letter(at):
            return ""
        east = word != "este" or self.word(at + 1) in _AFTER_ESTE
        return found if east else ""

    def _may_be_letter(self, at: int) -> bool:
        """Say whether one letter may be a direction: apart from the digits before it."""
        piece = self.sentence.pieces[at]
        long = len(self.number(at - 1)) >= _GRID_DIGITS
        return long and self.sentence.gap(piece.first).isspace()

    def numbers_end(self, at: int) -> int:
        """Return the piece behind the numbers that make one house number or grid street."""
        digits, place = self.number(at), at + 1
        while digits and (more := self.number(place)) and _joins(digits, more):
            digits, place = digits + more, place + 1
        return place if 0 < len(digits) <= NUMBER_DIGITS else at

    def street(self, at: int, *, strong: bool = False) -> Street | None:
        """Read a street that begins here; `strong` when a street must stand here."""
        first = at
        while self.word(at) in _AROUND:
            at += 1
        called = any(self.word(place) in SPANISH_STREETS for place in range(first, at))
        street = self._grid(at) or self._named(at, strong=strong or called, called=called)
        return street and Street(first, street.last, street.written, street.sure, street.grid)

    def _grid(self, at: int) -> Street | None:
        end = self.numbers_end(at)
        if end == at:
            end = at + self.is_ordinal(at)
        elif not self.is_ordinal(at) and int(self.raw_digits(at, end)) < _FEWEST:
            return None
        if end == at or not self.direction(end):
            return None
        return Street(at, end + 1, self.raw(at, end + 1), sure=True, grid=True)

    def raw_digits(self, first: int, last: int) -> str:
        return "".join(self.number(place) for place in range(first, last))

    def is_ordinal(self, at: int) -> bool:
        """Say whether "fifth" or "5th" stands here."""
        piece = self.piece(at)
        if piece is None or not self.sentence.words[piece.first].ordinal:
            return False
        digits = self.number(at)
        value = int(digits) if len(digits) == 1 or digits[:1] in {*"12345"} else 0
        return 0 < ORDINALS.get(self.word(at), value) <= _MOST_GRID

    def _named(self, at: int, *, strong: bool, called: bool) -> Street | None:
        start = at + bool(self.direction(at) and self.word(at + 1))
        ahead = (self.word(place) for place in range(start, start + _NAME_AND_KIND))
        names = [*takewhile(_may_name, ahead)]
        found = self.index.exact(names)
        if found is None and (strong or self._has_kind(names)):
            found = self.index.like(names)
        if found is None:
            return None
        kind = STREETS.get("".join(names[found.words : found.words + 1]), "")
        if not strong and kind not in {"", _ANY_KIND, found.sign.split()[-1]}:
            return None  # "can you place" is not Canyon Road
        before = self.raw(at, start) + " " if start > at else ""
        end = start + found.words + bool(kind)
        return Street(at, end, before + found.sign, sure=bool(kind) or called)

    def _has_kind(self, names: Sequence[str]) -> bool:
        return any(name in STREETS for name in names[1:])

    def made_up(self, at: int) -> Street | None:
        """Read a street that no list holds, by its kind alone: "elm tree lane"."""
        start = at + bool(self.direction(at))
        for size in range(1, _MOST_MADE_UP + 1):
            names = [self.word(place) for place in range(start, start + size)]
            kind = self.word(start + size)
            plain = all(name and name not in _NO_NAMES for name in names)
            if plain and kind in STREETS and self._ends_street(kind, start + size + 1):
                return Street(at, start + size + 1, self.raw(at, start + size + 1), sure=True)
        return None

    def _ends_street(self, kind: str, after: int) -> bool:
        """Say whether a street ends here: not at the "st" of St. Louis, not at "can drive"."""
        return kind in _SURE_KINDS or self.word(after) in _AFTER_STREET


def _may_name(word: str) -> bool:
    return bool(word) and word not in _ENDS_NAME


def _joins(digits: str, more: str) -> bool:
    """Say whether two numbers are one, as "12 30" is 1230 and "15 500" is not."""
    apart = len(digits) > 1 and len(more) >= _GRID_DIGITS
    return not apart and len(digits) + len(more) <= NUMBER_DIGITS
