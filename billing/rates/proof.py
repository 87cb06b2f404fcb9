"""A line of a bill proved: from its own figures, and against the tariff it names."""

from datetime import date
from decimal import Decimal

from billing.errors import NotFound
from billing.rates.engine import worked_out
from billing.rates.shapes import Rated
from billing.rates.tariffs import Price, Tariff, Tariffs, Version


def reproduce(rated: Rated) -> int:
    """Work a line's cents out again from its quantity, rate and basis."""
    return worked_out(rated.quantity, rated.rate, rated.basis)


def published(tariffs: Tariffs, rated: Rated) -> Decimal:
    """Give the rate that the tariff's version has for this line, below zero for a credit.

    Raises NotFound where the tariff, version, price or step is not there (any more).
    """
    price = price_of(tariffs, rated)
    choice = rated.basis.get("choice")
    tiers = price.choices.get(str(choice), ()) if price.by else price.tiers
    index = int(str(rated.basis.get("tier", 1))) - 1
    if not 0 <= index < len(tiers):
        raise _gone(rated)
    return -tiers[index].rate if price.kind == "credit" else tiers[index].rate


def price_of(tariffs: Tariffs, rated: Rated) -> Price:
    """Give the price a line was rated by; raises NotFound."""
    version = _version(_schedule(tariffs, rated), rated)
    for price in version.prices:
        if price.name == rated.basis.get("line"):
            return price
    raise _gone(rated)


def _schedule(tariffs: Tariffs, rated: Rated) -> Tariff:
    found = tariffs.by_id.get(rated.tariff)
    if found is None:
        raise _gone(rated)
    return found


def _version(schedule: Tariff, rated: Rated) -> Version:
    starts = date.fromisoformat(rated.version)
    for version in schedule.versions:
        if version.starts == starts:
            return version
    raise _gone(rated)


def _gone(rated: Rated) -> NotFound:
    told = f"{rated.tariff} of {rated.version} has no '{rated.basis.get('line')}' like this line's"
    return NotFound("known rate", told, "Keep every version that was ever billed.")


def faults(tariffs: Tariffs, rated: Rated) -> tuple[str, ...]:
    """Say in plain sentences what of a line does not follow from its tariff; nothing when right."""
    found: list[str] = []
    if (again := reproduce(rated)) != rated.cents:
        found.append(f"{rated.tariff}: the line says {rated.cents} cents and makes {again}.")
    if (asked := published(tariffs, rated)) != rated.rate:
        found.append(f"{rated.tariff}: the line says {rated.rate} and the tariff {asked}.")
    return tuple(found)
