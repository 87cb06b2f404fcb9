"""The gate on a made-up conversion like that of July 2020: bad bills stay, good ones leave."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from bench.money.review import bill, held, homes
from billing.statements.review import BillCase, MeterCase, findings

HOMES, ONE_IN = 1500, 20


@pytest.mark.parametrize("seed", [2020, 7])
def test_the_bills_of_a_bad_conversion_are_held_and_good_ones_leave(seed: int) -> None:
    bills = [(home.fault, held(bill(home))) for home in homes(seed, HOMES, ONE_IN)]
    bad = [stayed for fault, stayed in bills if fault]
    good = [stayed for fault, stayed in bills if not fault]
    missed = [fault for fault, stayed in bills if fault and not stayed]
    assert sum(bad) * 100 >= len(bad) * 99, missed
    assert sum(good) * 100 <= len(good) * 3, f"{sum(good)} of {len(good)}"
    assert len(bad) == HOMES // ONE_IN


def cases() -> Iterator[tuple[BillCase, str]]:
    """Give a bill for each thing that the gate looks at."""
    plain = BillCase(
        cents=10_000, days=30, kind="residential", typical_cents=12_000, last_year_cents=9_000
    )
    power = MeterCase(service="power", units=800, days=30, usual=800)
    yield replace(plain, cents=45_001), "over last year"
    yield replace(plain, cents=60_001, last_year_cents=None), "over typical"
    yield replace(plain, days=61), "long"
    yield replace(plain, days=5), "short"
    yield replace(plain, left_out=True), "left out"
    yield replace(plain, metered=(replace(power, units=2000),)), "high"
    yield replace(plain, metered=(replace(power, units=100),)), "low"
    yield replace(plain, metered=(replace(power, units=0),)), "zero"
    yield replace(plain, metered=(replace(power, units=9000, usual=None),)), "new high"
    yield replace(plain, metered=(replace(power, estimated_days=61),)), "estimated"
    yield replace(plain, metered=(replace(power, waiting=True),)), "waiting"
    yield replace(plain, metered=(replace(power, rolled=True),)), "rolled over"
    yield replace(plain, metered=(replace(power, units=8000),)), "factor"
    yield replace(plain, metered=(replace(power, multiplier_before=10),)), "multiplier"


@pytest.mark.parametrize(
    ("case", "code"), list(cases()), ids=lambda one: one if isinstance(one, str) else ""
)
def test_each_oddity_holds_a_bill_and_says_so_in_both_languages(case: BillCase, code: str) -> None:
    found = {one.code: one for one in findings(case)}
    assert found[code].holds
    assert found[code].said.en != found[code].said.es
    assert "{" not in found[code].said.en + found[code].said.es


@pytest.mark.parametrize("history_cents", [0, 1, 500, 9_999, 20_000])
def test_no_bill_over_five_times_last_years_leaves_without_a_person(history_cents: int) -> None:
    case = BillCase(
        cents=5 * history_cents + 1, days=30, kind="residential", typical_cents=10**9,
        last_year_cents=history_cents,
    )  # fmt: skip
    assert held(case)


def test_a_first_bill_is_told_and_leaves_when_it_is_in_order() -> None:
    case = BillCase(cents=6_000, days=9, kind="residential", typical_cents=12_000, first=True)
    assert not held(case)
    assert {one.code for one in findings(case)} == {"first", "short"}
