"""Amounts of money as people say them: whole cents, in both languages.

"148.92", "1 4 8 dollars and 9 2 cents", "one forty eight ninety two", "ciento cuarenta y ocho con
noventa y dos". Pesos are taken for dollars: many residents call dollars so. "One forty eight"
alone is 148 dollars: whoever asks, asks back before money moves.
"""

import re
from collections.abc import Sequence
from typing import Final

from config.words import Language
from nlp.spoken.folding import fold
from nlp.spoken.lists import word_set
from nlp.spoken.numerals import Number, scan
from nlp.spoken.runs import after_correction
from nlp.spoken.text import tokens

Item = Number | str

MOST_CENTS: Final = 1_000_000_00  # a million dollars; more is a mishearing
DOLLARS: Final = word_set("dollar dollars buck bucks dólar dólares peso pesos usd")
CENTS: Final = word_set("cent cents centavo centavos penny pennies ctvs")
POINT: Final = word_set("point dot punto coma")
AND: Final = word_set("and con y")
ONE: Final = word_set("a an un una")
_MANY: Final = frozenset({"dollars", "dolares", "pesos", "bucks", "usd"}) | CENTS
MONEY: Final = DOLLARS | CENTS
_OF_AMOUNTS: Final = MONEY | POINT | AND
_NO_AMOUNT: Final = word_set(
    "minus negative menos negativo million millions millón millones billion percent"
)
_THOUSANDS: Final = re.compile(
    r"(?<![0-9.,])([0-9]{1,3}(?:[.,][0-9]{3})+)(?![0-9])(?=([.,][0-9])?)"
)
_SIGN: Final = re.compile(r"[$] ?([0-9]+(?: point [0-9]{1,2})?)")
_DECIMAL: Final = re.compile(r"(?<![0-9.,])([0-9]+)[.,]([0-9]{1,2})(?![0-9]|[.,][0-9])")
_HUNDRED: Final = 100
_CENT_DIGITS: Final = 2
_HUNDREDS_DIGITS: Final = 3
_JOINED_DIGITS: Final = (5, 6)  # "14892" without a mark is more likely 148.92 than 14,892


def said_cents(words: str, language: Language) -> int | None:
    """Return the one amount in the words, in cents; None for none or for more than one."""
    said = tokens(_spelled_out(fold(words)))
    later = after_correction(said)
    if later:
        cents = _cents(_amount(_one_dollar(scan(later, language))))
        return _said_once(said, language) if cents is None else cents
    return _said_once(said, language)


def _said_once(said: Sequence[str], language: Language) -> int | None:
    return _cents(_amount(_one_dollar(scan(said, language))))


def _spelled_out(text: str) -> str:
    """Write "$1,234.50" as "1234 point 50 dollars": only words and digits are left to read."""
    text = _DECIMAL.sub(r"\1 point \2 ", _THOUSANDS.sub(_joined, text))
    return _SIGN.sub(r" \1 dollars ", text)


def _joined(match: re.Match[str]) -> str:
    digits = match[1].replace(",", "").replace(".", "")
    return digits if match[2] else f"{digits} dollars "


def _one_dollar(items: Sequence[Item]) -> list[Item]:
    """Take the article before money for a one ("a dollar fifty"), and "dollars dollars" once."""
    before, after = ["", *items], [*items[1:], ""]
    return [
        Number("1") if item in ONE and following in MONEY else item
        for previous, item, following in zip(before, items, after, strict=False)
        if item != previous or item not in MONEY
    ]


def _amount(items: Sequence[Item]) -> list[Item]:
    """Return the part that says an amount: the only one with numbers, or else with money."""
    parts = _parts(items)
    priced = [part for part in parts if MONEY & _words(part)]
    if _NO_AMOUNT & _words(items) or len(parts) != 1 != len(priced):
        return []
    return priced[0] if len(priced) == 1 else parts[0]


def _parts(items: Sequence[Item]) -> list[list[Item]]:
    """Rows of numbers and the words of money between them, without loose ends."""
    parts: list[list[Item]] = [[]]
    for item in items:
        if isinstance(item, Number) or item in _OF_AMOUNTS:
            parts[-1].append(item)
        else:
            parts.append([])
    return [_tidy(part) for part in parts if any(isinstance(item, Number) for item in part)]


def _tidy(part: list[Item]) -> list[Item]:
    first = next(place for place, item in enumerate(part) if item not in AND | _MANY)
    last = max(place for place, item in enumerate(part) if item not in AND | POINT)
    return part[first : last + 1]


