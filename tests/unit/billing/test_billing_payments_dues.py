"""Late fees and deposits: each rule as a table."""

from collections.abc import Callable, Generator, Mapping
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import text

from billing.accounts.holds import NewHold, set_hold
from billing.errors import Conflict, NotAllowed, NotFound
from billing.ledger import balances
from billing.ledger.balances import owed
from billing.payments import (
    deposits,
    fees,
    policies,
)
from billing.payments.charges import Fee, add_fee
from billing.payments.late_fees import charge_late
from billing.payments.taking import Taking, take_payment
from db.session import Database
from tests.services import Servers
from tests.unit.billing.paying import ON, agrees, bill, breaks, open_by_service, owing, own_database

Key = Callable[[str], str]
LONG_AGO = date(2026, 8, 1)
RULES = policies.arrangement_rules()


@pytest.fixture(scope="module")
def database(servers: Servers, new_database: Callable[[str], str]) -> Generator[Database]:
    yield from own_database(servers, new_database)


@pytest.fixture
def account(database: Database, key: Key) -> int:
    return database.run(lambda db: owing(db, key("a")))


@pytest.fixture
def late(database: Database, key: Key, account: int) -> int:
    """Owe 120.00 for long."""
    cents = {"power": 9000, "water": 3000}
    database.run(lambda db: bill(db, account, cents, key("b"), LONG_AGO))
    return account


def pay(database: Database, account: int, cents: int, name: str, on: date = ON) -> int:
    taking = Taking(account_id=account, tender="cash", cents=cents, received_on=on, key=name)
    return database.run(lambda db: take_payment(db, taking, "rep")).id


def test_a_fee_is_one_charge_a_key_whatever_else_was_charged(
    database: Database, key: Key, account: int
) -> None:
    due = ON + timedelta(days=20)
    fee = Fee(
        account_id=account, service="general", kind="visit", cents=4000, on=ON, due_on=due,
        code="general.fees",
    )  # fmt: skip
    one, other = key("fee"), key("fee")
    made = [database.run(lambda db, it=it: add_fee(db, fee, "rep", it)) for it in (one, other)]
    again = [database.run(lambda db, it=it: add_fee(db, fee, "rep", it)) for it in (one, other)]
    assert again == made
    assert made[0] != made[1]
    assert database.run(lambda db: owed(db, account)).total == 8000


# Late fees.


def test_a_late_fee_is_charged_once_a_month_and_shared(database: Database, late: int) -> None:
    for expected in (2, 0):
        assert len(database.run(lambda db: charge_late(db, late, ON, "t"))) == expected
    assert database.run(lambda db: open_by_service(db, late)) == {"power": 9135, "water": 3045}
    next_month = ON + timedelta(days=30)
    assert len(database.run(lambda db: charge_late(db, late, next_month, "t"))) == 2
    # the first fee is past due by then too, and bears none itself
    assert database.run(lambda db: owed(db, late)).total == 12000 + 180 + 180
    assert database.run(breaks) == []


@pytest.mark.parametrize("kind", fees.read_fees().late.held_by)
def test_a_hold_keeps_the_late_fee_away(database: Database, late: int, kind: str) -> None:
    hold = NewHold(
        account_id=late, kind=kind, starts_on=ON, ends_on=None, reason="test", set_by="t"
    )
    database.run(lambda db: set_hold(db, hold))
    assert database.run(lambda db: charge_late(db, late, ON, "t")) == []


def test_no_late_fee_that_nobody_confirmed_in_production(database: Database, late: int) -> None:
    assert database.run(lambda db: charge_late(db, late, ON, "t", production=True)) == []


@pytest.mark.parametrize(("days", "expected"), [(5, 0), (6, 1)])
def test_days_of_grace_bear_no_fee(
    database: Database, key: Key, account: int, days: int, expected: int
) -> None:
    due = ON - timedelta(days=days)
    database.run(lambda db: bill(db, account, {"power": 9000}, key("b"), due))
    assert len(database.run(lambda db: charge_late(db, account, ON, "t"))) == expected


# Deposits.


