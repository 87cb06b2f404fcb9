"""An arrangement is what the rule grants, made once, and protects while it is kept."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from billing.core import Billing
from billing.errors import AnotherBody, NotAllowed, NotFound
from billing.ledger.clock import today
from billing.looking import account_id
from billing.payments.charges import Fee, add_fee
from billing.ports import BillingCore
from db.session import Database
from tests.contract.billings import MAKER, open_account
from tests.unit.at_once import at_once


@pytest.fixture
def past_due(database: Database, account: str, key: str) -> str:
    """An account that owes $300 since two months."""

    def owe(session: Session) -> None:
        on = today(session)
        fee = Fee(
            account_id=account_id(session, account), service="water", kind="use", cents=30000,
            on=on, due_on=on - timedelta(days=60), code="water.revenue",
        )  # fmt: skip
        add_fee(session, fee, "test", f"owed:{key}")

    database.run(owe)
    return account


def test_nothing_is_offered_where_nothing_is_past_due(core: BillingCore, account: str) -> None:
    offered = core.arrangement_offer(account)
    assert (offered.parts, offered.refusal) == ((), "nothing past due")


def test_what_is_offered_is_made_once_and_protects(
    core: BillingCore, past_due: str, key: str
) -> None:
    offered = core.arrangement_offer(past_due)
    assert sum(part.cents for part in offered.parts) == offered.cents == 30000
    made = core.make_arrangement(past_due, actor=MAKER, key=key)
    assert (made.account, made.cents, made.parts) == (past_due, 30000, offered.parts)
    assert core.make_arrangement(past_due, actor=MAKER, key=key) == made
    assert [one.kind for one in core.holds(past_due)] == ["arrangement"]
    assert core.arrangement_offer(past_due).refusal == "current"
    with pytest.raises(NotAllowed):
        core.make_arrangement(past_due, actor=MAKER, key=f"{key}-2")


def test_a_key_is_one_arrangement_whoever_asks(
    core: BillingCore, database: Database, past_due: str, key: str
) -> None:
    made = core.make_arrangement(past_due, actor=MAKER, key=key)
    other = database.run(open_account)
    for whose, actor in ((past_due, "rep-2"), (other, MAKER)):
        with pytest.raises((AnotherBody, NotAllowed)):  # over HTTP nobody asks in another's name
            core.make_arrangement(whose, actor=actor, key=key)
    with pytest.raises(NotAllowed) as refusal:
        core.make_arrangement(past_due, actor=MAKER, key=f"{key}-new")
    assert "current" in str(refusal.value)
    assert core.make_arrangement(past_due, actor=MAKER, key=key) == made


def test_many_who_ask_at_once_get_one_arrangement(
    core: BillingCore, past_due: str, key: str
) -> None:
    made = at_once(*[lambda: core.make_arrangement(past_due, actor=MAKER, key=key)] * 8)
    assert len({one.id for one in made}) == 1


def test_a_refused_arrangement_is_not_made(core: BillingCore, account: str, key: str) -> None:
    with pytest.raises(NotAllowed) as refusal:
        core.make_arrangement(account, actor=MAKER, key=key)
    assert "nothing past due" in str(refusal.value)
    with pytest.raises(NotFound):
        core.make_arrangement("00000000", actor=MAKER, key=f"{key}-2")


def test_production_offers_no_rule_that_the_city_has_not_confirmed(
    database: Database, past_due: str
) -> None:
    assert Billing(database, production=True).arrangement_offer(past_due).refusal == "not confirmed"
