"""A payment is begun, sent, and posted once, whoever asks, in process and over HTTP."""

from typing import cast
from uuid import uuid4

import pytest

from billing.errors import AnotherBody, BadAmount, BillingError, Conflict, NotFound
from billing.ports import BillingCore
from billing.shapes import Declined, Intent, Outcome, PaymentResult, Receipt, Unknown
from config.check_digits import check_digit
from tests.contract.billings import charge
from tests.unit.at_once import at_once


def begin(core: BillingCore, account: str, key: str, cents: int = 4000) -> Intent:
    return core.start_payment(
        account=account, cents=cents, tender="card", channel="phone", language="es", key=key,
        call_sid="CA" + "0" * 32,
    )  # fmt: skip


def approved(intent: Intent) -> PaymentResult:
    return PaymentResult(intent.id, "approved", "ch_1", "4242")


@pytest.fixture
def sent(core: BillingCore, account: str, key: str) -> Intent:
    """A payment of $40 on an account that owes $60, of which the processor was asked."""
    charge(core, account, f"{key}-owed", 6000)
    return core.payment_sent(begin(core, account, key).id, key=f"{key}-sent")


def test_an_intent_is_kept_before_anything_else_happens(
    core: BillingCore, account: str, key: str
) -> None:
    made = begin(core, account, key)
    assert (made.state, made.cents, made.tender, made.account) == ("created", 4000, "card", account)
    assert made.expires_at > made.created_at
    assert core.payment(made.id) == made
    assert core.balance(account).total == 0


def test_a_payment_that_comes_in_lowers_what_is_owed_and_has_a_receipt(
    core: BillingCore, account: str, sent: Intent, key: str
) -> None:
    told = core.payment_result(approved(sent), key=f"{key}-result")
    assert isinstance(told, Receipt)
    assert check_digit(told.number[:-1]) == told.number[-1]
    assert (told.account, told.cents, told.owed) == (account, 4000, 2000)
    assert core.balance(account).total == 2000
    (paid,) = core.recent_payments(account)
    assert (paid.receipt, paid.cents, paid.channel) == (told.number, 4000, "phone")
    now = core.payment(sent.id)
    assert (now.state, now.receipt, now.last_four) == ("posted", told.number, "4242")


def test_a_result_that_arrives_many_times_at_once_is_one_payment(
    core: BillingCore, account: str, sent: Intent
) -> None:
    def tell() -> object:
        return core.payment_result(approved(sent), key=uuid4().hex)

    told = at_once(*[tell] * 16)
    assert len({str(one) for one in told}) == 1
    assert len(core.recent_payments(account)) == 1
    assert core.balance(account).total == 2000


def test_a_key_begins_one_payment_whoever_asks_at_once(
    core: BillingCore, account: str, key: str
) -> None:
    made = at_once(*[lambda: begin(core, account, key)] * 16)
    assert len({one.id for one in made}) == 1
    with pytest.raises(AnotherBody):
        begin(core, account, key, 4001)


@pytest.mark.parametrize("outcome", ["declined", "abandoned"])
def test_what_was_not_taken_changes_nothing_owed(
    core: BillingCore, account: str, sent: Intent, key: str, outcome: str
) -> None:
    result = PaymentResult(sent.id, cast("Outcome", outcome), reason="funds")
    told = core.payment_result(result, key=f"{key}-result")
    assert isinstance(told, Declined)
    assert told.reason == "funds"
    assert core.balance(account).total == 6000
    assert core.recent_payments(account) == ()


def test_a_payment_that_nobody_knows_of_warns_who_pays_again(
    core: BillingCore, account: str, sent: Intent, key: str
) -> None:
    told = core.payment_result(
        PaymentResult(sent.id, "unknown", reason="no answer"), key=f"{key}-result"
    )
    assert isinstance(told, Unknown)
    again = begin(core, account, f"{key}-again", 100)
    assert again.paid_before is not None
    assert (again.paid_before.state, again.paid_before.cents) == ("unknown", 4000)
    core.payment_result(approved(sent), key=f"{key}-found")
    assert core.payment(sent.id).state == "posted"
    assert core.balance(account).total == 2000


def test_the_same_amount_a_moment_ago_is_said(
    core: BillingCore, account: str, sent: Intent, key: str
) -> None:
    core.payment_result(approved(sent), key=f"{key}-result")
    again = begin(core, account, f"{key}-again")
    assert again.paid_before is not None
    assert again.paid_before.state == "posted"


def test_a_payment_that_has_ended_is_not_sent_again(
    core: BillingCore, sent: Intent, key: str
) -> None:
    core.payment_result(approved(sent), key=f"{key}-result")
    with pytest.raises(Conflict) as refusal:
        core.payment_sent(sent.id, key=f"{key}-again")
    assert refusal.value.advice


@pytest.mark.parametrize("cents", [0, -1, 10**15, 1.5, "1", True])
def test_a_payment_of_no_amount_is_refused(
    core: BillingCore, account: str, key: str, cents: object
) -> None:
    with pytest.raises(BadAmount):
        begin(core, account, key, cast("int", cents))


def test_a_payment_of_nobody_or_without_a_key_is_refused(
    core: BillingCore, account: str, key: str
) -> None:
    with pytest.raises(NotFound):
        begin(core, "00000000", key)
    with pytest.raises(BillingError) as refusal:
        begin(core, account, "")
    assert refusal.value.rule == "idempotency key"
    for ask in (
        lambda: core.payment_sent("nothing", key=uuid4().hex),
        lambda: core.payment_result(PaymentResult("nothing", "approved"), key=uuid4().hex),
    ):
        with pytest.raises(NotFound):
            ask()
