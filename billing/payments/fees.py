"""Reads config/billing/fees.yaml: what is charged for paying late, and for what comes back."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path
from typing import Final

from billing.money import Cents
from config.errors import ConfigError
from config.facts import Fact, Origin, read_fact, read_origin
from config.reading import Part, read_part
from config.words import Both

FOLDER: Final = Path(__file__).parents[2] / "config" / "billing"


@dataclass(frozen=True, slots=True)
class LateFee:
    """A percentage of what is past due after the days of grace; `least` cents bear none."""

    percent: Decimal
    least: Cents
    grace_days: int
    due_in_days: int
    not_on: tuple[str, ...]
    held_by: tuple[str, ...]
    origin: Origin


@dataclass(frozen=True, slots=True)
class CashOnly:
    """So many returned payments in so many months."""

    returned: int
    months: int


@dataclass(frozen=True, slots=True)
class Code:
    """Why a payment came back, and whether that bears the fee."""

    fee: bool
    name: Both


@dataclass(frozen=True, slots=True)
class Fees:
    """All of it, each figure with its origin."""

    returned_item: Fact[Cents]
    convenience: Fact[Cents]
    late: LateFee
    cash_only: CashOnly
    codes: Mapping[str, Code]


def usable(fact: Fact[Cents], *, production: bool) -> Cents:
    """Give an amount; nothing for one that nobody has confirmed, in production."""
    return 0 if production and fact.unverified else fact.value


@cache
def read_fees(path: Path = FOLDER / "fees.yaml") -> Fees:
    """Read the fees; raises ConfigError with every fault."""
    faults: list[str] = []
    whole = read_part(path, faults)
    fees = Fees(
        read_fact(whole, "returned item", cents),
        read_fact(whole, "convenience", cents),
        _late(whole.part("late")),
        _cash_only(whole.part("cash only")),
        {name: _code(part) for name, part in whole.parts("codes")},
    )
    whole.done()
    if faults:
        raise ConfigError(faults)
    return fees


def cents(part: Part, key: str = "value") -> Cents:
    """Read whole cents, zero or above."""
    value = part.value(key)
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    part.fault(f"must give '{key}' in whole cents, zero or above")
    return 0


def percent(part: Part, key: str) -> Decimal:
    """Read a percentage, written as text so that it stays exact."""
    written = part.text(key)
    try:
        value = Decimal(written or "0")
    except InvalidOperation:
        value = Decimal(-1)
    if not value.is_finite() or not 0 <= value <= 100:  # noqa: PLR2004  percent
        part.fault(f"has '{written}' for its '{key}', which is no percentage")
        return Decimal(0)
    return value


def _late(part: Part) -> LateFee:
    made = LateFee(
        percent(part, "percent"),
        cents(part, "least"),
        part.whole("grace days"),
        part.whole("due in days"),
        part.texts("not on"),
        part.texts("held by"),
        read_origin(part),
    )
    part.done()
    return made


def _cash_only(part: Part) -> CashOnly:
    made = CashOnly(part.whole("returned"), part.whole("months"))
    read_origin(part)
    part.done()
    return made


def _code(part: Part) -> Code:
    made = Code(part.flag("fee", default=False), part.both("name"))
    part.done()
    return made
