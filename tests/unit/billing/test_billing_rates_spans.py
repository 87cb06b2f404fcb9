"""Spans of days: what a month is, and what happens where rates or seasons change inside one."""

from dataclasses import replace
from decimal import Decimal

import pytest

from billing.errors import BadAmount, NotFound
from billing.rates.engine import rate
from billing.rates.shapes import Span
from billing.rates.tariffs import DayOfYear, Season
from tests.unit.billing.rating import (
    JANUARY,
    billed,
    price,
    rated,
    span,
    tariff,
    total,
    used,
)  # fmt: skip

FLAT = price("energy", "use", [(None, "0.10")], "kWh")
DEAR = price("energy", "use", [(None, "0.20")], "kWh")
STEPPED = price("energy", "use", [("300", "0.10"), (None, "0.20")], "kWh")


@pytest.mark.parametrize(
    ("over", "cents"),
    [
        (span("2026-02-01", "2026-03-01"), 900),  # 28 days
        (span("2024-02-01", "2024-03-01"), 900),  # 29, in a leap year
        (span("2026-01-01", "2026-02-01"), 900),  # 31
        (span("2026-01-01", "2026-01-28"), 900),  # 27, the least
        (span("2026-01-01", "2026-02-03"), 900),  # 33, the most
        (span("2026-01-01", "2026-01-27"), 780),  # 26 of 30
        (span("2026-01-01", "2026-02-04"), 1020),  # 34 of 30
        (span("2026-01-01", "2026-03-02"), 1800),  # 60
        (span("2026-01-01", "2026-01-02"), 30),
        (span("2025-12-20", "2026-01-19"), 900),  # over New Year
        (span("2024-02-28", "2024-03-01"), 60),  # a leap day is a day
        (span("2026-02-28", "2026-03-01"), 30),
    ],
)
def test_a_month_is_a_span_of_27_to_33_days_and_other_spans_go_by_30(
    over: Span, cents: int
) -> None:
    assert total(billed("storm", None, over)) == cents


def test_no_days_cost_nothing() -> None:
    nowhere = span("2026-01-05", "2026-01-05")
    assert billed("storm", None, nowhere) == ()
    assert billed("power-1", used(0), nowhere) == ()


def test_use_without_days_is_refused() -> None:
    with pytest.raises(BadAmount) as refusal:
        billed("power-1", used(5), span("2026-01-05", "2026-01-05"))
    assert refusal.value.rule == "days of use"


def test_a_span_that_runs_backward_is_refused() -> None:
    with pytest.raises(BadAmount) as refusal:
        span("2026-01-05", "2026-01-04")
    assert refusal.value.rule == "span"


def test_tiers_shrink_with_the_days_of_a_short_span() -> None:
    lines = rated(tariff(("2020-01-01", (STEPPED,))), used(200), span("2026-01-01", "2026-01-11"))
    assert [(line.quantity, line.cents) for line in lines] == [(100, 1000), (100, 2000)]
    assert [line.basis["edges"] for line in lines] == ["1/3", "1/3"]


def test_a_change_of_rates_inside_a_span_splits_use_by_days() -> None:
    made = tariff(("2020-01-01", (FLAT,)), ("2026-01-11", (DEAR,)))
    lines = rated(made, used(310), JANUARY)
    assert [(one.version, one.days, one.quantity, one.cents) for one in lines] == [
        ("2020-01-01", 10, 100, 1000),
        ("2026-01-11", 21, 210, 4200),
    ]


def test_a_change_on_the_first_day_of_a_span_is_no_split() -> None:
    made = tariff(("2020-01-01", (FLAT,)), ("2026-01-01", (DEAR,)))
    assert [line.version for line in rated(made, used(310), JANUARY)] == ["2026-01-01"]
    later = tariff(("2020-01-01", (FLAT,)), ("2026-02-01", (DEAR,)))
    assert [line.version for line in rated(later, used(310), JANUARY)] == ["2020-01-01"]


def test_the_pieces_of_a_split_add_up_to_what_was_used() -> None:
    made = tariff(("2020-01-01", (FLAT,)), ("2026-01-08", (DEAR,)), ("2026-01-25", (STEPPED,)))
    lines = rated(made, used("100.002"), JANUARY)
    assert sum(line.quantity for line in lines) == Decimal("100.002")
    assert lines[0].quantity == Decimal("22.581097")  # 7 of 31 days, to the millionth


