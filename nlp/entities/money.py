"""Amounts of money in a sentence: with their mark anywhere, bare ones where money is spoken of."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from nlp.entities.sentence import Claim, Piece, Sentence
from nlp.spoken.amounts import AND, MONEY, MOST_CENTS, ONE, POINT, said_cents
from nlp.spoken.lists import word_set
from nlp.spoken.numerals import Number

_HUNDRED: Final = 100
_SPOKEN_OF: Final = word_set("""
    bill bills pay paying paid payment payments balance owe owed owes charge charged charges amount
    fee fine deposit refund due total cost costs price credit invoice
    pagar pago pagos pagué pague pagando saldo debo debe deuda cobraron cobran cobro cobró multa
    total monto cantidad factura recibo depósito reembolso cargo precio cuesta costó
    """)
# What may stand on either side of a single bare number that is money.
_BEFORE: Final = word_set("""
    of is was for pay paid paying owe owed about around like only total balance amount bill just
    de es fue por pagar pago pagué debo como unos solo son saldo total monto cobraron cobran
    """)
_AFTER: Final = word_set("""
    on for by today tomorrow please and but from to right is was if now more less with y el hoy
    mañana por para pero en de a ahora más menos con si o or last this every already ya este cada al
    """)
# After these a pair of numbers is a time, a year or something else's number.
_NOT_AFTER: Final = word_set("""
    at since las la desde number número account cuenta ticket reporte apartment unit suite route
    highway year año room extension
    """)
_VAGUE: Final = word_set("couple few several")
_LONE: Final = word_set("um uh it's its that's is about like around so yes es son como pues sí")


def marked_amounts(sentence: Sentence) -> Iterator[Claim]:
    """Find amounts with a dollar sign or a word of money: "$148.92", "a hundred bucks"."""
    for row in _rows(sentence):
        if _marked(sentence, row):
            yield from _longest(sentence, row)


def bare_amounts(sentence: Sentence) -> Iterator[Claim]:
    """Find amounts without a mark: "148.92", "pay 148 92", "mil doscientos" and nothing else."""
    for row in _rows(sentence):
        if not _marked(sentence, row) and _likely(sentence, row):
            yield from _whole(sentence, row)


def _rows(sentence: Sentence) -> list[list[Piece]]:
    """Rows of free numbers, words of money and what joins them; a comma ends a row."""
    found: list[list[Piece]] = [[]]
    for piece in sentence.pieces if _any(sentence) else ():
        if piece.first and sentence.parted(piece.first):
            found.append([])
        if sentence.free(piece.first, piece.last) and _belongs(sentence, piece):
            found[-1].append(piece)
        else:
            found.append([])
    tidied = (_tidy(row) for row in found)
    return [row for row in tidied if row]


def _any(sentence: Sentence) -> bool:
    return sentence.numbered or bool(sentence.said & MONEY)


def _belongs(sentence: Sentence, piece: Piece) -> bool:
    if isinstance(piece.item, Number):
        return True
    article = piece.item in ONE and sentence.after(piece.last) in MONEY
    return article or piece.item in MONEY | POINT | AND


def _tidy(row: list[Piece]) -> list[Piece]:
    keep = [place for place, piece in enumerate(row) if piece.item not in AND | POINT]
    return row[keep[0] : keep[-1] + 1] if keep and _numbers(row) else []


def _numbers(row: Sequence[Piece]) -> list[Piece]:
    return [piece for piece in row if isinstance(piece.item, Number) or piece.item in ONE]


def _marked(sentence: Sentence, row: Sequence[Piece]) -> bool:
    words = {piece.item for piece in row}
    return bool(words & MONEY) or any(_signed(sentence, piece) for piece in row)


def _signed(sentence: Sentence, piece: Piece) -> bool:
    return sentence.raw(piece.first, piece.last).startswith("$")


def _longest(sentence: Sentence, row: list[Piece]) -> Iterator[Claim]:
    """Claim the row, or the longest end of it that says an amount: "2 meters 40 dollars"."""
    if sentence.before(row[0].first)[-1:] and sentence.before(row[0].first)[0] in _VAGUE:
        return
    for place in range(len(row)):
        claims = [*_whole(sentence, row[place:])]
        if claims:
            yield claims[0]
            return


def _whole(sentence: Sentence, row: Sequence[Piece]) -> Iterator[Claim]:
    first, last = row[0].first, row[-1].last
    cents = said_cents(sentence.raw(first, last), sentence.language_of(first, last))
    if cents is not None and cents <= MOST_CENTS:
        yield Claim("amount", first, last, f"{cents // _HUNDRED}.{cents % _HUNDRED:02}")


def _likely(sentence: Sentence, row: list[Piece]) -> bool:
    """Say whether a bare row is money: by its shape, by the talk around it, or as all there is."""
    if _NOT_AFTER & {*sentence.before(row[0].first)}:
        return False
    if _has_decimals(sentence, row) or "con" in {piece.item for piece in row}:
        return True
    lone = set(sentence.plain) - _words(sentence, row) <= _LONE
    talked = bool(_SPOKEN_OF & sentence.said)
    if len(row) > 1:
        return talked or (lone and not _one_by_one(row))
    spoken = row[0].last - row[0].first > 1
    return (lone and spoken) or (talked and _stands_alone(sentence, row[0]))


def _words(sentence: Sentence, row: Sequence[Piece]) -> set[str]:
    return {*sentence.plain[row[0].first : row[-1].last]}


def _has_decimals(sentence: Sentence, row: Sequence[Piece]) -> bool:
    """Say whether it is written as "148.92": a point, and two digits after it."""
    return any(
        sentence.gap(cents.first) == "." and len(sentence.plain[cents.first]) == len("92")
        for _, cents in pairwise(row)
    )


def _one_by_one(row: Sequence[Piece]) -> bool:
    return all(len(piece.item.digits) == 1 for piece in row if isinstance(piece.item, Number))


def _stands_alone(sentence: Sentence, piece: Piece) -> bool:
    before = sentence.before(piece.first)
    after = sentence.after(piece.last)
    return bool(_BEFORE & {*before}) and (not after or after in _AFTER)
