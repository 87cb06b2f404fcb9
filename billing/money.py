"""Money: whole cents as int, never a float; how a fraction is rounded, split, shown and read."""

import re
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Final

from billing.errors import BadAmount
from config.words import Language

Cents = int

MOST: Final = 10**14  # a trillion dollars: anything above is a mistake, and bigint holds it
WRITTEN: Final = re.compile(
    r"(?P<minus>-?)\$?(?P<dollars>\d{1,3}(,\d{3})+|\d+)(\.(?P<cents>\d{2}))?"
)


def half_up(amount: Decimal) -> Cents:
    """Round an amount in cents to a whole cent, a tie away from zero: the city's rounding rule.

    Raises BadAmount for anything but a finite Decimal.
    """
    if type(amount) is not Decimal or not amount.is_finite():
        raise BadAmount("decimal", f"{amount!r} is no exact amount", "Compute with Decimal.")
    try:
        return whole(int(amount.quantize(Decimal(1), ROUND_HALF_UP)))
    except InvalidOperation:
        raise BadAmount("size", f"{amount} cents cannot be right", "Check the figures.") from None


def whole(cents: object) -> Cents:
    """Give these cents back where they are a whole number of a credible size.

    Raises BadAmount: a float, a text, True, or beyond a trillion dollars.
    """
    if type(cents) is not int:
        raise BadAmount("whole cents", f"{cents!r} is no whole number of cents", "Give an int.")
    if abs(cents) > MOST:
        raise BadAmount("size", f"{cents} cents cannot be right", "Check the figures.")
    return cents


def above_zero(cents: object) -> Cents:
    """Give these cents back where they are whole and above zero; raises BadAmount."""
    checked = whole(cents)
    if checked <= 0:
        raise BadAmount("above zero", f"{checked} cents is not above zero", "Reverse instead.")
    return checked


def share(cents: Cents, weights: Sequence[int]) -> list[Cents]:
    """Split cents by weights, each part by largest remainder; the parts add up to `cents`.

    Weights are whole, none below zero, at least one above; on equal remainders the first gains.
    Raises BadAmount.
    """
    total = sum(weights)
    if total <= 0 or min(weights) < 0:
        raise BadAmount("weights", f"{list(weights)} are no weights", "Give one above zero.")
    size, sign = abs(whole(cents)), -1 if cents < 0 else 1
    parts = [size * weight // total for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda i: (-(size * weights[i] % total), i))
    for gaining in by_remainder[: size - sum(parts)]:
        parts[gaining] += 1
    return [sign * part for part in parts]


def shown(cents: Cents, language: Language = "en") -> str:
    """Write an amount for people: "$1,234.56", "-$0.05"; dollars are written so in Spanish too."""
    del language  # Utah's Spanish readers see dollars written as everybody does here
    dollars, rest = divmod(abs(whole(cents)), 100)
    return f"{'-' if cents < 0 else ''}${dollars:,}.{rest:02}"


def parse(text: object, *, negative: bool = False) -> Cents:
    """Read "1234.56", "$1,234.56" or "12" as cents; "-" only where `negative` are asked for.

    Raises BadAmount: a float, another currency, tenths of a cent, anything else.
    """
    if not isinstance(text, str):
        raise BadAmount("text", f"{text!r} is no written amount", 'Write it as text: "12.50".')
    found = WRITTEN.fullmatch(text.strip()) if text.isascii() else None
    if found is None:
        advice = 'Write US dollars such as "12.50": no other currency, whole cents.'
        raise BadAmount("dollars", f"{text!r} is no amount in US dollars", advice)
    if found["minus"] and not negative:
        raise BadAmount("above zero", f"{text!r} is below zero", "Reverse or credit instead.")
    cents = int(found["dollars"].replace(",", "")) * 100 + int(found["cents"] or 0)
    return whole(-cents if found["minus"] else cents)
