"""The gate before bills leave: what is odd about one, in words, and whether a person must look.

Pure. A finding that holds keeps the bill back until somebody approves it; any other is a note.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from billing.money import Cents, shown
from billing.statements.rules import ReviewRules, UseLimits, review_rules, statement_rules
from config.words import Both

PERCENT: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class MeterCase:
    """What one metered service of a bill says; `usual` is None where there is no past to tell.

    `waiting` says that a read of these days is kept, backward, and nobody has looked.
    """

    service: str
    units: int
    days: int
    usual: int | None
    estimated_days: int = 0
    rolled: bool = False
    waiting: bool = False
    multiplier: int = 1
    multiplier_before: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BillCase:
    """A bill to be looked at: its charges, and what to compare them with, in cents.

    `left_out` says that its days lie before a bill that stands, and no bill was made of them.
    """

    cents: Cents
    days: int
    kind: str
    typical_cents: Cents
    last_year_cents: Cents | None = None
    first: bool = False
    final: bool = False
    left_out: bool = False
    metered: tuple[MeterCase, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """Something odd, in both languages; `holds` where a person must look before the bill leaves."""

    code: str
    holds: bool
    service: str
    said: Both

    def as_json(self) -> dict[str, object]:
        """Give it as a statement keeps it."""
        told = {"en": self.said.en, "es": self.said.es}
        return {"code": self.code, "holds": self.holds, "service": self.service, **told}


def findings(case: BillCase, rules: ReviewRules | None = None) -> tuple[Finding, ...]:
    """Say what is odd about a bill; what holds comes first."""
    by = rules or review_rules()
    found = [*_of_amount(case, by), *_of_days(case, by)]
    for meter in case.metered:
        found += _of_meter(meter, by)
    return tuple(sorted(found, key=lambda one: not one.holds))


def not_rated(why: str) -> Finding:
    """Say that a bill could not be made at all."""
    return _finding(review_rules(), "not rated", why=why)


def _of_amount(case: BillCase, rules: ReviewRules) -> Iterator[Finding]:
    """Hold what is many times last year's bill, and what is many times its class where none is."""
    last = case.last_year_cents
    if last is not None and case.cents > rules.times_last_year * max(last, 0):
        yield _finding(
            rules, "over last year", times=rules.times_last_year, before=shown(max(last, 0))
        )
    typical = case.typical_cents
    if last is None and case.cents > rules.times_typical * typical:
        yield _finding(rules, "over typical", times=rules.times_typical, before=shown(typical))


def _of_days(case: BillCase, rules: ReviewRules) -> Iterator[Finding]:
    if case.days > rules.days_most:
        yield _finding(rules, "long", days=case.days)
    if case.days < rules.days_least:
        yield _finding(rules, "short", holds=not (case.first or case.final), days=case.days)
    if case.left_out:
        yield _finding(rules, "left out", days=case.days)
    if case.first:
        yield _finding(rules, "first", holds=False)


def _of_meter(meter: MeterCase, rules: ReviewRules) -> Iterator[Finding]:
    limits = rules.services[meter.service]
    if meter.waiting:
        yield _of(rules, meter, "waiting")
    if meter.rolled:
        yield _of(rules, meter, "rolled over")
    if meter.estimated_days:
        long = meter.estimated_days > rules.estimated_days_most
        yield _of(rules, meter, "estimated", holds=long, days=meter.estimated_days)
    if meter.multiplier_before not in {None, meter.multiplier}:
        before, times = meter.multiplier_before, meter.multiplier
        yield _of(rules, meter, "multiplier", before=before, times=times)
    code = _against_usual(meter, limits)
    if code:
        yield _of(rules, meter, code)
    if code in {"high", "low"}:
        yield from _factor(meter, rules)


def _against_usual(meter: MeterCase, limits: UseLimits) -> str:
    """Name what the use is against what is usual; nothing where it is in order."""
    usual, units = meter.usual, meter.units
    if usual is None:
        return "new high" if units > limits.daily_most * max(meter.days, 1) else ""
    if not units:
        return "zero" if usual >= limits.least else ""
    if units * PERCENT > usual * limits.high_percent and units - usual >= limits.least:
        return "high"
    low = units * PERCENT < usual * limits.low_percent and usual - units >= limits.least
    return "low" if low else ""


def _factor(meter: MeterCase, rules: ReviewRules) -> Iterator[Finding]:
    """Note that the use is off by something near a factor: the likeliest cause of it."""
    more, less = max(meter.units, meter.usual or 0), min(meter.units, meter.usual or 0)
    for times in rules.factors:
        if abs(more - times * less) * PERCENT <= times * less * rules.near_percent:
            yield _of(rules, meter, "factor", times=times)
            return


def _of(
    rules: ReviewRules, meter: MeterCase, code: str, *, holds: bool = True, **gaps: object
) -> Finding:
    words = statement_rules().words[f"service {meter.service}"]
    unit = rules.services[meter.service].unit
    figures = {"units": f"{meter.units:,}", "usual": f"{meter.usual or 0:,}", "unit": unit, **gaps}
    phrase = rules.findings[code]
    said = Both(
        phrase.en.format(service=words.en, **figures), phrase.es.format(service=words.es, **figures)
    )
    return Finding(code, holds, meter.service, said)


def _finding(rules: ReviewRules, code: str, *, holds: bool = True, **gaps: object) -> Finding:
    phrase = rules.findings[code]
    return Finding(code, holds, "", Both(phrase.en.format(**gaps), phrase.es.format(**gaps)))
