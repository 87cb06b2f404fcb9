"""A tariff as published: its versions, the prices of each, and where every figure came from."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Final, NamedTuple

from billing.errors import NotAllowed, NotFound
from config.facts import Origin, Unverified
from config.words import Both

# What a price may be, and what it is a price of when the file does not say.
KINDS: Final[Mapping[str, str]] = {
    "base": "connection",  # a customer charge, a base by meter size
    "use": "use",  # metered, in tiers or flat
    "demand": "demand",  # for the highest kW of the span
    "unit": "quantity",  # for each ESU, can or light of the agreement
    "rider": "use",  # on top, by a schedule of its own
    "credit": "generated",  # subtracted, for what was sent back
    "minimum": "connection",  # tops up what stands above it
    "once": "quantity",  # not by the month: on the day that the details name
    "tax": "lines",  # a part of the lines that it names
}
# What else a price of a kind may be a price of.
ALSO: Final[Mapping[str, frozenset[str]]] = {
    "use": frozenset({"winter average"}),
    "demand": frozenset({"on peak", "off peak"}),
    "rider": frozenset({"connection", "quantity", "demand", "winter average"}),
    "minimum": frozenset({"once"}),
}
# The unit of a price when the file does not say; metered use always says it.
UNITS: Final[Mapping[str, str]] = {
    "base": "month",
    "demand": "kW",
    "minimum": "month",
    "tax": "USD",
}
METERED: Final = frozenset({"kWh", "kgal"})  # flows over days; all else stands for the month
LEAP_YEAR: Final = 2024


class Tier(NamedTuple):
    """A step: up to and with `upto` (None: all above) each unit costs `rate` dollars."""

    upto: Decimal | None
    rate: Decimal


class DayOfYear(NamedTuple):
    """A day that comes every year."""

    month: int
    day: int


@dataclass(frozen=True, slots=True)
class Season:
    """From one day of the year up to another, which is no longer in it; it may go over New Year."""

    first: DayOfYear
    last: DayOfYear

    def holds(self, day: date) -> bool:
        """Say whether a day is in it."""
        here = DayOfYear(day.month, day.day)
        if self.first < self.last:
            return self.first <= here < self.last
        return here >= self.first or here < self.last

    def edges(self, year: int) -> tuple[date, date]:
        """Give the days of a year on which it begins and is over."""
        return date(year, *self.first), date(year, *self.last)

    def last_day(self) -> DayOfYear:
        """Give the last day that is in it, as people say it."""
        day = date(LEAP_YEAR, *self.last) - timedelta(days=1)
        return DayOfYear(day.month, day.day)


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """One priced thing of a version.

    `tiers` hold its steps (one, where it is flat); where `by` names a detail of the agreement, the
    steps are those of `choices` under that detail. `otherwise` stands in for a measure the
    agreement does not have yet. `on` are the names of the lines that a tax is a part of.
    """

    name: str
    kind: str
    of: str
    unit: str
    tiers: tuple[Tier, ...] = ()
    by: str = ""
    choices: Mapping[str, tuple[Tier, ...]]
    season: Season | None = None
    otherwise: Decimal | None = None
    on: frozenset[str] = frozenset()
    origin: Origin
    section: str

    @property
    def metered(self) -> bool:
        """Whether it is split by days itself, rather than charged for a part of the month."""
        return self.unit in METERED

    def steps(self) -> tuple[tuple[Tier, ...], ...]:
        """Give its tiers, or those of each choice."""
        return tuple(self.choices.values()) if self.by else (self.tiers,)

    def costs(self) -> bool:
        """Say whether it may give a line: a rate of nothing gives one only for use."""
        rates = [tier.rate for tiers in self.steps() for tier in tiers]
        return self.kind == "use" or any(rates)


@dataclass(frozen=True, slots=True)
class Version:
    """The prices in force from `starts` up to `ends` (None: until another comes).

    `charged` are those that may give a line, and `taxes` those that are worked out after them.
    """

    starts: date
    ends: date | None
    prices: tuple[Price, ...]
    charged: tuple[Price, ...] = field(init=False)
    taxes: tuple[Price, ...] = field(init=False)

    def __post_init__(self) -> None:
        """Part the prices once, not for every bill."""
        costing = [price for price in self.prices if price.costs()]
        taxes = tuple(price for price in costing if price.kind == "tax")
        object.__setattr__(self, "taxes", taxes)
        object.__setattr__(self, "charged", tuple(one for one in costing if one.kind != "tax"))

    @property
    def name(self) -> str:
        """The name that lines carry: its first day."""
        return self.starts.isoformat()


@dataclass(frozen=True, slots=True)
class MonthRule:
    """A span of `least` to `most` days is one month; any other, its days by `days`."""

    least: int
    most: int
    days: int


@dataclass(frozen=True, slots=True)
class Tariff:
    """A schedule with its versions in order, and the riders and taxes that go with it."""

    id: str
    service: str
    name: Both
    versions: tuple[Version, ...]
    riders: tuple["Tariff", ...]
    month: MonthRule
    starts: tuple[date, ...] = field(init=False)
    seasons: tuple[Season, ...] = field(init=False)

    def __post_init__(self) -> None:
        """Gather what may change inside a span, its riders' changes among it."""
        versions = [version for one in (self, *self.riders) for version in one.versions]
        seasons = {price.season for version in versions for price in version.prices}
        object.__setattr__(self, "starts", tuple(sorted({one.starts for one in versions})))
        object.__setattr__(self, "seasons", tuple(season for season in seasons if season))

    def on(self, day: date) -> Version:
        """Give the version in force on a day; raises NotFound."""
        for version in reversed(self.versions):
            if version.starts <= day and (version.ends is None or day < version.ends):
                return version
        advice = "Give the tariff a version for that day, or end the agreement before it."
        raise NotFound("tariff in force", f"{self.id} has no rates for {day}", advice)

    def unverified(self) -> tuple[Unverified, ...]:
        """List each figure of it, and of its riders, that nobody has confirmed."""
        own = [
            Unverified(f"{self.id} from {version.name}", price.name, *_doubt(price.origin))
            for version in self.versions
            for price in version.prices
            if price.origin.unverified
        ]
        return (*own, *(line for rider in self.riders for line in rider.unverified()))


