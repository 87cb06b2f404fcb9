"""Judging a read before it is kept: ok, high, low, zero, backward or rolled over. Pure."""

from dataclasses import dataclass

from billing.accounts.rules import Limits, ReadRules

PERCENT = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A read to be judged, beside its neighbours on the same dial.

    `value` and the neighbours are what the dial shows; `before` is the read before it, `looked` the
    last before it that was no estimate, `after` the one after it (for a read entered late);
    `expected` is the usual use of `days`, in units, None where there is no past.
    """

    value: int
    digits: int
    multiplier: int
    days: int
    before: int
    looked: int
    after: int | None = None
    after_rolled: bool = False
    expected: int | None = None


def judged(case: Case, limits: Limits, rules: ReadRules) -> str:
    """Give the finding on a read of the dial of use."""
    if case.after is not None and case.value > case.after and not case.after_rolled:
        return "backward"
    if case.value < min(case.before, case.looked):
        return "rolled over" if _rolled(case, limits, rules) else "backward"
    # Below an estimate, yet not below what was last seen: the estimate was too high.
    moved = case.value - (case.before if case.value >= case.before else case.looked)
    units = moved * case.multiplier
    usual = case.expected
    if not units:
        return "zero" if case.days >= rules.zero_days and usual != 0 else "ok"
    if is_high(units, case, limits):
        return "high"
    low = usual is not None and units * PERCENT < usual * limits.low_percent
    return "low" if low and (usual or 0) - units >= limits.least else "ok"


def is_high(units: int, case: Case, limits: Limits) -> bool:
    """Say whether so much is far above what is usual, or above what a new meter may use."""
    if case.expected is None:
        return units > limits.first_daily_most * max(case.days, 1)
    above = units * PERCENT > case.expected * limits.high_percent
    return above and units - case.expected >= limits.least


def _rolled(case: Case, limits: Limits, rules: ReadRules) -> bool:
    """Tell a dial that went over its last digit from one that was misread."""
    full = 10**case.digits
    units = (case.value - case.before + full) * case.multiplier
    if case.expected is not None:
        return not is_high(units, case, limits)
    last, first = full - case.before, case.value
    return max(last, first) * PERCENT <= full * rules.rollover_percent
