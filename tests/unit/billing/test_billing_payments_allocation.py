"""Orders of application: five cities' codes as config, and what holds of every one of them."""

from datetime import date, timedelta
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.errors import BadAmount
from billing.payments.allocation import Applied, Open, Order, allocate, in_order, left_open
from billing.payments.rules import FOLDER, order_in_use, read_orders
from config.errors import ConfigError

ON = date(2026, 11, 23)
ORDERS = read_orders()[1]
SERVICES = ("general", "power", "water", "wastewater", "storm", "sanitation", "transportation")
PAST, NOW = ON - timedelta(days=20), ON + timedelta(days=10)

charges = st.lists(
    st.builds(
        Open,
        id=st.integers(1, 10**6),
        service=st.sampled_from(SERVICES),
        kind=st.sampled_from(("use", "late fee", "returned item")),
        cents=st.integers(1, 100_000),
        due_on=st.dates(date(2026, 1, 1), date(2027, 1, 1)),
    ),
    max_size=12,
    unique_by=lambda each: each.id,
)
orders = st.sampled_from(list(ORDERS.values()))


def names(order: str, *open_charges: Open) -> list[int]:
    return [each.id for each in in_order(open_charges, ORDERS[order], ON)]


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("cedar-hills", [5, 6, 3, 4, 1, 2]),  # penalties, other services, water last
        ("pasco", [5, 1, 6, 3, 2, 4]),  # late fees, the oldest, then by service
        ("lake-mary", [6, 3, 4, 1, 2, 5]),  # garbage, storm, wastewater, water
        ("moses-lake", [1, 5, 6, 4, 2, 3]),  # all that is past due first
        ("salt-lake-city", [5, 6, 3, 4, 1, 2]),
        ("debt-age", [1, 5, 6, 3, 4, 2]),
    ],
)
def test_each_city_s_order_is_as_its_code_has_it(order: str, expected: list[int]) -> None:
    assert (
        names(
            order,
            Open(1, "water", "use", 100, PAST),
            Open(2, "water", "use", 100, NOW),
            Open(3, "storm", "use", 100, NOW),
            Open(4, "wastewater", "use", 100, NOW),
            Open(5, "power", "late fee", 100, NOW - timedelta(days=25)),
            Open(6, "sanitation", "use", 100, NOW - timedelta(days=5)),
        )
        == expected
    )


def test_past_due_before_current_does_not_ask_how_long_it_is_past_due() -> None:
    older = Open(1, "water", "use", 100, PAST)
    newer = Open(2, "sanitation", "use", 100, PAST + timedelta(days=5))
    due_today = Open(3, "sanitation", "use", 100, ON)
    assert names("moses-lake", due_today, older, newer) == [2, 1, 3]
    assert names("debt-age", due_today, newer, older) == [1, 2, 3]


def test_five_cities_are_there_and_each_takes_fifteen_lines_or_less() -> None:
    written = (FOLDER / "orders.yaml").read_text().partition("orders:\n")[2].strip("\n")
    blocks = [each.splitlines() for each in written.split("\n\n")]
    assert len(blocks) == len(ORDERS) == 6
    assert max(len(block) for block in blocks) <= 15


@given(charges, st.integers(1, 10**6), orders)
def test_parts_and_rest_add_up_and_no_charge_gets_too_much(
    open_charges: list[Open], cents: int, order: Order
) -> None:
    applied = allocate(open_charges, cents, order, ON)
    by_id = {each.id: each for each in open_charges}
    assert sum(part.cents for part in applied.parts) + applied.unapplied == cents
    assert all(0 < part.cents <= by_id[part.charge_id].cents for part in applied.parts)
    assert sum(applied.by_service.values()) == cents - applied.unapplied
    owed = sum(each.cents for each in open_charges)
    assert applied.unapplied == max(0, cents - owed)
    assert sum(each.cents for each in left_open(open_charges, applied.parts)) == max(
        0, owed - cents
    )


@given(charges, st.integers(1, 10**6), st.integers(1, 10**6), orders)
def test_two_payments_pay_what_their_sum_would(
    open_charges: list[Open], one: int, other: int, order: Order
) -> None:
    def pay(still: list[Open], cents: int) -> tuple[list[Open], Applied]:
        applied = allocate(still, cents, order, ON)
        return left_open(still, applied.parts), applied

    still, _ = pay(*(pay(open_charges, one)[0], other))
    at_once, _ = pay(open_charges, one + other)
    assert {each.id: each.cents for each in still} == {each.id: each.cents for each in at_once}


@given(charges, st.integers(1, 10**6), orders, st.randoms())
def test_the_order_of_reading_does_not_matter(
    open_charges: list[Open], cents: int, order: Order, random: Random
) -> None:
    shuffled = [*open_charges]
    random.shuffle(shuffled)
    applied = allocate(open_charges, cents, order, ON)
    assert allocate(shuffled, cents, order, ON) == applied


@pytest.mark.parametrize("cents", [0, -5])
def test_nothing_is_not_allocated(cents: int) -> None:
    with pytest.raises(BadAmount):
        allocate([], cents, order_in_use(), ON)


def test_a_wrong_order_is_told_with_every_fault(tmp_path: Path) -> None:
    path = tmp_path / "orders.yaml"
    path.write_text("""
use: nowhere
orders:
  a:
    name: {en: A, es: A}
    source: test
    status: policy
    steps: [{due: soon}, {colour: [red]}, {services: [water, water]}]
  b: {name: {en: B, es: B}, source: test, status: policy}
""")
    with pytest.raises(ConfigError) as caught:
        read_orders(path)
    assert len(caught.value.faults) == 5
