"""Exact sums: the only place of billing where anything is divided, and it is never rounded twice.

A product of published figures has a few dozen digits, so fifty hold every one of them; a quotient
is cut at fifty, far past where it could be taken for half a cent.
"""

from decimal import ROUND_HALF_UP, Context, Decimal
from functools import lru_cache
from math import gcd
from typing import Final, NamedTuple

from billing.money import half_up

EXACT: Final = Context(prec=50, rounding=ROUND_HALF_UP)
UNIT_PLACES: Final = 6
MILLIONTH: Final = Decimal(1).scaleb(-UNIT_PLACES)


class Part(NamedTuple):
    """A part of a whole number: `over` of `under`, such as 10 days of a month of 30."""

    over: int
    under: int

    def times(self, over: int, under: int) -> "Part":
        """Take a part of this part, in lowest terms."""
        shared = gcd(self.over * over, self.under * under) or 1
        return Part(self.over * over // shared, self.under * under // shared)

    def __str__(self) -> str:
        """Write it as a bill's basis holds it: "1/3"."""
        return f"{self.over}/{self.under}"


WHOLE: Final = Part(1, 1)


@lru_cache(maxsize=1024)  # the months of a cycle's bills are the same few
def part(written: str) -> Part:
    """Read what `str(part)` wrote."""
    over, _, under = written.partition("/")
    return Part(int(over), int(under))


def cents(quantity: Decimal, rate: Decimal, months: Part = WHOLE) -> int:
    """Give quantity x rate (dollars) x months in cents, rounded once: half up, away from zero."""
    dollars = EXACT.multiply(quantity, rate)
    if months == WHOLE:
        return half_up(dollars.scaleb(2))
    return half_up(EXACT.divide(dollars.scaleb(2) * months.over, Decimal(months.under)))


def portion(units: Decimal, months: Part) -> Decimal:
    """Give a part of a quantity, to the millionth of a unit."""
    if months == WHOLE:
        return units
    whole = EXACT.multiply(units, Decimal(months.over))
    return EXACT.divide(whole, Decimal(months.under)).quantize(MILLIONTH, ROUND_HALF_UP)


def between(units: Decimal, before: int, after: int, days: int) -> Decimal:
    """Give the use of the days from `before` to `after` of `days`; such pieces add up to `units`.

    Each piece is the difference of two rounded sums since the first day, so nothing is lost at
    the seams, and no piece shrinks when a thousandth more is used.
    """
    if after - before == days:
        return units
    return portion(units, Part(after, days)) - portion(units, Part(before, days))
