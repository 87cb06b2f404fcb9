"""What is put on an account by another city system is there once, to the cent, or not at all."""

from typing import cast

import pytest

from billing.errors import (
    AnotherBody,
    BadAmount,
    BillingError,
    NotFound,
)
from billing.ports import BillingCore
from tests.contract.billings import MAKER, adjust, charge
from tests.unit.at_once import at_once


def test_a_charge_is_made_once_per_key(core: BillingCore, account: str, key: str) -> None:
    made = at_once(*[lambda: charge(core, account, key)] * 16)
    assert len(set(made)) == 1
    assert core.balance(account).total == 1250


def test_another_body_under_a_key_is_refused(core: BillingCore, account: str, key: str) -> None:
    charge(core, account, key)
    with pytest.raises(AnotherBody) as refusal:
        charge(core, account, key, 1251)
    assert refusal.value.rule
    assert refusal.value.advice
    assert core.balance(account).total == 1250


def test_two_bodies_that_race_under_one_key_are_one_charge(
    core: BillingCore, account: str, key: str
) -> None:
    def try_to(cents: int) -> str:
        try:
            charge(core, account, key, cents)
        except AnotherBody:
            return "refused"
        return str(cents)

    said = set(at_once(*[lambda: try_to(100), lambda: try_to(200)] * 8))
    assert core.balance(account).total in {100, 200}
    assert said == {"refused", str(core.balance(account).total)}


@pytest.mark.parametrize("cents", [0, -5, 10**15, 12.5, 12.0, "12", True, None])
def test_no_amount_is_refused_whatever_is_given_for_it(
    core: BillingCore, account: str, key: str, cents: object
) -> None:
    with pytest.raises(BadAmount):
        charge(core, account, key, cast("int", cents))
    assert core.balance(account).total == 0


def test_a_service_that_there_is_not_is_refused(core: BillingCore, account: str, key: str) -> None:
    with pytest.raises(BadAmount) as refusal:
        core.charge(account=account, service="gas", cents=1, kind="permit", actor=MAKER, key=key)
    assert refusal.value.rule == "known service"


def test_a_write_without_a_key_is_refused(core: BillingCore, account: str) -> None:
    with pytest.raises(BillingError) as refusal:
        charge(core, account, "")
    assert refusal.value.rule == "idempotency key"


def test_a_small_adjustment_is_done_once_per_key(core: BillingCore, account: str, key: str) -> None:
    charge(core, account, f"{key}-owed", 5000)
    made = at_once(*[lambda: adjust(core, account, key, 1000)] * 8)
    assert len(set(made)) == 1
    assert made[0].state == "done"
    assert core.balance(account).total == 4000
    with pytest.raises(AnotherBody):
        adjust(core, account, key, 1001)


def test_an_adjustment_over_the_makers_limit_waits_for_somebody_else(
    core: BillingCore, account: str, key: str
) -> None:
    charge(core, account, f"{key}-owed", 5000)
    made = adjust(core, account, key, 2501)
    assert (made.state, made.transaction) == ("draft", None)
    assert core.balance(account).total == 5000


@pytest.mark.parametrize(
    ("changed", "kind"),
    [
        ({"service": "gas"}, BadAmount),
        ({"reason": "because"}, NotFound),
        ({"reason": "leak"}, BadAmount),  # a document must have been seen
    ],
)
def test_an_adjustment_for_no_reason_of_ours_is_refused(
    core: BillingCore, account: str, key: str, changed: dict[str, str], kind: type[BillingError]
) -> None:
    with pytest.raises(kind) as refusal:
        adjust(core, account, key, 100, **changed)
    assert refusal.value.advice