def _words(items: Sequence[Item]) -> set[str]:
    return {item for item in items if isinstance(item, str)}


def _cents(items: list[Item]) -> int | None:
    dollars = _place(items, DOLLARS)
    if dollars is not None:
        return _with_dollars(items[:dollars], items[dollars + 1 :])
    cents = _place(items, CENTS)
    if cents is None:
        return _marked(items)
    return _only_cents(items[:cents]) if cents == len(items) - 1 else None


def _place(items: Sequence[Item], words: frozenset[str]) -> int | None:
    return next((place for place, item in enumerate(items) if item in words), None)


def _with_dollars(left: list[Item], right: list[Item]) -> int | None:
    """Read "148 dollars", "148 dollars and 92 cents", "148 point 92 dollars", "dollar fifty"."""
    if right and right[0] in AND:
        right = right[1:]
    if right and right[-1] in CENTS:
        right = right[:-1]
    left = left or [Number("1")]
    if right:
        return _sum(_whole(_numbers(left)), _part(_numbers(right)))
    return None if AND & _words(left) else _marked(left, dollars=True)


def _only_cents(items: list[Item]) -> int | None:
    """Read "92 cents", "9 2 cents", "148 con 92 centavos"."""
    numbers = _numbers(items)
    if numbers is None:
        return _marked(items)
    part = _part(numbers)
    return numbers[0].value if len(numbers) == 1 else _row(numbers) if part is None else part


def _marked(items: list[Item], *, dollars: bool = False) -> int | None:
    """With a point or an "and" between dollars and cents, or with nothing there."""
    mark = _place(items, POINT | AND)
    if mark is None:
        return _row(_numbers(items), dollars=dollars)
    left, right = _numbers(items[:mark] or [Number("0")]), _numbers(items[mark + 1 :])
    if items[mark] in POINT:
        return _sum(_whole(left), _decimals(right))
    loose = items[mark] != "con" and right is not None and len(_digits(right)) == 1
    return None if loose else _sum(_whole(left), _part(right))


def _numbers(items: Sequence[Item]) -> list[Number] | None:
    """Return the items when all of them are numbers."""
    numbers = [item for item in items if isinstance(item, Number)]
    return numbers if numbers and len(numbers) == len(items) else None


def _digits(numbers: Sequence[Number]) -> str:
    return "".join(number.digits for number in numbers)


def _sum(whole: int | None, part: int | None) -> int | None:
    return None if whole is None or part is None else whole * _HUNDRED + part


def _whole(numbers: list[Number] | None) -> int | None:
    """Dollars: one number, digits one by one, or "one forty eight"."""
    sizes = [len(number.digits) for number in numbers or ()]
    if numbers and (sizes in ([1], [1, 2]) or len(sizes) == 1 or set(sizes) == {1}):
        return int(_digits(numbers))
    return None


def _part(numbers: list[Number] | None) -> int | None:
    """Cents after dollars: "92", "9 2", "oh five", "five"."""
    digits = _digits(numbers or ())
    return int(digits) if 0 < len(digits) <= _CENT_DIGITS else None


def _decimals(numbers: list[Number] | None) -> int | None:
    """Cents after a point: "point five" is fifty."""
    digits = _digits(numbers or ())
    return int(digits.ljust(_CENT_DIGITS, "0")) if 0 < len(digits) <= _CENT_DIGITS else None


def _row(numbers: list[Number] | None, *, dollars: bool = False) -> int | None:
    """Numbers with no mark between: "148 92", "one forty eight ninety two", "1 4 8"."""
    if not numbers:
        return None
    digits = _digits(numbers)
    if len(numbers) == 1:
        joined = numbers[0].written and not dollars and len(digits) in _JOINED_DIGITS
        return int(digits) if joined else int(digits) * _HUNDRED
    if len(digits) == len(numbers):
        return _singles(digits, dollars=dollars)
    if [len(number.digits) for number in numbers] == [1, 2] and numbers[0].value:
        return int(digits) * _HUNDRED
    cents = 2 if len(numbers[-1].digits) == 1 else 1
    zero_led = cents == 1 or numbers[-2].digits == "0"
    part = _part(numbers[-cents:]) if zero_led else None
    return _sum(_whole(numbers[:-cents]), part)


def _singles(digits: str, *, dollars: bool) -> int | None:
    """Digits one by one: three are dollars, five or six end in cents, four may be either."""
    if dollars or len(digits) <= _HUNDREDS_DIGITS:
        return int(digits) * _HUNDRED
    return int(digits) if len(digits) in _JOINED_DIGITS else None
