"""Why a bill changed, in words: lines for a rep, and a short text that is spoken on a call."""

from collections.abc import Iterator
from datetime import date
from typing import Final

from sqlalchemy.orm import Session

from billing.money import Cents, shown
from billing.rates.tariffs import Tariffs
from billing.shapes import ExplainedPart, Explanation
from billing.statements.body import plain
from billing.statements.explain import Reason, Why, why
from billing.statements.rules import statement_rules
from config.words import Language

SPOKEN_REASONS: Final = 3  # the largest ones, as far as they fit into the time
SECONDS_MOST: Final = 35
WORDS_IN_TEN_SECONDS: Final = 24
AMOUNT_WORDS: Final = 8  # "three hundred twenty dollars and forty-one cents"


def explain(
    session: Session, account: str, tariffs: Tariffs, language: Language = "en"
) -> Explanation:
    """Say why an account's newest posted bill changed; raises NotFound where it has none."""
    return told(why(session, account, tariffs), tariffs, language)


def told(found: Why, tariffs: Tariffs, language: Language) -> Explanation:
    """Put an explanation into words."""
    parts = tuple(ExplainedPart(one.kind, one.service, one.cents) for one in found.reasons)
    against = found.against.number if found.against else None
    lines = tuple(_lines(found, tariffs, language))
    spoken = _short(found, language)
    return Explanation(found.bill.number, against, found.change_cents, parts, lines, spoken)


def seconds(spoken: str) -> int:
    """Estimate how long a text takes to say, rounded up; an amount counts as it is read."""
    words = sum(AMOUNT_WORDS if "$" in word else 1 for word in spoken.split())
    return -(-words * 10 // WORDS_IN_TEN_SECONDS)


def _short(found: Why, language: Language) -> str:
    """Say as many of the largest reasons as fit into the time."""
    said = ""
    for many in range(SPOKEN_REASONS, 0, -1):
        said = " ".join(_spoken(found, language, many))
        if seconds(said) <= SECONDS_MOST:
            break
    return said


def _lines(found: Why, tariffs: Tariffs, language: Language) -> Iterator[str]:
    if found.against is None:
        yield _say("first", language)
        return
    yield _say(
        "head",
        language,
        on=_day(found.bill.bill_on, tariffs, language),
        charges=shown(found.bill.charges_cents),
        then=_day(found.against.bill_on, tariffs, language),
        before=shown(found.against.charges_cents),
        change=signed(found.change_cents),
    )
    for one in _largest(found):
        figures = {"now": plain(one.now), "before": plain(one.before)}
        gaps = {**figures, "unit": _unit(one, tariffs, language)}
        words = _say(f"line {one.kind}", language, service=_service(one, language), **gaps)
        yield f"{words}: {signed(one.cents)}"


def _spoken(found: Why, language: Language, many: int) -> Iterator[str]:
    if found.against is None:
        yield _say("first", language)
        return
    change = found.change_cents
    name = "say more" if change > 0 else "say less" if change < 0 else "say same"
    then = _say("same month" if found.year_ago else "last bill", language)
    charges = shown(found.bill.charges_cents)
    yield _say(name, language, charges=charges, change=shown(abs(change)), then=then)
    ordered = _largest(found)
    for one in ordered[:many]:
        way = "up" if one.cents > 0 else "down"
        service = _service(one, language).lower()
        amount = shown(abs(one.cents))
        yield _say(f"{one.kind} {way}", language, amount=amount, service=service)
    if ordered[many:]:
        yield _say("say rest", language)


def signed(cents: Cents) -> str:
    """Write a change with its sign: "+$3.10"."""
    return shown(cents) if cents <= 0 else f"+{shown(cents)}"


def _largest(found: Why) -> list[Reason]:
    return sorted(found.reasons, key=lambda one: -abs(one.cents))


def _service(reason: Reason, language: Language) -> str:
    return statement_rules().words[f"service {reason.service}"].get(language)


def _unit(reason: Reason, tariffs: Tariffs, language: Language) -> str:
    found = tariffs.words.units.get(reason.unit)
    return found.get(language) if found else ""


def _say(name: str, language: Language, **gaps: object) -> str:
    return statement_rules().why[name].get(language).format(**gaps)


def _day(day: date, tariffs: Tariffs, language: Language) -> str:
    month = tariffs.words.months[str(day.month)].get(language)
    said = statement_rules().words["full date"].get(language)
    return said.format(month=month, day=day.day, year=day.year)
