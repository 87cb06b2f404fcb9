"""Every published schedule at every edge, against whole numbers written here by hand."""

from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

import pytest

from billing.rates.shapes import Usage
from tests.unit.billing.rating import TARIFFS, billed, span, total, used


class Published(NamedTuple):
    """A schedule as its page prints it, in thousandths of a cent; tiers as (up to, rate)."""

    base: int
    energy: tuple[tuple[int, int], ...]
    kw: tuple[tuple[int, int], ...] = ()


NO_EDGE = 10**9
SCHEDULES = {
    "power-1": Published(1392_000, ((500, 7_340), (1000, 10_190), (NO_EDGE, 12_090))),
    "power-2": Published(1392_000, ((NO_EDGE, 4_460),), ((5, 804_000), (NO_EDGE, 1436_000))),
    "power-4": Published(0, ((NO_EDGE, 4_460),), ((NO_EDGE, 1260_000),)),
    "power-6": Published(0, ((NO_EDGE, 3_680),), ((NO_EDGE, 1479_000),)),
    "power-11": Published(0, ((300, 9_490), (NO_EDGE, 10_880))),
}


def rounded(thousandths: int) -> int:
    """Round half up to a cent, in integers alone."""
    return (thousandths + 500) // 1000


def stepped(amount: int, tiers: tuple[tuple[int, int], ...]) -> Iterator[int]:
    """Give the cents of each tier."""
    below = 0
    for edge, rate in tiers:
        yield rounded(max(min(amount, edge) - below, 0) * rate)
        below = edge


def oracle(schedule: Published, kwh: int, kw: int) -> int:
    """Give a month's cents before tax."""
    energy, demand = stepped(kwh, schedule.energy), stepped(kw, schedule.kw)
    return rounded(schedule.base) + sum(energy) + sum(demand)


def around(tiers: tuple[tuple[int, int], ...]) -> set[int]:
    """Give what stands on, before and after each edge, and some plain and some wild amounts."""
    edges = [edge for edge, _ in tiers if edge != NO_EDGE]
    near = {edge + step for edge in edges for step in (-2, -1, 0, 1, 2)}
    return near | {0, 1, 2, 10, 25, 50, 75, 99, 125, 850, 1234, 9_999, 100_000, 1_000_000}


@pytest.mark.parametrize("name", SCHEDULES)
def test_a_published_schedule_is_exact_at_every_edge(name: str) -> None:
    schedule = SCHEDULES[name]
    cases = [(kwh, kw) for kwh in around(schedule.energy) for kw in around(schedule.kw)]
    for kwh, kw in cases:
        lines = billed(name, used(kwh, demand=str(kw)))
        assert total(lines) == oracle(schedule, kwh, kw if schedule.kw else 0), (kwh, kw)


def test_schedule_1_is_exact_on_every_kilowatt_hour_up_to_3000() -> None:
    for kwh in range(3001):
        assert total(billed("power-1", used(kwh))) == oracle(SCHEDULES["power-1"], kwh, 0), kwh


def test_the_amounts_worked_out_beside_the_published_page_come_out() -> None:
    golden = {0: 1392, 500: 5062, 501: 5072, 850: 8629, 1000: 10157, 2500: 28292}
    assert {kwh: total(billed("power-1", used(kwh))) for kwh in golden} == golden


# Half a cent in one tier: rounding to even gives another cent on these, and on no others.
TIES = [75, 175, 275, 375, 475, *(550, 650, 750, 850, 950), *range(1050, 3001, 100)]


def test_half_a_cent_always_goes_up() -> None:
    for kwh in TIES:
        last = [line for line in billed("power-1", used(kwh)) if line.kind == "use"][-1]
        exact = last.quantity * last.rate * 100
        assert exact % 1 == Decimal("0.5"), kwh
        assert last.cents == exact + Decimal("0.5"), kwh


def test_rounding_to_even_would_be_wrong_on_seventeen_amounts() -> None:
    wrong: list[int] = []
    for kwh in range(3001):
        lines = [line for line in billed("power-1", used(kwh)) if line.kind == "use"]
        to_even = [int((line.quantity * line.rate * 100).quantize(Decimal(1))) for line in lines]
        if sum(to_even) != total(lines):
            wrong.append(kwh)
    assert len(wrong) == 17
    assert wrong[:3] == [75, 175, 275]
    assert set(wrong) <= set(TIES)


