"""A deposit whose check comes back: held no more, due again, and taken once however often asked."""

from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import text

from billing.errors import AnotherBody, BillingError, Conflict, NotAllowed, NotFound
from billing.ledger import balances
from billing.ledger.balances import owed
from billing.ledger.invariants import INVARIANTS as LEDGER
from billing.payments import deposits, policies, requests
from billing.payments.limits import load_limits
from billing.payments.returned import ReturnedDeposit, cash_only, take_back_deposit
from billing.payments.tables import Deposit
from db.session import Database
from db.verify import broken
from tests.services import Servers
from tests.unit.billing.paying import ON, agrees, bill, breaks, open_by_service, owing, own_database

Key = Callable[[str], str]
LATER = ON + timedelta(days=9)
FINAL = text("UPDATE accounts SET status = 'final', closed_on = :on WHERE id = :id")
CASH = text("SELECT coalesce(sum(cents), 0) FROM entries WHERE code = 'pool.undeposited'")
PROMISED = text("SELECT count(*) FROM outbox WHERE key LIKE 'returned deposit:%'")
KINDS = text("SELECT kind FROM journal WHERE account_id = :id ORDER BY id")


@pytest.fixture(scope="module")
def database(servers: Servers, new_database: Callable[[str], str]) -> Generator[Database]:
    for made in own_database(servers, new_database):
        made.run(load_limits)
        yield made


@pytest.fixture
def account(database: Database, key: Key) -> int:
    return database.run(lambda db: owing(db, key("a")))


def taken(database: Database, account: int, cents: int = 7500) -> int:
    """Ask for a deposit, and take it in by check."""
    due = database.run(lambda db: deposits.ask_for(db, account, deposits.Required(cents, "least")))
    assert due is not None
    hold(database, due.id)
    return due.id


def hold(database: Database, deposit: int, on: date = ON) -> None:
    database.run(lambda db: deposits.hold(db, deposit, into="pool.undeposited", on=on, actor="t"))


def came_back(database: Database, deposit: int, name: str, code: str = "NSF") -> ReturnedDeposit:
    return database.run(
        lambda db: take_back_deposit(db, deposit, code, on=LATER, actor="t", key=name)
    )


def now(database: Database, deposit: int) -> Deposit:
    return database.run(lambda db: db.get_one(Deposit, deposit))


def sound(database: Database) -> bool:
    """Say whether no invariant of payments or ledger is broken."""
    found = database.run(lambda db: [one.name for one in LEDGER if broken(db, one)])
    return [*database.run(breaks), *found] == []


def test_it_is_due_again_held_no_more_and_bears_the_fee(
    database: Database, key: Key, account: int
) -> None:
    cash = database.run(lambda db: db.execute(CASH).scalar_one())
    told = database.run(lambda db: db.execute(PROMISED).scalar_one())
    number, name = taken(database, account), key("r")
    first = came_back(database, number, name)
    assert first.fee_charge is not None
    deposit = now(database, number)
    assert (deposit.state, deposit.held_on, deposit.review_on, deposit.held_by) == (
        "due", None, None, None,
    )  # fmt: skip
    assert database.run(lambda db: balances.deposits(db, account)) == 0
    assert database.run(lambda db: open_by_service(db, account)) == {"general": 2000}
    assert database.run(lambda db: db.execute(CASH).scalar_one()) == cash
    again = came_back(database, number, name)
    assert (again.transaction_id, again.fee_charge) == (first.transaction_id, None)
    assert database.run(lambda db: owed(db, account)).total == 2000
    assert database.run(lambda db: db.execute(PROMISED).scalar_one()) == told + 1
    assert sound(database)


def test_it_comes_back_once_under_whatever_key(database: Database, key: Key, account: int) -> None:
    number, name = taken(database, account), key("r")
    came_back(database, number, name)
    with pytest.raises(Conflict):
        came_back(database, number, key("r"))
    other = taken(database, database.run(lambda db: owing(db, key("a"))))
    with pytest.raises(AnotherBody):
        came_back(database, other, name)
    assert now(database, other).state == "held"


def test_two_who_take_it_back_at_once_do_so_once(
    database: Database, key: Key, account: int
) -> None:
    number = taken(database, account)
    names = [key("r") for _ in range(6)]

    def attempt(name: str) -> bool:
        try:
            came_back(database, number, name)
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(attempt, names)) == 1
    assert database.run(lambda db: owed(db, account)).total == 2000
    assert sound(database)


