"""Percentages and parts of an amount, in whole cents, rounded once by the city's rule."""

from decimal import Decimal

from billing.money import Cents
from billing.rates import exact


def percent_of(cents: Cents, percent: Decimal, over: int = 1, under: int = 1) -> Cents:
    """Give a percentage of cents, or `over` of `under` of it, such as the days of a year."""
    return exact.cents(Decimal(cents), percent.scaleb(-4), exact.Part(over, under))


def part_of(cents: Cents, over: int, under: int) -> Cents:
    """Give `over` of `under` of cents, such as one of twelve."""
    return percent_of(cents, Decimal(100), over, under)
