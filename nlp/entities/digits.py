"""Long numbers: tickets by their check digit, accounts by length, phones that can be dialled."""

from collections.abc import Iterator
from itertools import zip_longest
from typing import Final

from config.check_digits import is_ticket_number
from nlp.entities.sentence import Claim, Piece, Sentence, pieces_of, rows
from nlp.spoken.amounts import AND
from nlp.spoken.cards import MOST_DIGITS
from nlp.spoken.digits import e164, said_digits
from nlp.spoken.numerals import Number
from nlp.spoken.runs import BETWEEN, after_correction, with_sound_alikes

_ACCOUNT_DIGITS: Final = 8
_FEWEST_DIGITS: Final = 5  # fewer may count anything: people, days, a house
_LONGEST_CORRECTION: Final = 4  # words: "let me start over"


def long_numbers(sentence: Sentence) -> Iterator[Claim]:
    """Find tickets, accounts and phones; of one that was taken back only the second."""
    if not sentence.numbered:
        return
    alike = with_sound_alikes(sentence.plain, sentence.language)
    found = [*_of(sentence, sentence.pieces)]
    if not found and alike != sentence.plain:
        found = [*_of(sentence, pieces_of(alike, sentence.language))]
    for claim, following in zip_longest(found, found[1:]):
        if following is None or not _taken_back(sentence, claim, following):
            yield claim


def _of(sentence: Sentence, pieces: list[Piece]) -> Iterator[Claim]:
    for row in rows(sentence, pieces, BETWEEN):
        if _count(row) >= _FEWEST_DIGITS:
            yield from _long(sentence, row)


def _count(row: list[Piece]) -> int:
    return sum(len(piece.item.digits) for piece in row if isinstance(piece.item, Number))


def _long(sentence: Sentence, row: list[Piece]) -> Iterator[Claim]:
    first, last = row[0].first, row[-1].last
    language = sentence.language_of(first, last)
    digits = said_digits(sentence.raw(first, last), language, _is_long)
    if digits:
        kind = _kind(digits)
        yield Claim(kind, first, last, e164(digits) if kind == "phone" else digits)


def _is_long(digits: str) -> bool:
    return bool(_kind(digits))


def _kind(digits: str) -> str:
    if is_ticket_number(digits):
        return "ticket"
    if len(digits) == _ACCOUNT_DIGITS:
        return "account"
    return "phone" if e164(digits) else ""


def _taken_back(sentence: Sentence, claim: Claim, following: Claim) -> bool:
    """Say whether "no wait" or "perdón" stands between two of a kind."""
    near = following.first - claim.last <= _LONGEST_CORRECTION
    return near and claim.kind == following.kind and _corrected(sentence, claim.last)


def _corrected(sentence: Sentence, place: int) -> bool:
    return bool(after_correction(sentence.plain[place : place + _LONGEST_CORRECTION + 1]))


def other_numbers(sentence: Sentence) -> Iterator[Claim]:
    """Find what is a number and nothing better: a ticket with a wrong check digit, half a phone."""
    for row in rows(sentence, sentence.pieces, BETWEEN - AND):
        digits = "".join(piece.item.digits for piece in row if isinstance(piece.item, Number))
        wanted = _FEWEST_DIGITS <= len(digits) <= MOST_DIGITS
        if wanted and not _corrected(sentence, row[-1].last):
            yield Claim("number", row[0].first, row[-1].last, digits)
