"""What rating works with: a span of days, what was used in it, and the lines that come out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final

from billing.errors import BadAmount

NOTHING: Final = Decimal(0)
ONE: Final = Decimal(1)


@dataclass(frozen=True, slots=True)
class Span:
    """Days from `first` up to `last`, which is no longer in it."""

    first: date
    last: date

    def __post_init__(self) -> None:
        """Refuse a span that runs backward (BadAmount)."""
        if self.last < self.first:
            raise BadAmount("span", f"{self.first} to {self.last} runs backward", "Swap the days.")

    @property
    def days(self) -> int:
        """How many days it has; 0 where it begins and ends on one day."""
        return (self.last - self.first).days


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What the meters of one service point told about one span.

    `units` is the use in `unit` ("kWh", "kgal" or "gal"), in thousandths at the finest. `demand`,
    `on_peak` and `off_peak` are the highest kW of those registers, `generated` what was sent back.
    `basis` holds rows that explain the figure (reads, swaps, roll-over), for people and for proof.
    """

    service: str
    unit: str
    units: Decimal
    days: int
    estimated: bool = False
    basis: tuple[Mapping[str, object], ...] = ()
    demand: Decimal = NOTHING
    on_peak: Decimal = NOTHING
    off_peak: Decimal = NOTHING
    generated: Decimal = NOTHING


@dataclass(frozen=True, slots=True)
class Rated:
    """One line: `cents` is quantity x rate (x `basis["months"]`), rounded half up once.

    `kind` is one of KINDS in tariffs.py; `version` the first day of the tariff's version;
    `quantity` is in `unit`, `rate` in dollars (a part of one for a tax), below zero for a credit.
    `basis` is ready for JSON: the line's name in the tariff, its days, tier, choice and months.
    """

    service: str
    kind: str
    tariff: str
    version: str
    quantity: Decimal
    unit: str
    rate: Decimal
    days: int
    cents: int
    basis: Mapping[str, object] = field(default_factory=dict[str, object])
