"""Numbers, amounts and addresses named in a sentence: a few patterns, each with its plain value."""

import re
from collections.abc import Callable
from functools import partial

from nlp.answers import Entity

_DIGIT_WORDS = {
    **dict.fromkeys(["zero", "oh", "cero"], "0"), **dict.fromkeys(["one", "uno"], "1"),
    **dict.fromkeys(["two", "dos"], "2"), **dict.fromkeys(["three", "tres"], "3"),
    **dict.fromkeys(["four", "cuatro"], "4"), **dict.fromkeys(["five", "cinco"], "5"),
    **dict.fromkeys(["six", "seis"], "6"), **dict.fromkeys(["seven", "siete"], "7"),
    **dict.fromkeys(["eight", "ocho"], "8"), **dict.fromkeys(["nine", "nueve"], "9"),
}  # fmt: skip
_DIGIT = rf"(?:\d|\b(?:{'|'.join(_DIGIT_WORDS)})\b)"
_LONG_NUMBER = re.compile(rf"\b{_DIGIT}(?:[\s().-]{{0,3}}{_DIGIT}){{7,10}}(?!\d)", re.IGNORECASE)
_ONE_DIGIT = re.compile(_DIGIT, re.IGNORECASE)
_AMOUNT = re.compile(
    r"\$\s?(?P<a>\d{1,6})(?:\.(?P<ac>\d\d))?\b"
    r"|\b(?P<b>\d{1,6})(?:\.(?P<bc>\d\d))?\s(?:dollars?|bucks|d[oó]lares|pesos)"
    r"(?:\s(?:and|con|y)\s(?P<c>\d\d?)(?:\s(?:cents?|centavos))?\b)?",
    re.IGNORECASE,
)
_STREET = (
    r"street|avenue|road|drive|lane|circle|court|boulevard|way|st|ave|rd|dr|ln|blvd|calle|avenida"
)
_SIDE = r"north|south|east|west|norte|sur|este|oeste|n|s|e|w"
_ADDRESS = re.compile(
    rf"\b\d{{1,5}}\s(?:(?:{_SIDE})\s)?(?:\d{{1,4}}\s(?:{_SIDE})\b|(?:\w+\s){{1,3}}?(?:{_STREET})\b)",
    re.IGNORECASE,
)
_KINDS = {8: "account", 9: "ticket", 10: "phone", 11: "phone"}


def find_entities(text: str) -> tuple[Entity, ...]:
    """Find the entities of a clean text, in the order in which they were said."""
    finders: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Entity]], ...] = (
        (_LONG_NUMBER, _number),
        (_AMOUNT, _amount),
        (_ADDRESS, partial(_plainly, "address")),
    )
    placed = [(hit.start(), make(hit)) for find, make in finders for hit in find.finditer(text)]
    return tuple(entity for _, entity in sorted(placed, key=lambda pair: pair[0]))


def _number(hit: re.Match[str]) -> Entity:
    heard = [digit.group() for digit in _ONE_DIGIT.finditer(hit.group())]
    digits = [_DIGIT_WORDS.get(digit.lower(), digit) for digit in heard]
    return Entity(_KINDS[len(digits)], hit.group(), "".join(digits))


def _amount(hit: re.Match[str]) -> Entity:
    dollars = hit["a"] or hit["b"]
    cents = hit["ac"] or hit["bc"] or hit["c"] or "00"
    return Entity("amount", hit.group(), f"{int(dollars)}.{cents:0>2}")


def _plainly(kind: str, hit: re.Match[str]) -> Entity:
    return Entity(kind, hit.group(), " ".join(hit.group().split()))
