"""Tariffs in words for people, such as "first 500 kWh at 7.34 cents", in both languages."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Final, NamedTuple

from billing.rates.proof import price_of
from billing.rates.shapes import NOTHING, ONE, Rated
from billing.rates.tariffs import DayOfYear, Price, Season, Tariff, Tariffs, Tier, Words
from config.words import Language

AS_THEIR_KIND: Final = frozenset({"tax", "credit", "minimum", "once"})
CENT_PLACES: Final = -2


class Said(NamedTuple):
    """Into which words: the city's own, in one language."""

    words: Words
    language: Language

    def phrase(self, name: str) -> str:
        """Give a phrase with its gaps."""
        return self.words.phrases[name].get(self.language)


class Step(NamedTuple):
    """One step of a price: its tier, and where the tier below it ended."""

    price: Price
    tier: Tier
    below: Decimal | None
    alone: bool


def described(
    tariffs: Tariffs,
    tariff: Tariff,
    language: Language,
    on: date | None = None,
    details: Mapping[str, object] | None = None,
) -> tuple[str, ...]:
    """Tell what a tariff charges, a short text for each step, riders and taxes after its own.

    `on` is the day whose version is told; without one, the latest. `details` are an agreement's:
    with them only its own choice (of a meter size, say) is told. Raises NotFound.
    """
    said = Said(tariffs.words, language)
    schedules = (tariff, *tariff.riders)
    versions = [one.on(on) if on else one.versions[-1] for one in schedules]
    prices = [price for version in versions for price in version.prices]
    charged = {price.name for price in prices if any(tier.rate for tier in _all_tiers(price))}
    return tuple(text for price in prices for text in _told(said, price, charged, details or {}))


def line_text(tariffs: Tariffs, rated: Rated, language: Language) -> str:
    """Tell one line of a bill: "Energy: first 500 kWh at 7.34 cents"; raises NotFound."""
    said = Said(tariffs.words, language)
    price = price_of(tariffs, rated)
    choice = str(rated.basis.get("choice", ""))
    tiers = price.choices[choice] if price.by else price.tiers
    index = int(str(rated.basis.get("tier", 1))) - 1
    taxed = rated.basis.get("on")
    on = [str(name) for name in taxed] if isinstance(taxed, list) else []  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]  JSON
    return _titled(said, price, choice) + _step(said, _steps(price, tiers)[index], on)


def line_name(tariffs: Tariffs, name: str, language: Language) -> str:
    """Tell the name of a line: "Energy"; its id where the tariffs know it no more."""
    return _name(Said(tariffs.words, language), name)


def _name(said: Said, name: str) -> str:
    found = said.words.lines.get(name)
    return found.get(said.language) if found else name


def _all_tiers(price: Price) -> list[Tier]:
    return [tier for tiers in price.steps() for tier in tiers]


def _told(
    said: Said, price: Price, charged: set[str], details: Mapping[str, object]
) -> Iterator[str]:
    if price.name not in charged:
        return
    for choice, tiers in price.choices.items() if price.by else (("", price.tiers),):
        if choice != details.get(price.by, choice):
            continue
        title, season = _titled(said, price, choice), _season(said, price.season)
        for step in _steps(price, tiers):
            yield title + _step(said, step, sorted(price.on & charged or price.on)) + season


def _steps(price: Price, tiers: tuple[Tier, ...]) -> list[Step]:
    edges = (None, *(tier.upto for tier in tiers))
    alone = len(tiers) == 1
    return [Step(price, tier, below, alone) for tier, below in zip(tiers, edges, strict=False)]


def _titled(said: Said, price: Price, choice: str) -> str:
    title = _name(said, price.name)
    chosen = f" ({said.words.choices[choice].get(said.language)})" if choice else ""
    return f"{title}{chosen}: "


def _step(said: Said, step: Step, on: Iterable[str]) -> str:
    """Tell one step without its name."""
    tier, unit = step.tier, step.price.unit
    rate = _percent(tier.rate) if step.price.kind == "tax" else _money(said, tier.rate)
    below = step.below or NOTHING
    return said.phrase(_phrase(step)).format(
        units=said.words.units[unit].get(said.language),
        rate=f"{rate} {_per(said, step)}".strip(),
        on=", ".join(_name(said, name).lower() for name in on),
        to=_figure(tier.upto or NOTHING),
        width=_figure((tier.upto or NOTHING) - below),
        above=_figure(below),
    )


def _per(said: Said, step: Step) -> str:
    words = said.words.per | (said.words.alone if step.alone else {})
    found = words.get(step.price.unit)
    return found.get(said.language) if found else ""


def _phrase(step: Step) -> str:
    """Choose the phrase; of what is counted in ones, "the first" and not "the first 1 cans"."""
    if step.price.kind in AS_THEIR_KIND:
        return step.price.kind
    if step.alone:
        return "flat"
    below = step.below or NOTHING
    name = "next" if below else "first"
    if step.tier.upto is None:
        return "rest one" if below == ONE else "rest"
    return f"{name} one" if step.tier.upto - below == ONE else name


def _season(said: Said, season: Season | None) -> str:
    if season is None:
        return ""
    first, last = _day(said, season.first), _day(said, season.last_day())
    return " " + said.phrase("season").format(first=first, last=last)


def _day(said: Said, day: DayOfYear) -> str:
    month = said.words.months[str(day.month)].get(said.language)
    return said.phrase("day").format(month=month, day=day.day)


def _figure(value: Decimal) -> str:
    return f"{value.normalize():,f}"


def _percent(rate: Decimal) -> str:
    return f"{_figure(rate.scaleb(2))}%"


def _money(said: Said, rate: Decimal) -> str:
    if rate < ONE:
        return said.phrase("cents").format(cents=_figure(rate.scaleb(2)))
    exponent = rate.normalize().as_tuple().exponent
    finer = isinstance(exponent, int) and exponent < CENT_PLACES
    return f"${_figure(rate)}" if finer else f"${rate:,.2f}"
