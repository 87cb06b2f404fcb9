"""A line that was tampered with, or whose tariff is gone, is found."""

from dataclasses import replace
from decimal import Decimal

import pytest

from billing.errors import NotAllowed, NotFound
from billing.rates.proof import faults, published, reproduce
from billing.rates.shapes import Rated
from tests.unit.billing.rating import TARIFFS, billed, used

LINE = billed("power-1", used(850))[2]


def test_a_line_is_worked_out_again_from_itself() -> None:
    assert LINE.quantity * LINE.rate == Decimal("35.665")
    assert reproduce(LINE) == LINE.cents == 3567


def test_a_changed_amount_and_a_changed_rate_are_told() -> None:
    assert "says 3566 cents and makes 3567" in faults(TARIFFS, replace(LINE, cents=3566))[0]
    changed = replace(LINE, rate=Decimal("0.1018"), cents=3563)
    assert faults(TARIFFS, changed) == ("power-1: the line says 0.1018 and the tariff 0.1019.",)


@pytest.mark.parametrize(
    "line",
    [
        replace(LINE, tariff="power-99"),
        replace(LINE, version="1999-01-01"),
        replace(LINE, basis={**LINE.basis, "line": "wind"}),
        replace(LINE, basis={**LINE.basis, "tier": 4}),
        replace(LINE, basis={**LINE.basis, "tier": 0}),
    ],
)
def test_a_line_whose_rate_is_nowhere_is_refused(line: Rated) -> None:
    with pytest.raises(NotFound) as refusal:
        published(TARIFFS, line)
    assert refusal.value.rule == "known rate"


def test_production_bills_by_no_figure_that_nobody_confirmed() -> None:
    usable = TARIFFS.usable(production=True)
    for name in ("water", "wastewater", "storm", "transportation", "sanitation", "power-2"):
        with pytest.raises(NotAllowed) as refusal:
            usable.get(name)
        assert refusal.value.rule == "verified rates"
    assert usable.get("sanitation-standby").unverified() == ()
    assert usable.get("power-12").unverified() == ()


def test_an_unverified_rider_keeps_its_schedule_out_of_production() -> None:
    doubts = {doubt.what for doubt in TARIFFS.get("power-1").unverified()}
    assert doubts == {"cost-adjustment", "telecom-debt", "energy-tax"}
    with pytest.raises(NotAllowed, match="cost-adjustment of power-20 from 2000-01-01"):
        TARIFFS.usable(production=True).get("power-1")


def test_a_demo_bills_by_all_of_them() -> None:
    assert TARIFFS.usable(production=False) is TARIFFS


def test_each_doubtful_figure_is_listed_once_for_preflight() -> None:
    listed = TARIFFS.unverified()
    assert len(listed) == len(set(listed))
    assert {one.status for one in listed} <= {"not_found", "other_city", "historic", "recalled"}
    assert ("water from 2000-01-01", "base") in {(one.where, one.what) for one in listed}