def test_one_that_is_paid_again_is_held_again_and_may_come_back_again(
    database: Database, key: Key, account: int
) -> None:
    number = taken(database, account)
    for _ in range(2):
        came_back(database, number, key("r"), "KEYED")
        hold(database, number, LATER)
        assert database.run(lambda db: balances.deposits(db, account)) == 7500
    deposit = now(database, number)
    assert (deposit.state, deposit.held_on) == ("held", LATER)
    kinds = database.run(lambda db: db.execute(KINDS, {"id": account}).scalars().all())
    assert kinds == ["deposit", "reversal"] * 2 + ["deposit"]
    assert sound(database)


def test_what_it_had_paid_by_then_is_open_again(database: Database, key: Key, account: int) -> None:
    number = taken(database, account)
    database.run(lambda db: bill(db, account, {"power": 5000}, key("b")))
    database.run(lambda db: db.execute(FINAL, {"id": account, "on": ON}))
    rules = policies.deposit_rules()
    rules = policies.DepositRules(
        rules.clean_months, rules.average_months, rules.late_times, rules.release_months,
        rules.least, Decimal(100), rules.interest_origin,
    )  # fmt: skip
    day = ON + timedelta(days=5)
    database.run(lambda db: deposits.apply_to_final(db, number, day, "t", rules))
    assert database.run(lambda db: owed(db, account)).credit == 2500 + 103
    came_back(database, number, key("r"), "KEYED")
    deposit = now(database, number)
    assert (deposit.state, deposit.why, deposit.interest_cents) == ("waived", "returned", 0)
    found = database.run(lambda db: owed(db, account))
    assert (found.by_service, found.unapplied) == ({"power": 5000}, 0)
    assert database.run(lambda db: agrees(db, account))
    assert database.run(lambda db: balances.deposits(db, account)) == 0
    with pytest.raises(Conflict):
        came_back(database, number, key("r"))
    assert sound(database)


def test_what_of_it_was_refunded_by_then_is_owed(
    database: Database, key: Key, account: int
) -> None:
    number = taken(database, account)
    database.run(lambda db: db.execute(FINAL, {"id": account, "on": ON}))
    database.run(lambda db: deposits.apply_to_final(db, number, ON, "t"))
    wanted = requests.Asked(
        kind="refund", account_id=account, cents=7500, reason="moved away", made_by="s",
        made_as="supervisor",
    )  # fmt: skip
    made = database.run(lambda db: requests.ask(db, wanted, key("q")))
    database.run(lambda db: requests.approve(db, made.id, "a", "administrator"))
    came_back(database, number, key("r"), "KEYED")
    found = database.run(lambda db: owed(db, account))
    assert (found.by_service, found.unapplied) == ({"general": 7500}, 0)
    assert sound(database)


def test_returned_deposits_make_cash_only_as_returned_payments_do(
    database: Database, key: Key, account: int
) -> None:
    number = taken(database, account)
    for code, expected in (("NSF", False), ("KEYED", False), ("R01", True)):
        came_back(database, number, key("r"), code)
        assert database.run(lambda db: cash_only(db, account, LATER)) is expected
        hold(database, number, LATER)


def test_one_brought_in_from_another_system_is_for_a_person(
    database: Database, key: Key, account: int
) -> None:
    from billing.importing.opening import Cutover, Opening, post_openings

    openings = [Opening(account, "deposit", ON, 5000), Opening(account, "power", ON, 700)]
    database.run(lambda db: post_openings(db, Cutover(key("old"), ON, "t"), openings))
    query = text("SELECT id FROM deposits WHERE account_id = :id")
    number = database.run(lambda db: db.execute(query, {"id": account}).scalar_one())
    with pytest.raises(NotAllowed):
        came_back(database, number, key("r"))
    assert database.run(lambda db: owed(db, account)).total == 700


@pytest.mark.parametrize(("deposit", "code"), [(10**12, "NSF"), (None, "R99")])
def test_what_is_not_known_does_not_come_back(
    database: Database, key: Key, account: int, deposit: int | None, code: str
) -> None:
    number = deposit or taken(database, account)
    with pytest.raises(NotFound):
        came_back(database, number, key("r"), code)


def test_one_that_was_never_paid_does_not_come_back(
    database: Database, key: Key, account: int
) -> None:
    asked = deposits.Required(7500, "least")
    due = database.run(lambda db: deposits.ask_for(db, account, asked))
    assert due is not None
    with pytest.raises(BillingError) as caught:
        came_back(database, due.id, key("r"))
    assert caught.value.rule == "deposit state"
