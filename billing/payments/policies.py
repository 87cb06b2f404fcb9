"""Reads deposits.yaml, arrangements.yaml, collections.yaml and plans.yaml of config/billing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Final, TypeVar, cast

from billing.money import Cents
from billing.payments.fees import cents, percent
from config.errors import ConfigError
from config.facts import Fact, Origin, read_fact, read_origin
from config.reading import Part, read_part

FOLDER: Final = Path(__file__).parents[2] / "config" / "billing"
KINDS: Final = ("residential", "commercial")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class DepositRules:
    """The code's rule; `interest` is percent a year."""

    clean_months: int
    average_months: int
    late_times: int
    release_months: Mapping[str, int]
    least: Fact[Cents]
    interest: Decimal
    interest_origin: Origin


@dataclass(frozen=True, slots=True)
class ArrangementRules:
    """What is granted by rule."""

    origin: Origin
    parts: int
    every_days: int
    first_percent: Decimal
    least: Cents
    most: Cents
    in_a_year: int
    after_broken_days: int
    grace_days: int
    longer_parts: int
    bills_besides: bool


@dataclass(frozen=True, slots=True)
class AutopayRules:
    """After how many days an autopay that was declined is tried again, each from the try before."""

    origin: Origin
    again_after_days: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class CollectionRules:
    """When debts go to collections, and credits to the state; days of a year as "MM-DD"."""

    least: Cents
    days: int
    dormant_years: int
    as_of: str
    report_by: str

    def dormant_before(self, on: date) -> date:
        """Give the day since which nothing may have happened, for the report of that year."""
        return date.fromisoformat(f"{on.year - self.dormant_years}-{self.as_of}")


@cache
def deposit_rules(path: Path = FOLDER / "deposits.yaml") -> DepositRules:
    """Read the rule of deposits; raises ConfigError with every fault."""
    return _read(path, _deposits)


@cache
def arrangement_rules(path: Path = FOLDER / "arrangements.yaml") -> ArrangementRules:
    """Read what may be arranged; raises ConfigError with every fault."""
    return _read(path, _arrangements)


@cache
def collection_rules(path: Path = FOLDER / "collections.yaml") -> CollectionRules:
    """Read when debts and credits are handed on; raises ConfigError with every fault."""
    return _read(path, _collections)


@cache
def autopay_rules(path: Path = FOLDER / "plans.yaml") -> AutopayRules:
    """Read when autopay is tried again; raises ConfigError with every fault."""
    return _read(path, _plans)


def _read(path: Path, read: Callable[[Part], T]) -> T:
    faults: list[str] = []
    whole = read_part(path, faults)
    made = read(whole)
    whole.done()
    if faults:
        raise ConfigError(faults)
    return made


def _deposits(whole: Part) -> DepositRules:
    read_origin(whole)
    interest, release = whole.part("interest"), whole.part("release months")
    made = DepositRules(
        whole.whole("clean months"),
        whole.whole("average months"),
        whole.whole("late times"),
        {kind: release.whole(kind) for kind in KINDS},
        read_fact(whole, "least", cents),
        percent(interest, "percent"),
        read_origin(interest),
    )
    interest.done()
    release.done()
    return made


def _arrangements(whole: Part) -> ArrangementRules:
    return ArrangementRules(
        read_origin(whole),
        whole.whole("parts"),
        whole.whole("every days"),
        percent(whole, "first percent"),
        cents(whole, "least"),
        cents(whole, "most"),
        whole.whole("in twelve months"),
        whole.whole("after a broken one days"),
        whole.whole("grace days"),
        whole.whole("longer parts"),
        whole.flag("bills besides", default=True),
    )


def _collections(whole: Part) -> CollectionRules:
    debts, credits_ = whole.part("collections"), whole.part("unclaimed property")
    for part in (debts, credits_):
        read_origin(part)
    made = CollectionRules(
        cents(debts, "least"),
        debts.whole("days"),
        credits_.whole("dormant years"),
        credits_.text("as of"),
        credits_.text("report by"),
    )
    debts.done()
    credits_.done()
    return made


def _plans(whole: Part) -> AutopayRules:
    autopay = whole.part("autopay")
    made = AutopayRules(read_origin(autopay), _days(autopay, "try again after days"))
    autopay.done()
    return made


def _days(part: Part, key: str) -> tuple[int, ...]:
    written = part.value(key)
    days = cast("list[object]", written) if isinstance(written, list) else [None]
    whole = tuple(day for day in days if isinstance(day, int) and day > 0)
    if len(whole) != len(days):
        part.fault(f"must give '{key}' as a list of whole days above zero")
    return whole
