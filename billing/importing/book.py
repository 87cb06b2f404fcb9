"""What another system held, row by row, before it is in any table. Pure.

Rows name one another as that system did: an account by `account`, a resident by `resident`, a place
by its address, a meter by its serial. `line` is where a row stood in its file.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from billing.money import Cents


@dataclass(frozen=True, slots=True)
class ResidentRow:
    """A resident, with phones in E.164."""

    line: int
    resident: str
    name: str
    language: str
    email: str
    mailing: str
    phones: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PremiseRow:
    """A place."""

    line: int
    address: str
    zip: str
    cycle: int


@dataclass(frozen=True, slots=True)
class AccountRow:
    """An account; `number` is ours, `owed` what the other system says it owes altogether."""

    line: int
    account: str
    number: str
    resident: str
    address: str
    kind: str
    status: str
    opened_on: date
    closed_on: date | None
    owner_group: str
    paperless: bool
    owed: Cents | None


@dataclass(frozen=True, slots=True)
class AgreementRow:
    """A service that an account takes where it is."""

    line: int
    account: str
    service: str
    tariff: str
    quantity: Decimal
    details: Mapping[str, str]
    starts_on: date
    ends_on: date | None


@dataclass(frozen=True, slots=True)
class MeterRow:
    """A meter at a place for a while."""

    line: int
    serial: str
    address: str
    service: str
    digits: int
    multiplier: int
    size: str
    installed_on: date
    removed_on: date | None


@dataclass(frozen=True, slots=True)
class ReadRow:
    """A read of a meter."""

    line: int
    serial: str
    register: str
    read_on: date
    value: int
    kind: str
    finding: str


@dataclass(frozen=True, slots=True)
class BalanceRow:
    """What an account owes for a service since a due day.

    "credit" is below zero, money the account has to its good; "deposit" above, money held for it.
    """

    line: int
    account: str
    service: str
    due_on: date
    cents: Cents


@dataclass(frozen=True, slots=True)
class HoldRow:
    """What protects an account."""

    line: int
    account: str
    kind: str
    starts_on: date
    ends_on: date | None
    reason: str


@dataclass(slots=True)
class Book:
    """Everything of one import."""

    residents: list[ResidentRow] = field(default_factory=list[ResidentRow])
    premises: list[PremiseRow] = field(default_factory=list[PremiseRow])
    accounts: list[AccountRow] = field(default_factory=list[AccountRow])
    agreements: list[AgreementRow] = field(default_factory=list[AgreementRow])
    meters: list[MeterRow] = field(default_factory=list[MeterRow])
    reads: list[ReadRow] = field(default_factory=list[ReadRow])
    balances: list[BalanceRow] = field(default_factory=list[BalanceRow])
    holds: list[HoldRow] = field(default_factory=list[HoldRow])


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """What is wrong with one line of a file, and what to do about it."""

    file: str
    line: int
    wrong: str
    advice: str

    def __str__(self) -> str:
        """Write it as one line for people."""
        place = f"{self.file}, line {self.line}" if self.line else self.file
        return f"{place}: {self.wrong}. {self.advice}"
