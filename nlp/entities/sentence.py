"""One sentence as the finders read it: words with their places, and which are claimed already."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Final

from config.words import Language
from nlp.spoken.folding import fold
from nlp.spoken.lists import word_set
from nlp.spoken.numerals import Number, scan_places
from nlp.spoken.ordinals import ORDINALS, WRITTEN_ENDING, as_cardinals

_WORD: Final = re.compile(rf"(?:\$ ?)?(?:[a-z]+|[0-9]+(?:{WRITTEN_ENDING})?)")
_ENDED: Final = re.compile(r"[.,;:!?]\s")
_NUMBER: Final = re.compile("[0-9]+")

# Words that are surely of one language: they settle "once", "o" and "ten".
_SPANISH: Final = word_set("""
    el la los las un una de del que y en mi es por para con se no lo al mi su hay esta son como
    uno dos tres cuatro cinco seis siete ocho nueve diez cero cien ciento mil doble veinte treinta
    cuarenta cincuenta sesenta setenta ochenta noventa quinientos doscientos cuenta quiero pagar
    numero telefono reporte dolares pesos centavos calle norte sur oeste este favor
    """)
_ENGLISH: Final = word_set("""
    the a an of and in my is for to with it i you at on was what this that they have has
    one two three four five six seven eight nine ten zero oh hundred thousand double twenty thirty
    forty fifty sixty seventy eighty ninety account want pay number phone ticket dollars bucks
    cents street north south west east please
    """)


@dataclass(frozen=True)
class Word:
    """One word: as it is compared, and where it stands in the text.

    "3rd" is compared as 3, with `ordinal`; a dollar sign belongs to the word behind it.
    """

    plain: str
    start: int
    end: int
    ordinal: bool


@dataclass(frozen=True)
class Claim:
    """The words from `first` up to `last` (not in it) name one thing."""

    kind: str
    first: int
    last: int
    value: str


@dataclass(frozen=True)
class Piece:
    """One item of a scan: a number or a word, and its words from `first` up to `last`."""

    item: Number | str
    first: int
    last: int


@dataclass
class Sentence:
    """The text with its words; `taken` says which of them are claimed."""

    text: str
    words: Sequence[Word]
    taken: list[bool] = field(default_factory=list[bool])

    def __post_init__(self) -> None:
        self.taken = [False] * len(self.words)

    @cached_property
    def plain(self) -> list[str]:
        return [word.plain for word in self.words]

    @cached_property
    def said(self) -> frozenset[str]:
        return frozenset(self.plain)

    @cached_property
    def language(self) -> Language:
        return _language(self.plain, "en")

    @cached_property
    def pieces(self) -> list[Piece]:
        """Numbers and words; ordinals stay words."""
        return pieces_of(self.plain, self.language)

    @cached_property
    def numbered(self) -> bool:
        """Whether there is any number in it: most sentences have none."""
        return any(isinstance(piece.item, Number) for piece in self.pieces)

    @cached_property
    def counted(self) -> list[Piece]:
        """As `pieces`, with ordinals as numbers: "the twenty first" holds 21."""
        if not any(word.ordinal for word in self.words):
            return self.pieces
        return pieces_of(as_cardinals(self.plain), self.language)

    def language_of(self, first: int, last: int) -> Language:
        """Return the language of these words; the sentence's where they do not tell."""
        return _language(self.plain[first:last], self.language)

    def raw(self, first: int, last: int) -> str:
        """Return the text of these words as it came."""
        return self.text[self.words[first].start : self.words[last - 1].end]

    def before(self, place: int, size: int = 1) -> list[str]:
        """Return up to `size` words before this place."""
        return self.plain[max(place - size, 0) : place]

    def after(self, place: int) -> str:
        """Return the word at this place; "" behind the end."""
        return self.plain[place] if place < len(self.words) else ""

    def gap(self, place: int) -> str:
        """Return what stands between the word before this place and the word at it."""
        return self.text[self.words[place - 1].end : self.words[place].start]

    def parted(self, place: int) -> bool:
        """Say whether a comma or full stop parts this word from the one before."""
        return bool(_ENDED.search(self.gap(place)))

    def free(self, first: int, last: int) -> bool:
        """Say whether none of these words is claimed."""
        return not any(self.taken[first:last])

    def take(self, claim: Claim) -> None:
        self.taken[claim.first : claim.last] = [True] * (claim.last - claim.first)


def sentence_of(text: str) -> Sentence:
    """Split any text in words, folded, each with its place in the text."""
    letters, origins = _folded(text)
    words: list[Word] = []
    for match in _WORD.finditer(letters):
        word = _word(match.group(), origins[match.start()], origins[match.end() - 1] + 1)
        if not words or word.start >= words[-1].end:  # "½" is one letter and folds to two numbers
            words.append(word)
    return Sentence(text, words)


def _word(found: str, start: int, end: int) -> Word:
    bare = found.lstrip("$ ")
    number = _NUMBER.match(bare)
    plain = number.group() if number else bare
    return Word(plain, start, end, ordinal=plain != bare or plain in ORDINALS)


def _folded(text: str) -> tuple[str, Sequence[int]]:
    """Fold letter by letter, and say of each letter where in the text it came from."""
    folded = [_letter(letter) for letter in text]
    origins = [place for place, letters in enumerate(folded) for _ in letters]
    return "".join(folded), origins


@lru_cache(maxsize=512)
def _letter(letter: str) -> str:
    return fold(letter)


def _language(words: Sequence[str], otherwise: Language) -> Language:
    spanish = sum(word in _SPANISH for word in words)
    english = sum(word in _ENGLISH for word in words)
    if spanish == english:
        return otherwise
    return "es" if spanish > english else "en"


def pieces_of(words: Sequence[str], language: Language) -> list[Piece]:
    """Scan the words for numbers; every word is in exactly one piece."""
    found = scan_places(words, language)
    ends = (place for _, place in [*found[1:], ("", len(words))])
    return [Piece(item, place, end) for (item, place), end in zip(found, ends, strict=False)]


def rows(
    sentence: Sentence, pieces: Sequence[Piece], joins: frozenset[str]
) -> Iterator[list[Piece]]:
    """Yield each row of free numbers with nothing but `joins` between them."""
    row: list[Piece] = []
    for piece in pieces:
        joined = isinstance(piece.item, Number) or piece.item in joins
        if not joined or not sentence.free(piece.first, piece.last):
            yield from _trimmed(row)
            row = []
            continue
        row.append(piece)
    yield from _trimmed(row)


def _trimmed(row: list[Piece]) -> Iterator[list[Piece]]:
    """Yield the row from its first number to its last, if it has one."""
    numbers = [place for place, piece in enumerate(row) if isinstance(piece.item, Number)]
    if numbers:
        yield row[numbers[0] : numbers[-1] + 1]
