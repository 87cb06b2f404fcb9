"""A bill in plain text, in the resident's language: what is owed and by when comes first."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import groupby
from typing import Final, cast

from billing.ledger.clock import CITY
from billing.money import Cents, shown
from billing.rates.shapes import Rated, Span
from billing.rates.tariffs import Tariffs
from billing.rates.words import line_text
from billing.statements.rules import statement_rules
from config import yaml_file
from config.words import Language

WIDTH: Final = 92
AMOUNT: Final = 14
IN_UNITS: Final = frozenset({"kWh", "kgal", "kW"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """Everything that stands on a bill; amounts in cents."""

    number: str
    account: str
    kind: str
    name: str
    address: str
    mailing: str
    span: Span
    bill_on: date
    due_on: date
    before_cents: Cents
    charges_cents: Cents
    language: str
    lines: tuple[Rated, ...]

    @property
    def total_cents(self) -> Cents:
        """What is owed with it."""
        return self.before_cents + self.charges_cents

    @property
    def speaks(self) -> Language:
        """The language it is written in."""
        return "es" if self.language == "es" else "en"


class Wording:
    """The words of bills; the text of a line is found once for all bills that have such a line."""

    def __init__(self, tariffs: Tariffs) -> None:
        """Begin with the tariffs whose lines are worded."""
        self._tariffs = tariffs
        self._lines: dict[tuple[object, ...], str] = {}
        self._days: dict[tuple[date, Language], str] = {}

    def body(self, bill: Bill) -> str:
        """Give the whole text of a bill, ending with a line end."""
        return "\n".join([*self._head(bill), "", *self._charges(bill), "", *self._foot(bill), ""])

    def say(self, name: str, language: Language, **gaps: object) -> str:
        """Say a phrase of config/billing/statements.yaml."""
        return statement_rules().words[name].get(language).format(**gaps)

    def month(self, day: date, language: Language) -> str:
        """Name the month of a day."""
        return self._tariffs.words.months[str(day.month)].get(language)

    def unit(self, unit: str, language: Language) -> str:
        """Name a unit of use."""
        return self._tariffs.words.units[unit].get(language)

    def day(self, day: date, language: Language) -> str:
        """Say a date in full."""
        said = self._days.get((day, language))
        if said is None:
            month = self.month(day, language)
            said = self.say("full date", language, month=month, day=day.day, year=day.year)
            self._days[day, language] = said
        return said

    def line(self, rated: Rated, language: Language) -> str:
        """Say one line with what was used: "Energy: first 500 kWh at 7.34 cents (500 kWh)"."""
        basis = rated.basis
        on = tuple(cast("Sequence[str]", basis.get("on", ())))
        told = (rated.tariff, rated.version, basis["line"], basis.get("tier"), basis.get("choice"))
        key = (*told, on, language)
        words = self._lines.get(key)
        if words is None:
            words = self._lines[key] = line_text(self._tariffs, rated, language)
        return words + self._amount(rated, language)

    def owed(self, bill: Bill) -> str:
        """Say what is owed and by when."""
        language = bill.speaks
        if bill.total_cents <= 0:
            return self.say("owe nothing", language, total=shown(-bill.total_cents))
        due = self.day(bill.due_on, language)
        return self.say("owe", language, total=shown(bill.total_cents), due=due)

    def days(self, bill: Bill) -> str:
        """Say which days it is for."""
        language, span = bill.speaks, bill.span
        first, last = self.day(span.first, language), self.day(span.last, language)
        return self.say("days", language, first=first, last=last, days=span.days)

    def _amount(self, rated: Rated, language: Language) -> str:
        if rated.unit not in IN_UNITS:
            return ""
        unit = self._tariffs.words.units[rated.unit].get(language)
        guessed = " " + self.say("estimated", language) if rated.basis.get("estimated") else ""
        return f" ({plain(rated.quantity)} {unit}){guessed}"

    def _head(self, bill: Bill) -> Iterator[str]:
        language = bill.speaks
        yield self.say("title", language, city=city()["name"])
        yield ""
        yield self.owed(bill)
        if bill.kind != "regular":
            yield self.say(bill.kind, language)
        yield ""
        yield f"{self.say('account', language)} {bill.account}    {bill.name}"
        billed_on = self.day(bill.bill_on, language)
        yield f"{self.say('statement', language)} {bill.number}    {billed_on}"
        yield f"{self.say('place', language)} {bill.address}"
        yield self.days(bill)

    def _charges(self, bill: Bill) -> Iterator[str]:
        language = bill.speaks
        yield row(self.say("before", language), bill.before_cents)
        for service, lines in groupby(bill.lines, lambda one: one.service):
            held = list(lines)
            total = sum(one.cents for one in held)
            yield row(self.say(f"service {service}", language), total)
            yield from (row(f"    {self.line(one, language)}", one.cents) for one in held)
        yield row(self.say("charges", language), bill.charges_cents)
        yield row(self.say("total", language), bill.total_cents)

    def _foot(self, bill: Bill) -> Iterator[str]:
        language, due = bill.speaks, self.day(bill.due_on, bill.speaks)
        yield self.say("how to pay", language)
        yield "  " + self.say("pay phone", language, phone=city()["phone"])
        yield "  " + self.say("pay mail", language)
        yield "  " + self.say("pay desk", language)
        yield self.say("help", language, due=due)


def row(words: str, cents: Cents) -> str:
    """Write words to the left and an amount to the right; long words go above it."""
    amount, room = f"{shown(cents):>{AMOUNT}}", WIDTH - AMOUNT
    return f"{words:<{room}}{amount}" if len(words) <= room else f"{words}\n{amount:>{WIDTH}}"


def plain(value: object) -> str:
    """Write a figure without idle zeros: "1,250", "6.25"."""
    return f"{value:,f}".rstrip("0").rstrip(".") if "." in f"{value:f}" else f"{value:,f}"


@cache
def city() -> Mapping[str, str]:
    """Give the city's name and the line's number, as config/city.yaml has them."""
    held = cast("Mapping[str, Mapping[str, Mapping[str, str]]]", yaml_file.read(CITY))
    return {"name": str(held["name"]["en"]), "phone": str(held["line"]["full"]["value"])}