@pytest.mark.parametrize(
    ("name", "use", "cents"),
    [
        ("power-2", used(1000, demand="12"), 199_24),
        ("power-2", used(1000, demand="5"), 98_72),
        ("power-2", used(0, demand="0.5"), 17_94),
        ("power-3", used(1000, on_peak="10", off_peak="8"), 228_80),
        ("power-4", used(10_000, demand="40"), 950_00),
        ("power-6", used(10_000, demand="40"), 959_60),
        ("power-11", used(301), 28_58),
        ("power-1", used(100, generated="250"), 4_40),
        ("power-1", used(0, generated="1000"), -53_50),
    ],
)
def test_a_bill_worked_out_by_hand_comes_out(name: str, use: Usage, cents: int) -> None:
    assert total(billed(name, use)) == cents


WATER = {
    0: 0,
    1: 0,
    4: 1,
    5_999: 858,
    6_000: 858,
    6_001: 858,
    6_003: 859,
    25_000: 4411,
    25_010: 4413,
    45_000: 8531,
    46_000: 8769,
}


@pytest.mark.parametrize("gallons", WATER)
def test_water_is_exact_at_every_edge(gallons: int) -> None:
    lines = billed("water", used(gallons, "gal"), meter_size="3/4 in")
    assert total(lines) == 1100 + WATER[gallons]
    assert sum(line.quantity for line in lines if line.kind == "use") * 1000 == gallons


@pytest.mark.parametrize(
    ("size", "cents"), [("5/8 in", 1100), ("1 in", 2750), ("1 1/2 in", 5500), ("2 in", 8800)]
)
def test_the_base_goes_by_the_size_of_the_meter(size: str, cents: int) -> None:
    assert total(billed("water", used(0, "kgal"), meter_size=size)) == cents


@pytest.mark.parametrize(
    ("name", "quantity", "cents"),
    [
        ("storm", "1", 900),
        ("storm", "2.5", 2250),
        ("transportation", "1", 350),
        ("sanitation", "1", 1150),
        ("sanitation", "3", 3250),
        ("sanitation-recycling", "2", 720),
        ("sanitation-standby", "1", 100),
    ],
)
def test_what_is_charged_by_the_unit_goes_by_the_agreement(
    name: str, quantity: str, cents: int
) -> None:
    assert total(billed(name, quantity=quantity)) == cents


@pytest.mark.parametrize(
    ("pole", "by_month", "at_once"),
    [("35 ft wood", 118_57, 1385_00), ("25 ft steel", 175_93, 2055_00)],
)
def test_a_security_light_is_paid_by_the_month_or_at_once(
    pole: str, by_month: int, at_once: int
) -> None:
    assert total(billed("power-12", pole=pole)) == by_month
    assert total(billed("power-12", quantity=2, pole=pole)) == 2 * by_month
    assert total(billed("power-12-paid", pole=pole, on="2026-01-15")) == at_once
    assert total(billed("power-12-paid", pole=pole, on="2026-02-01")) == 0


def test_wastewater_goes_by_the_winter_average_of_the_agreement() -> None:
    assert total(billed("wastewater", winter_average="4.2")) == 1115 + 630
    assert total(billed("wastewater")) == 1115 + 900  # the figure for a home without a winter yet
    assert total(billed("wastewater-metered", used("9.5", "kgal"))) == 1115 + 1425


def test_disposal_costs_at_least_its_minimum_for_each_job() -> None:
    day = span("2026-03-04", "2026-03-05")
    assert total(billed("sanitation-tipping", None, day, "0.5", on="2026-03-04")) == 50_00
    assert total(billed("sanitation-tipping", None, day, "1.5", on="2026-03-04")) == 58_50
    assert total(billed("sanitation-tipping", None, day, "1.5", on="2026-04-04")) == 0
    assert total(billed("sanitation-crew", None, day, "2.25", on="2026-03-04")) == 225_00


def test_the_energy_tax_is_a_line_of_its_own_on_the_lines_it_names() -> None:
    lines = billed("power-1", used(850))
    (tax,) = (line for line in lines if line.kind == "tax")
    assert (tax.tariff, tax.quantity, tax.rate, tax.cents) == (
        "power-tax", Decimal("86.29"), Decimal("0.06"), 518,
    )  # fmt: skip
    assert tax.basis["on"] == ["customer", "energy"]
    assert total(lines, taxed=True) == 91_47


def test_no_tax_is_given_back_where_more_was_sent_back_than_used() -> None:
    assert [line.kind for line in billed("power-1", used(0, generated="1000"))] == [
        "base",
        "credit",
    ]


def test_every_tariff_of_the_city_has_a_golden_case() -> None:
    named = {
        *SCHEDULES,
        "power-3",
        "power-12",
        "power-12-paid",
        "power-20",
        "power-21",
        "power-tax",
    }
    named |= {"water", "wastewater", "wastewater-metered", "storm", "transportation", "sanitation"}
    kinds = ("recycling", "standby", "tipping", "crew", "yard", "compost", "compost-dropoff")
    assert named | {f"sanitation-{kind}" for kind in kinds} == TARIFFS.by_id.keys()