def test_a_change_of_storm_rates_is_split_by_days() -> None:
    lines = billed("storm", None, span("2019-06-16", "2019-07-16"))
    assert [(line.version, line.cents, line.basis["months"]) for line in lines] == [
        ("2015-07-01", 371, "1/2"),  # 7.41 / 2 = 3.705
        ("2019-07-01", 450, "1/2"),
    ]


def test_days_before_the_first_rates_are_refused_and_not_free() -> None:
    with pytest.raises(NotFound) as refusal:
        billed("storm", None, span("2015-06-15", "2015-07-15"))
    assert refusal.value.rule == "tariff in force"


@pytest.mark.parametrize(
    ("over", "cents"),
    [
        (span("2026-01-15", "2026-02-15"), 0),
        (span("2026-02-01", "2026-03-01"), 0),  # ends with the last day before the season
        (span("2026-03-01", "2026-04-01"), 620),
        (span("2026-02-14", "2026-03-16"), 310),  # 15 of 30 days
        (span("2026-02-28", "2026-03-30"), 599),  # 29 of 30: 5.9933
        (span("2026-11-01", "2026-12-01"), 620),
        (span("2026-11-16", "2026-12-16"), 310),
        (span("2026-12-01", "2027-01-01"), 0),
        (span("2026-11-30", "2026-12-30"), 21),  # 1 of 30: 0.20667
    ],
)
def test_yard_waste_is_charged_for_its_season_alone(over: Span, cents: int) -> None:
    assert total(billed("sanitation-yard", None, over)) == cents


def test_a_season_may_go_over_new_year() -> None:
    winter = Season(DayOfYear(11, 1), DayOfYear(3, 1))
    inside = ("2026-11-01", "2026-12-31", "2027-01-01", "2024-02-29")
    assert all(winter.holds(span(one, one).first) for one in inside)
    assert not any(winter.holds(span(one, one).first) for one in ("2026-10-31", "2026-03-01"))


def test_the_last_day_of_a_season_is_the_day_before_its_end() -> None:
    assert Season(DayOfYear(11, 1), DayOfYear(3, 1)).last_day() == (2, 29)
    assert Season(DayOfYear(3, 1), DayOfYear(12, 1)).last_day() == (11, 30)


def test_a_line_tells_its_days_and_only_as_much_as_it_was_worked_out_by() -> None:
    whole = {"line": "energy", "from": "2026-01-01", "until": "2026-02-01"}
    assert [line.basis for line in rated(tariff(("2020-01-01", (FLAT,))), used(9), JANUARY)] == [
        whole
    ]
    stepped = rated(tariff(("2020-01-01", (STEPPED,))), used(301), JANUARY)
    assert [line.basis for line in stepped] == [{**whole, "tier": 1}, {**whole, "tier": 2}]
    week = rated(tariff(("2020-01-01", (FLAT,))), used(9), span("2026-01-01", "2026-01-08"))
    assert [line.basis for line in week] == [{**whole, "until": "2026-01-08"}]


def test_demand_is_not_split_and_its_tiers_do_not_shrink() -> None:
    steps = [("5", "8.04"), (None, "14.36")]
    made = tariff(("2020-01-01", (price("demand", "demand", steps, "kW"),)))
    lines = rated(made, used(0, demand="12"), span("2026-01-01", "2026-01-16"))
    assert [(line.quantity, line.cents) for line in lines] == [(5, 2010), (7, 5026)]


def test_a_minimum_tops_up_what_stands_above_it() -> None:
    least = price("least", "minimum", [(None, "25.00")])
    made = tariff(("2020-01-01", (FLAT, least)))
    assert [line.cents for line in rated(made, used(100), JANUARY)] == [1000, 1500]
    assert [line.cents for line in rated(made, used(250), JANUARY)] == [2500]
    assert [line.cents for line in rated(made, used("249.9"), JANUARY)] == [2499, 1]
    assert [line.cents for line in rated(made, used(0), JANUARY)] == [2500]
    half = span("2026-01-01", "2026-01-16")
    assert [line.cents for line in rated(made, used(100), half)] == [1000, 250]


