"""Cents: rounded by the written rule, split without loss, read and shown exactly."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.errors import BadAmount
from billing.money import MOST, above_zero, half_up, parse, share, shown, whole


@pytest.mark.parametrize(
    ("amount", "cents"),
    [
        ("0", 0), ("0.4999999", 0), ("0.5", 1), ("1.5", 2), ("2.5", 3), ("8629.5", 8630),
        ("-0.5", -1), ("-2.5", -3), ("-0.49", 0), ("1e3", 1000), ("99999999999999.5", 10**14),
    ],
)  # fmt: skip
def test_a_tie_is_rounded_away_from_zero(amount: str, cents: int) -> None:
    assert half_up(Decimal(amount)) == cents


@pytest.mark.parametrize(
    "amount", [1.5, "1.5", 1, True, None, Decimal("NaN"), Decimal("Infinity")], ids=repr
)
def test_only_an_exact_decimal_is_rounded(amount: object) -> None:
    with pytest.raises(BadAmount) as refused:
        half_up(amount)  # pyright: ignore[reportArgumentType]  that is the claim
    assert refused.value.rule == "decimal"


@given(st.integers(-(10**12), 10**12), st.lists(st.integers(0, 10**6), min_size=1, max_size=12))
def test_the_parts_of_a_share_add_up(cents: int, weights: list[int]) -> None:
    if not sum(weights):
        with pytest.raises(BadAmount):
            share(cents, weights)
        return
    parts = share(cents, weights)
    assert sum(parts) == cents
    for part, weight in zip(parts, weights, strict=True):
        exact = Decimal(cents) * weight / sum(weights)
        assert abs(part - exact) < 1
        assert part == 0 or (part > 0) == (cents > 0)


def test_a_share_of_equal_remainders_goes_to_the_first() -> None:
    assert share(100, [1, 1, 1]) == [34, 33, 33]
    assert share(-100, [1, 1, 1]) == [-34, -33, -33]
    assert share(2, [1, 1, 1]) == [1, 1, 0]
    assert share(5, [0, 1, 0]) == [0, 5, 0]


@pytest.mark.parametrize("weights", [[], [0], [0, 0], [2, -1], [-1]])
def test_a_share_needs_weights(weights: list[int]) -> None:
    with pytest.raises(BadAmount):
        share(100, weights)


@pytest.mark.parametrize(
    ("cents", "words"),
    [(0, "$0.00"), (5, "$0.05"), (-5, "-$0.05"), (8629, "$86.29"), (123456, "$1,234.56"),
     (-100, "-$1.00"), (MOST, "$1,000,000,000,000.00")],
)  # fmt: skip
def test_an_amount_is_shown_as_dollars(cents: int, words: str) -> None:
    assert shown(cents, "en") == shown(cents, "es") == words


@given(st.integers(-MOST, MOST))
def test_what_is_shown_is_read_back(cents: int) -> None:
    assert parse(shown(cents), negative=True) == cents


@pytest.mark.parametrize(
    ("text", "cents"),
    [("12", 1200), ("12.50", 1250), ("$12.50", 1250), (" 1,234.56 ", 123456), ("0.00", 0),
     ("1234567.89", 123456789)],
)  # fmt: skip
def test_an_amount_in_dollars_is_read(text: str, cents: int) -> None:
    assert parse(text) == cents


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        (12.5, "text"), (1250, "text"), (None, "text"), (b"12.50", "text"),
        ("", "dollars"), ("12.5", "dollars"), ("12.505", "dollars"), ("12.", "dollars"),
        (".50", "dollars"), ("€12.50", "dollars"), ("12.50 MXN", "dollars"), ("MX$12", "dollars"),
        ("1e3", "dollars"), ("NaN", "dollars"), ("1,23.00", "dollars"), ("--1", "dollars"),
        ("12,50", "dollars"), ("٣٤", "dollars"), ("12 50", "dollars"),
        ("-12.50", "above zero"), ("9" * 20, "size"),
    ],
)  # fmt: skip
def test_anything_else_is_no_amount(text: object, rule: str) -> None:
    with pytest.raises(BadAmount) as refused:
        parse(text)
    assert refused.value.rule == rule
    assert refused.value.advice


@pytest.mark.parametrize("cents", [1.0, "1", True, None, Decimal(1)], ids=repr)
def test_only_an_int_is_whole(cents: object) -> None:
    with pytest.raises(BadAmount, match="whole number of cents"):
        whole(cents)


def test_sizes_and_signs_are_bounded() -> None:
    assert whole(-MOST) == -MOST
    assert above_zero(1) == 1
    for wrong in (MOST + 1, -MOST - 1):
        with pytest.raises(BadAmount):
            whole(wrong)
    for wrong in (0, -1):
        with pytest.raises(BadAmount):
            above_zero(wrong)
