"""Budget billing bears no late fee while its parts are paid, whatever the bills came to."""

from collections.abc import Callable, Generator
from datetime import date, timedelta
from typing import Final

import pytest

from billing.ledger.balances import owed
from billing.payments import plans, requests
from billing.payments.late_fees import charge_late
from billing.payments.limits import load_limits
from billing.payments.returned import take_back
from billing.payments.taking import Taking, take_payment
from db.session import Database
from tests.services import Servers
from tests.unit.billing.paying import ON, bill, cash, owing, own_database

Key = Callable[[str], str]
BEGAN: Final = date(2026, 9, 1)
YEAR_BEFORE: Final = date(2025, 9, 1)
BILLS: Final = (date(2026, 10, 12), date(2026, 11, 12))
MONTHLY: Final = 1000


@pytest.fixture(scope="module")
def database(servers: Servers, new_database: Callable[[str], str]) -> Generator[Database]:
    for made in own_database(servers, new_database):
        made.run(load_limits)
        yield made


def budget(database: Database, key: Key, began: date) -> int:
    """Begin a budget of 10.00 a month: 120.00 was billed before it, and is open."""
    account = database.run(lambda db: owing(db, key("a")))
    long_ago = began - timedelta(days=31)
    database.run(lambda db: bill(db, account, {"power": 12000}, key("b"), long_ago))
    plan = database.run(lambda db: plans.start_budget(db, account, began, {"said": "yes"}))
    assert plan.monthly_cents == MONTHLY
    return account


@pytest.fixture
def account(database: Database, key: Key) -> int:
    """A budget since September, with two bills of 60.00 that are past their grace."""
    account = budget(database, key, BEGAN)
    for due in BILLS:
        database.run(lambda db, day=due: bill(db, account, {"power": 6000}, key("b"), day))
    return account


def pay(database: Database, account: int, cents: int, name: str, on: date = ON) -> int:
    taking = Taking(account_id=account, tender="cash", cents=cents, received_on=on, key=name)
    return database.run(lambda db: take_payment(db, taking, "t")).id


def late(database: Database, account: int, on: date = ON) -> int:
    """Charge the late fee of the day; gives what it came to."""
    before = database.run(lambda db: owed(db, account)).total
    database.run(lambda db: charge_late(db, account, on, "t"))
    return database.run(lambda db: owed(db, account)).total - before


@pytest.mark.parametrize(("cents", "fee"), [(2 * MONTHLY, 0), (2 * MONTHLY - 1, 330)])
def test_no_late_fee_while_the_parts_are_paid(
    database: Database, key: Key, account: int, cents: int, fee: int
) -> None:
    pay(database, account, cents, key("p"))
    assert late(database, account) == fee  # of all that is past due, the earlier bill's too


def test_a_part_is_late_when_its_bill_is(database: Database, key: Key, account: int) -> None:
    pay(database, account, MONTHLY, key("p"), BILLS[0])
    assert late(database, account, BILLS[1] + timedelta(days=5)) == 0
    assert late(database, account, BILLS[1] + timedelta(days=6)) > 0


def test_a_part_that_came_back_is_not_paid(database: Database, key: Key, account: int) -> None:
    pay(database, account, MONTHLY, key("p"))
    back = pay(database, account, MONTHLY, key("p"))
    database.run(lambda db: take_back(db, back, "KEYED", on=ON, actor="t", key=key("r")))
    assert late(database, account) > 0


def test_a_part_that_was_refunded_is_not_paid(database: Database, key: Key, account: int) -> None:
    payment = pay(database, account, 2 * MONTHLY, key("p"))
    wanted = requests.Asked(
        kind="refund", account_id=account, cents=1, reason="paid twice", made_by="ana",
        made_as="rep", details={"payment": payment},
    )  # fmt: skip
    made = database.run(lambda db: requests.ask(db, wanted, key("r")))
    database.run(lambda db: requests.approve(db, made.id, "ben", "supervisor"))
    assert late(database, account) > 0


def test_what_is_taken_off_pays_no_part(database: Database, key: Key, account: int) -> None:
    wanted = requests.Asked(
        kind="adjustment", account_id=account, cents=2 * MONTHLY, reason="goodwill",
        made_by=key("m"), made_as="rep", details={"service": "power"},
    )  # fmt: skip
    assert database.run(lambda db: requests.ask(db, wanted, key("r"))).state == "done"
    assert late(database, account) > 0


def test_a_payment_from_before_the_budget_pays_no_part(
    database: Database, key: Key, account: int
) -> None:
    pay(database, account, 2 * MONTHLY, key("p"), BEGAN - timedelta(days=1))
    assert late(database, account) > 0


def test_a_credit_that_waits_to_be_used_pays_its_parts(database: Database, key: Key) -> None:
    account = budget(database, key, BEGAN)
    pay(database, account, 12000, key("p"), BEGAN - timedelta(days=1))
    pay(database, account, MONTHLY, key("p"), BEGAN)
    database.run(lambda db: bill(db, account, {"power": 6000}, key("b"), BILLS[0]))
    assert late(database, account) == 0


def test_without_the_budget_the_same_bills_bear_the_fee(
    database: Database, key: Key, account: int
) -> None:
    database.run(lambda db: plans.stop(db, account, plans.BUDGET, ON))
    pay(database, account, 2 * MONTHLY, key("p"))
    assert late(database, account) > 0


def test_what_the_settle_month_left_open_is_late_after_it(database: Database, key: Key) -> None:
    account = budget(database, key, YEAR_BEFORE)
    fees = [late(database, account, day) for day in (date(2026, 8, 31), date(2026, 9, 2))]
    assert fees == [0, 180]


def test_bills_of_the_new_year_wait_again(database: Database, key: Key) -> None:
    account = budget(database, key, YEAR_BEFORE)
    database.run(lambda db: take_payment(db, cash(account, 12000, key("p")), "t"))
    database.run(lambda db: bill(db, account, {"power": 6000}, key("b"), BILLS[0]))
    assert late(database, account) == 0  # more than the one part was paid since September