def test_a_rider_changes_on_its_own_day_and_is_taxed_with_the_rest() -> None:
    cost = tariff(
        ("2020-01-01", (price("cost", "rider", [(None, "0")], "kWh", "use"),)),
        ("2026-01-16", (price("cost", "rider", [(None, "0.01")], "kWh", "use"),)),
    )
    lines = rated(tariff(("2020-01-01", (FLAT,)), riders=(cost,)), used(62), JANUARY)
    assert [(line.kind, line.quantity, line.cents) for line in lines] == [
        ("use", 30, 300), ("use", 32, 320), ("rider", 32, 32),
    ]  # fmt: skip


def test_use_that_costs_nothing_still_has_its_line() -> None:
    free = price("use", "use", [("6", "0"), (None, "1.00")], "kgal")
    lines = rated(tariff(("2020-01-01", (free,))), used(9, "kgal"), JANUARY)
    assert [(line.quantity, line.cents) for line in lines] == [(6, 0), (3, 300)]


def test_a_home_without_a_winter_average_is_refused_where_no_figure_stands_in() -> None:
    made = tariff(("2020-01-01", (price("use", "use", [(None, "1")], "kgal", "winter average"),)))
    with pytest.raises(BadAmount) as refusal:
        rated(made, None, JANUARY)
    assert refusal.value.rule == "winter average"


def test_a_winter_average_is_parted_by_days_where_its_rate_changes() -> None:
    average = price("use", "use", [(None, "1.00")], "kgal", "winter average")
    dear = price("use", "use", [(None, "2.00")], "kgal", "winter average")
    made = tariff(("2020-01-01", (average,)), ("2026-01-16", (dear,)))
    lines = rate(made, None, JANUARY, Decimal(1), {"winter_average": "6.2"})
    assert [(line.quantity, line.cents) for line in lines] == [
        (Decimal("3.0"), 300), (Decimal("3.2"), 640),
    ]  # fmt: skip
    half = rate(made, None, span("2026-01-01", "2026-01-16"), Decimal(1), {"winter_average": "6.2"})
    assert [(line.quantity, line.cents) for line in half] == [(Decimal("3.1"), 310)]


def test_nothing_used_on_a_schedule_without_a_base_gives_no_line_and_no_tax() -> None:
    assert billed("power-11", used(0)) == ()


def test_estimated_use_is_marked_on_its_lines() -> None:
    made = tariff(("2020-01-01", (price("base", "base", [(None, "1")]), FLAT)))
    guessed = replace(used(100), estimated=True)
    assert [one.basis.get("estimated") for one in rated(made, guessed, JANUARY)] == [None, True]
    assert "estimated" not in rated(made, used(100), JANUARY)[1].basis


REFUSED = {
    "no use told": ("use", lambda: billed("power-1")),
    "below zero": ("use below zero", lambda: billed("power-1", used(-1))),
    "finer than a thousandth": ("thousandths", lambda: billed("power-1", used("1.0001"))),
    "another unit": ("unit", lambda: billed("power-1", used(1, "kgal"))),
    "no number": ("decimal", lambda: billed("power-1", used("NaN"))),
    "no meter size": ("meter_size", lambda: billed("water", used(1, "kgal"))),
    "an unknown size": ("meter_size", lambda: billed("water", used(1, "kgal"), meter_size="9 in")),
    "a float of a detail": ("text", lambda: billed("wastewater", winter_average=4)),
    "no figure": ("text", lambda: billed("wastewater", winter_average="much")),
    "no quantity": ("quantity", lambda: billed("storm", quantity="0")),
    "a quantity below zero": ("quantity", lambda: billed("storm", quantity="-1")),
    "endless cans": ("quantity", lambda: billed("sanitation", quantity="Infinity")),
    "no day for a pole": ("day", lambda: billed("power-12-paid", pole="35 ft wood")),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_rated_is_refused_by_rule(name: str) -> None:
    rule, tried = REFUSED[name]
    with pytest.raises(BadAmount) as refusal:
        tried()
    assert refusal.value.rule == rule
    assert refusal.value.advice


def test_a_tariff_that_is_not_there_is_told() -> None:
    with pytest.raises(NotFound) as refusal:
        billed("power-99")
    assert refusal.value.rule == "known tariff"
