"""How much of a thing there is to be priced, and by which choice of its prices."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Final

from billing.errors import BadAmount
from billing.rates.shapes import ONE, Usage
from billing.rates.tariffs import Price, Tier

THOUSANDTHS: Final = -3
# Which figure of Usage a price is for.
REGISTERS: Final[Mapping[str, str]] = {
    "use": "units",
    "demand": "demand",
    "on peak": "on_peak",
    "off peak": "off_peak",
    "generated": "generated",
}
INTO: Final[Mapping[tuple[str, str], int]] = {("gal", "kgal"): -3}  # by ten to the power of


def measured(
    price: Price, usage: Usage | None, quantity: Decimal, details: Mapping[str, object]
) -> Decimal:
    """Give how much a price is for; raises BadAmount where that is not told or cannot be."""
    if price.of == "connection":
        return ONE
    if price.of == "quantity":
        return quantity
    if price.of == "winter average":
        return winter_average(price, details)
    if usage is None:
        raise BadAmount("use", f"'{price.name}' is by use, and none is told", "Give the use.")
    told = credible(getattr(usage, REGISTERS[price.of]), price.of)
    return in_unit(told, usage.unit, price.unit) if price.of == "use" else told


def winter_average(price: Price, details: Mapping[str, object]) -> Decimal:
    """Give the use of a winter month that the agreement has, or the tariff's for a new one."""
    told = details.get("winter_average")
    if told is not None:
        return credible(_decimal(told, "winter_average"), "winter average")
    if price.otherwise is None:
        told = "The agreement has no winter average yet"
        raise BadAmount("winter average", told, "Put 'winter_average' into its details.")
    return price.otherwise


def credible(figure: object, what: str) -> Decimal:
    """Give the figure back where it is exact, not below zero and in thousandths at the finest."""
    if type(figure) is not Decimal or not figure.is_finite():
        raise BadAmount("decimal", f"{figure!r} is no exact figure for {what}", "Give a Decimal.")
    if figure < 0:
        raise BadAmount("use below zero", f"{figure} cannot be used", "Check the reads.")
    exponent = figure.as_tuple().exponent
    if isinstance(exponent, int) and exponent < THOUSANDTHS:
        raise BadAmount("thousandths", f"{figure} is finer than a meter tells", "Round the use.")
    return figure


def in_unit(units: Decimal, unit: str, wanted: str) -> Decimal:
    """Give use in the unit of its price; raises BadAmount where one does not go into the other."""
    if unit == wanted:
        return units
    power = INTO.get((unit, wanted))
    if power is None:
        raise BadAmount("unit", f"Use in {unit} is priced by {wanted}", "Tell use in its unit.")
    return units.scaleb(power)


def chosen(
    price: Price, details: Mapping[str, object]
) -> tuple[dict[str, object], tuple[Tier, ...]]:
    """Give the steps that hold for this agreement, and what a line's basis says of the choice."""
    if not price.by:
        return {}, price.tiers
    told = details.get(price.by)
    tiers = price.choices.get(told) if isinstance(told, str) else None
    if tiers is None:
        known = ", ".join(price.choices)
        advice = f"Put one of these into the agreement's details: {known}."
        raise BadAmount(price.by, f"'{price.name}' has no price for {price.by} {told!r}", advice)
    return {"choice": told}, tiers


def day_of(details: Mapping[str, object]) -> date:
    """Give the day on which a price that is charged once falls due; raises BadAmount."""
    told = details.get("on")
    try:
        return date.fromisoformat(told if isinstance(told, str) else "")
    except ValueError:
        raise BadAmount("day", f"{told!r} is no day", "Put 'on' into the details.") from None


def _decimal(told: object, what: str) -> Decimal:
    try:
        return Decimal(told if isinstance(told, str) else "")
    except InvalidOperation:
        advice = 'Write figures of the details as text: "6.2".'
        raise BadAmount("text", f"{told!r} is no figure for {what}", advice) from None
