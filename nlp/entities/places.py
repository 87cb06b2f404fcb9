"""Places in a sentence: addresses, cross streets, and streets alone, written as on the signs."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from nlp.entities.sentence import Claim, Sentence
from nlp.entities.street_names import index_of
from nlp.entities.streets import Reader, Street
from nlp.spoken.lists import word_set
from nlp.spoken.places import tidy
from nlp.spoken.street_words import DIRECTIONS, JOINERS, SPANISH_STREETS, STREETS

_CORNER: Final = word_set("""
    corner intersection between cross crossing esquina intersección entre cruce cruza crucero
    """)
_OF_PLACES: Final = _CORNER | {*STREETS, *SPANISH_STREETS, *DIRECTIONS}  # one at least
_UNIT: Final = word_set("""
    apartment apt unit suite apartamento departamento unidad number numero room
    """)
_HOUSE: Final = word_set("number numero no")


@dataclass(frozen=True)
class _Place:
    kind: str
    first: int
    last: int
    written: str


def places(sentence: Sentence, *, streets: tuple[str, ...]) -> Iterator[Claim]:
    """Find addresses, cross streets and single streets, in the order in which they were said."""
    if not _OF_PLACES & sentence.said:
        return
    reader = Reader(sentence, index_of(streets))
    at = 0
    while at < len(sentence.pieces):
        place = _place(reader, at)
        if place:
            yield _claim(sentence, place)
        at = place.last if place else at + 1


def _claim(sentence: Sentence, place: _Place) -> Claim:
    first = sentence.pieces[place.first].first
    last = sentence.pieces[place.last - 1].last
    return Claim(place.kind, first, last, tidy(place.written, sentence.language_of(first, last)))


def _place(reader: Reader, at: int) -> _Place | None:
    if not (reader.number(at) or reader.word(at)):
        return None
    return _address(reader, at) or _crossing(reader, at) or _alone(reader, at)


def _address(reader: Reader, at: int) -> _Place | None:
    """Read "1240 north 900 east", "351 west center street", "45 elm lane", "calle center 351"."""
    house = reader.numbers_end(at)
    if house == at or reader.is_ordinal(at):
        return _spanish_address(reader, at)
    direction = house + bool(reader.direction(house))
    street = reader.street(direction, strong=direction > house) or reader.made_up(direction)
    if street is None or not (street.sure or direction > house):
        return None
    if direction == house and street.grid:
        return None
    end, unit = _unit(reader, street.last)
    return _Place("address", at, end, f"{reader.raw(at, direction)} {street.written}{unit}")


def _spanish_address(reader: Reader, at: int) -> _Place | None:
    """Read "calle center 351", "calle center número 351": the house last."""
    if reader.word(at) not in SPANISH_STREETS:
        return None
    street = reader.street(at)
    if street is None or street.grid:
        return None
    house = street.last + (reader.word(street.last) in _HOUSE)
    end = reader.numbers_end(house)
    if end == house or reader.direction(end):
        return None
    last, unit = _unit(reader, end)
    return _Place("address", at, last, f"{reader.raw(house, end)} {street.written}{unit}")


def _unit(reader: Reader, at: int) -> tuple[int, str]:
    """Return where "apartment 4" ends, and how it is written; `at` and "" where there is none."""
    if reader.word(at) not in _UNIT:
        return at, ""
    number = at + 1 + (reader.word(at + 1) in _HOUSE)
    end = reader.numbers_end(number)
    if end == number and len(reader.word(number)) == 1:
        end = number + 1
    return (at, "") if end == number else (end, f" {reader.raw(at, end)}")


def _crossing(reader: Reader, at: int) -> _Place | None:
    """Read "center and university" at a corner, "900 east y 500 norte" anywhere."""
    corner = bool(_CORNER & reader.sentence.said)
    one = reader.street(at, strong=corner)
    second = _second(reader, one.last) if one else 0
    if one is None or not second:
        return None
    other = reader.street(second, strong=corner or one.sure)
    if other is None or not (corner or one.sure or other.sure):
        return None
    return _Place("crossing", at, other.last, f"{one.written} and {other.written}")


def _second(reader: Reader, at: int) -> int:
    """Return where the second street may begin: behind "and", "y", "at", "con" or "&"; else 0."""
    if reader.word(at) in JOINERS:
        return at + 1
    piece = reader.piece(at)
    return at if piece and "&" in reader.sentence.gap(piece.first) else 0


def _alone(reader: Reader, at: int) -> _Place | None:
    street: Street | None = reader.street(at)
    if street is None or not street.sure or reader.word(at) in {"la", "el", "the", "de"}:
        return None
    return _Place("street", at, street.last, street.written)
