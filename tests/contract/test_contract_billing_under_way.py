"""Whoever begins a payment like one that is under way is told so, however close the two are."""

from functools import partial
from uuid import uuid4

import pytest
from sqlalchemy import text

from billing.ports import BillingCore
from billing.shapes import Intent, PaidBefore
from db.session import Database
from tests.unit.at_once import at_once

CALLERS = 8
ROUNDS = 5
EXPIRED = text("UPDATE payment_intents SET expires_at = now() - interval '1 s' WHERE id = :id")


def begin(core: BillingCore, account: str, cents: int = 4000, call: str | None = None) -> Intent:
    """Begin a payment in a call of its own, under a key of its own."""
    return core.start_payment(
        account=account, cents=cents, tender="card", channel="phone", language="en",
        key=uuid4().hex, call_sid=call or "CA" + uuid4().hex,
    )  # fmt: skip


def like(made: Intent) -> PaidBefore:
    """What is said of a payment to who begins another like it."""
    return PaidBefore(made.cents, made.created_at, made.state)


def test_of_many_who_begin_one_payment_at_once_one_is_not_asked_about_the_others(
    core: BillingCore, account: str
) -> None:
    for cents in range(4000, 4000 + ROUNDS):
        made = at_once(*[partial(begin, core, account, cents)] * CALLERS)
        first = [one for one in made if one.paid_before is None]
        assert len(first) == 1
        assert min(made, key=lambda one: one.created_at) == first[0]
        asked = [one.paid_before for one in made if one.paid_before is not None]
        assert {(one.cents, one.state) for one in asked} == {(cents, "created")}


def test_the_second_of_two_calls_is_told_of_the_first_and_not_the_other_way(
    core: BillingCore, account: str, key: str
) -> None:
    def first() -> Intent:
        return core.start_payment(
            account=account, cents=4000, tender="card", channel="phone", language="en", key=key
        )

    made = first()
    assert begin(core, account).paid_before == like(made)
    assert first() == made
    assert made.paid_before is None


def test_once_it_is_sent_both_are_told(core: BillingCore, account: str) -> None:
    first = begin(core, account)
    second = begin(core, account)
    now = core.payment_sent(second.id, key=uuid4().hex)
    assert now.state == "sent"
    third = begin(core, account)
    assert third.paid_before is not None
    assert third.paid_before.state == "sent"
    assert core.payment(first.id).state == "created"


@pytest.mark.parametrize("cents", [3999, 4001])
def test_another_amount_is_another_payment(core: BillingCore, account: str, cents: int) -> None:
    begin(core, account)
    assert begin(core, account, cents).paid_before is None


def test_who_chooses_anew_in_one_call_is_not_asked_about_that_choice(
    core: BillingCore, account: str
) -> None:
    call = "CA" + uuid4().hex
    first = begin(core, account, call=call)
    assert begin(core, account, call=call).paid_before is None
    core.payment_sent(first.id, key=uuid4().hex)
    assert begin(core, account, call=call).paid_before is not None


def test_what_was_begun_and_left_is_soon_forgotten(
    core: BillingCore, account: str, database: Database
) -> None:
    left = begin(core, account)
    database.run(lambda session: session.execute(EXPIRED, {"id": left.id}))
    assert begin(core, account).paid_before is None
