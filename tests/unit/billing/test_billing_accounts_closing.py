"""The end of an account: closed only when nothing is owed either way, whoever tries earlier."""

from collections.abc import Callable, Generator

import pytest
from sqlalchemy import text

from billing.accounts.moving import close_account, settle_account
from billing.errors import Conflict
from billing.ledger.balances import owed
from billing.payments import deposits, intents, requests
from billing.payments.limits import load_limits
from billing.payments.taking import take_payment
from db.session import Database
from tests.services import Servers
from tests.unit.billing.bill_homes import MONTHS, STEADY, a_home, free_cycle, posted
from tests.unit.billing.bill_homes import ON as BILLED
from tests.unit.billing.bill_homes import bill as bill_cycle
from tests.unit.billing.paying import ON, bill, breaks, cash, owing, own_database

Key = Callable[[str], str]
MONTH_BEFORE = MONTHS[-2]
FINAL = text("UPDATE accounts SET status = 'final', closed_on = :on WHERE id = :id")
STATUS = text("SELECT status FROM accounts WHERE id = :id")


@pytest.fixture(scope="module")
def database(servers: Servers, new_database: Callable[[str], str]) -> Generator[Database]:
    for made in own_database(servers, new_database):
        made.run(load_limits)
        yield made


@pytest.fixture
def account(database: Database, key: Key) -> int:
    """Open an account that was moved out, billed for the last time and owes nothing."""
    made = database.run(lambda db: owing(db, key("a")))
    database.run(lambda db: db.execute(FINAL, {"id": made, "on": ON}))
    return made


def refused(database: Database, account: int) -> str:
    """Try to close it; gives what it says is open still."""
    with pytest.raises(Conflict) as caught:
        database.run(lambda db: settle_account(db, account))
    assert caught.value.rule == "settled account"
    assert database.run(lambda db: db.execute(STATUS, {"id": account}).scalar_one()) == "final"
    return str(caught.value)


def closes(database: Database, account: int) -> bool:
    """Close it."""
    return database.run(lambda db: settle_account(db, account)).status == "closed"


def asked(
    database: Database, account: int, kind: str, reason: str, cents: int, **details: object
) -> None:
    """Have a supervisor ask and an administrator approve."""
    wanted = requests.Asked(
        kind=kind, account_id=account, cents=cents, reason=reason, made_by="s",
        made_as="supervisor", details=details,
    )  # fmt: skip
    made = database.run(lambda db: requests.ask(db, wanted, f"{kind}:{account}"))
    if made.state == "draft":
        database.run(lambda db: requests.approve(db, made.id, "a", "administrator"))


def test_an_account_of_which_nothing_is_open_closes(database: Database, account: int) -> None:
    assert closes(database, account)


def test_what_is_owed_keeps_it_open_until_it_is_paid(
    database: Database, key: Key, account: int
) -> None:
    database.run(lambda db: bill(db, account, {"power": 900, "water": 100}, key("b")))
    assert "$9.00 of power is owed, $1.00 of water is owed" in refused(database, account)
    database.run(lambda db: take_payment(db, cash(account, 999, key("p")), "rep"))
    assert "$0.01" in refused(database, account)
    database.run(lambda db: take_payment(db, cash(account, 1, key("p")), "rep"))
    assert closes(database, account)


def test_a_debt_and_a_credit_do_not_make_up_for_one_another(
    database: Database, key: Key, account: int
) -> None:
    database.run(lambda db: take_payment(db, cash(account, 500, key("p")), "rep"))
    database.run(lambda db: bill(db, account, {"power": 500}, key("b")))
    assert database.run(lambda db: owed(db, account)).total == 0
    said = refused(database, account)
    assert "$5.00 of power is owed" in said
    assert "a credit of $5.00" in said


def test_a_credit_keeps_it_open_until_it_is_refunded(
    database: Database, key: Key, account: int
) -> None:
    database.run(lambda db: take_payment(db, cash(account, 500, key("p")), "rep"))
    assert "a credit of $5.00" in refused(database, account)
    wanted = requests.Asked(
        kind="refund", account_id=account, cents=500, reason="moved away", made_by="s",
        made_as="supervisor",
    )  # fmt: skip
    made = database.run(lambda db: requests.ask(db, wanted, key("r")))
    assert "a request waits for its checker" in refused(database, account)
    database.run(lambda db: requests.approve(db, made.id, "a", "administrator"))
    assert closes(database, account)


def test_a_credit_keeps_it_open_until_it_is_moved(
    database: Database, key: Key, account: int
) -> None:
    other = database.run(lambda db: owing(db, key("a")))
    database.run(lambda db: take_payment(db, cash(account, 500, key("p")), "rep"))
    asked(database, account, "transfer", "moved", 500, to=other, credit=True)
    assert closes(database, account)
    assert database.run(lambda db: owed(db, other)).credit == 500


def test_a_deposit_keeps_it_open_until_it_is_applied(
    database: Database, key: Key, account: int
) -> None:
    database.run(lambda db: bill(db, account, {"power": 7500}, key("b")))
    due = database.run(lambda db: deposits.ask_for(db, account, deposits.Required(7500, "least")))
    assert due is not None
    database.run(lambda db: deposits.hold(db, due.id, into="pool.undeposited", on=ON, actor="t"))
    assert "a deposit of $75.00 is held" in refused(database, account)
    database.run(lambda db: deposits.apply_to_final(db, due.id, ON, "t"))
    assert closes(database, account)
    assert database.run(breaks) == []


def test_what_is_written_off_in_part_stays_final_and_in_whole_ends_so(
    database: Database, key: Key, account: int
) -> None:
    database.run(lambda db: bill(db, account, {"power": 900}, key("b")))
    asked(database, account, "write-off", "uncollectible", 900)
    assert (
        database.run(lambda db: db.execute(STATUS, {"id": account}).scalar_one()) == "written off"
    )
    with pytest.raises(Conflict) as caught:
        database.run(lambda db: settle_account(db, account))
    assert caught.value.rule == "final account"


def test_a_payment_under_way_keeps_it_open(database: Database, key: Key, account: int) -> None:
    wanted = intents.Wanted(
        account_id=account, cents=100, tender="card", channel="phone", language="en"
    )
    made = database.run(lambda db: intents.create(db, wanted, key("i")).id)
    database.run(lambda db: intents.mark_sent(db, made))
    assert "a payment is under way" in refused(database, account)


def test_it_stays_open_until_its_last_days_are_billed_and_posted(
    database: Database, key: Key
) -> None:
    cycle = free_cycle(database)
    account = database.run(lambda db: a_home(db, cycle, STEADY)).account_id
    bill_cycle(database, cycle, MONTH_BEFORE)
    posted(database, cycle, MONTH_BEFORE)
    database.run(lambda db: close_account(db, account, BILLED))
    assert "its last days are not billed" in refused(database, account)
    bill_cycle(database, cycle, BILLED)
    assert "a bill waits to be posted" in refused(database, account)
    posted(database, cycle, BILLED)
    said = refused(database, account)
    assert "of power is owed" in said
    assert "bill" not in said
    total = database.run(lambda db: owed(db, account)).total
    database.run(lambda db: take_payment(db, cash(account, total, key("p")), "rep"))
    assert closes(database, account)