def _doubt(origin: Origin) -> tuple[str, str]:
    return origin.source, origin.status


@dataclass(frozen=True, slots=True)
class Words:
    """What people read: names of lines and units, how a rate goes on, phrases, months."""

    lines: Mapping[str, Both]
    units: Mapping[str, Both]
    per: dict[str, Both]
    alone: dict[str, Both]
    phrases: Mapping[str, Both]
    choices: Mapping[str, Both]
    months: Mapping[str, Both]


@dataclass(frozen=True, slots=True)
class Tariffs:
    """Every tariff by id, and the words in which people read of it.

    `off` are ids that may not be billed here, because a figure of theirs is unverified.
    """

    by_id: Mapping[str, Tariff]
    words: Words
    off: frozenset[str] = frozenset()

    def get(self, tariff: str) -> Tariff:
        """Give a tariff by its id; raises NotFound, NotAllowed where it is off in production."""
        if tariff not in self.by_id:
            advice = "Name one of config/billing/tariffs."
            raise NotFound("known tariff", f"There is no tariff '{tariff}'", advice)
        if tariff in self.off:
            first = self.by_id[tariff].unverified()[0]
            told = f"{first.what} of {first.where} ({first.status})"
            advice = "Have the city confirm the figure, then take 'unverified' off it."
            raise NotAllowed("verified rates", f"{tariff} is off in production: {told}", advice)
        return self.by_id[tariff]

    def unverified(self) -> tuple[Unverified, ...]:
        """List each figure that nobody has confirmed, once."""
        found = {line: None for tariff in self.by_id.values() for line in tariff.unverified()}
        return tuple(found)

    def usable(self, *, production: bool) -> "Tariffs":
        """Give what may be billed: everything in a demo; in production, what is verified."""
        if not production:
            return self
        off = frozenset(name for name, tariff in self.by_id.items() if tariff.unverified())
        return replace(self, off=off)