@pytest.mark.parametrize(
    ("letter", "charged", "expected", "why"),
    [
        (True, {}, 0, "letter"),
        (False, {}, 0, "clean record"),
        (False, {"power": 9000}, 7500, "least"),
        (False, {"power": 90000, "water": 30000}, 20000, "raised"),
    ],
)
def test_a_deposit_is_as_the_code_has_it(  # noqa: PLR0913, PLR0917  fixtures and the table
    database: Database, key: Key, account: int, letter: bool,  # noqa: FBT001  the table
    charged: Mapping[str, int], expected: int, why: str,
) -> None:  # fmt: skip
    database.run(lambda db: bill(db, account, charged, key("b"), LONG_AGO))
    found = database.run(lambda db: deposits.required(db, account, ON, letter=letter))
    assert (found.cents, found.why) == (expected, why)


def test_a_new_account_has_no_clean_record(database: Database, account: int) -> None:
    opened = text("UPDATE accounts SET opened_on = '2025-01-01' WHERE id = :id")
    database.run(lambda db: db.execute(opened, {"id": account}))
    assert database.run(lambda db: deposits.required(db, account, ON)).cents == 7500
    in_production = database.run(lambda db: deposits.required(db, account, ON, production=True))
    assert in_production.cents == 0


def held(database: Database, account: int, cents: int = 7500) -> int:
    asked = deposits.Required(cents, "least")
    due = database.run(lambda db: deposits.ask_for(db, account, asked))
    assert due is not None
    kept = database.run(
        lambda db: deposits.hold(db, due.id, into="pool.undeposited", on=ON, actor="t")
    )
    assert (kept.state, kept.review_on) == ("held", date(2028, 11, 23))
    return due.id


def test_a_deposit_is_held_and_given_back_once_with_interest(database: Database, late: int) -> None:
    number = held(database, late)
    assert database.run(lambda db: balances.deposits(db, late)) == 7500
    assert database.run(lambda db: owed(db, late)).total == 12000
    assert database.run(breaks) == []
    rules = policies.deposit_rules()
    rules = policies.DepositRules(
        rules.clean_months, rules.average_months, rules.late_times, rules.release_months,
        rules.least, Decimal(4), rules.interest_origin,
    )  # fmt: skip
    over = ON + timedelta(days=731)
    with pytest.raises(NotAllowed):
        database.run(lambda db: deposits.release(db, number, ON, "t"))
    with pytest.raises(NotAllowed):
        database.run(lambda db: deposits.apply_to_final(db, number, over, "t"))
    done = database.run(lambda db: deposits.release(db, number, over, "t", rules))
    assert (done.state, done.interest_cents) == ("released", 601)
    assert database.run(lambda db: owed(db, late)).total == 12000 - 8101
    assert database.run(lambda db: agrees(db, late))
    with pytest.raises(Conflict):
        database.run(lambda db: deposits.release(db, number, over, "t"))
    assert database.run(breaks) == []


def test_a_deposit_pays_the_final_bill_and_the_rest_is_credit(
    database: Database, key: Key, account: int
) -> None:
    number = held(database, account)
    database.run(lambda db: bill(db, account, {"power": 5000}, key("b")))
    final = text("UPDATE accounts SET status = 'final' WHERE id = :id")
    database.run(lambda db: db.execute(final, {"id": account}))
    database.run(lambda db: deposits.apply_to_final(db, number, ON, "t"))
    found = database.run(lambda db: owed(db, account))
    assert (found.by_service, found.credit) == ({}, 2500)
    assert database.run(breaks) == []


def test_a_waived_deposit_is_not_taken(database: Database, account: int) -> None:
    asked = deposits.Required(7500, "least")
    due = database.run(lambda db: deposits.ask_for(db, account, asked))
    assert due is not None
    again = database.run(lambda db: deposits.ask_for(db, account, asked))
    assert again is not None
    assert again.id == due.id
    assert database.run(lambda db: deposits.waive(db, due.id, "letter", ON)).state == "waived"
    with pytest.raises(Conflict):
        database.run(lambda db: deposits.hold(db, due.id, into="pool.bank", on=ON, actor="t"))
    with pytest.raises(NotFound):
        database.run(lambda db: deposits.waive(db, 10**12, "letter", ON))
