"""Taking money in: once per key, applied in order, whoever else pays at the same moment."""

from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import text

from billing.errors import AnotherBody, BadAmount, NotFound
from billing.ledger.balances import owed
from billing.payments.allocation import Part
from billing.payments.charges import lock, some
from billing.payments.receipts import receipt
from billing.payments.taking import Taking, take_many, take_payment
from billing.scan import in_database
from config.check_digits import is_ticket_number
from db.session import Database
from tests.services import Servers
from tests.unit.at_once import at_once
from tests.unit.billing.paying import (
    ON,
    agrees,
    breaks,
    cash,
    open_by_service,
    owing,
    own_database,
    payments,
)

Key = Callable[[str], str]
THREADS, TIMES = 16, 20
ROUNDS = 5


@pytest.fixture(scope="module")
def database(servers: Servers, new_database: Callable[[str], str]) -> Generator[Database]:
    yield from own_database(servers, new_database)


def test_a_payment_goes_to_what_is_open_and_the_rest_is_credit(
    database: Database, key: Key
) -> None:
    account = database.run(lambda db: owing(db, key("a"), power=6000, water=3000))
    paid = database.run(lambda db: take_payment(db, cash(account, 10_000, key("p")), "rep"))
    assert is_ticket_number(paid.receipt)
    found = database.run(lambda db: owed(db, account))
    assert (found.by_service, found.credit) == ({}, 1000)
    assert database.run(lambda db: open_by_service(db, account)) == {}


def test_a_part_payment_leaves_the_rest_open(database: Database, key: Key) -> None:
    account = database.run(lambda db: owing(db, key("a"), power=6000, storm=741))
    database.run(lambda db: take_payment(db, cash(account, 1000, key("p")), "rep"))
    assert database.run(lambda db: open_by_service(db, account)) == {"power": 5741}
    assert database.run(lambda db: agrees(db, account))


def test_a_repeated_payment_is_the_same_payment(database: Database, key: Key) -> None:
    account = database.run(lambda db: owing(db, key("a"), power=6000))
    taking = cash(account, 2000, key("p"))
    first, again = (database.run(lambda db: take_payment(db, taking, "rep")) for _ in range(2))
    assert (first.id, first.receipt) == (again.id, again.receipt)
    assert database.run(lambda db: owed(db, account)).total == 4000


def test_another_body_under_the_key_is_refused(database: Database, key: Key) -> None:
    account = database.run(lambda db: owing(db, key("a"), power=6000))
    name = key("p")
    database.run(lambda db: take_payment(db, cash(account, 2000, name), "rep"))
    with pytest.raises(AnotherBody):
        database.run(lambda db: take_payment(db, cash(account, 2001, name), "rep"))
    assert database.run(lambda db: owed(db, account)).total == 4000


def test_money_of_nobody_known_waits_in_suspense(database: Database, key: Key) -> None:
    paid = database.run(lambda db: take_payment(db, cash(None, 500, key("p")), "rep"))
    query = text("SELECT cents FROM entries WHERE transaction_id = :id AND code = 'pool.suspense'")
    given = {"id": paid.transaction_id}
    assert database.run(lambda db: db.execute(query, given).scalar_one()) == -500


@pytest.mark.parametrize("cents", [0, -1, 1.5, True])
def test_what_is_no_amount_is_refused(database: Database, key: Key, cents: int) -> None:
    with pytest.raises(BadAmount):
        database.run(lambda db: take_payment(db, cash(None, cents, key("p")), "rep"))


def test_an_unknown_tender_or_account_is_refused(database: Database, key: Key) -> None:
    gold = Taking(account_id=None, tender="gold", cents=1, received_on=ON, key=key("p"))
    for taking in (gold, cash(10**12, 1, key("p"))):
        with pytest.raises(NotFound):
            database.run(lambda db, taking=taking: take_payment(db, taking, "rep"))


def test_who_locks_accounts_is_told_of_one_that_is_not_there(database: Database, key: Key) -> None:
    account = database.run(lambda db: owing(db, key("a"), power=100))
    database.run(lambda db: lock(db, {account}))
    with pytest.raises(NotFound, match="no account 1000000000000"):
        database.run(lambda db: lock(db, {account, 10**12}))


def test_a_single_cent_is_taken_as_a_part_too() -> None:
    parts = [Part(1, "power", 1), Part(2, "water", 5), Part(3, "storm", 5)]
    assert some(parts, 2) == [Part(1, "power", 1), Part(2, "water", 1)]


def test_payments_at_the_same_moment_are_all_kept(database: Database, key: Key) -> None:
    account = database.run(lambda db: owing(db, key("a"), power=10**6, water=500))
    takings = [cash(account, 100 + each, key("p")) for each in range(THREADS * TIMES)]
    with ThreadPoolExecutor(THREADS) as pool:
        work = [
            pool.submit(database.run, lambda db, taking=taking: take_payment(db, taking, "rep"))
            for taking in takings
        ]
        made = {each.result(timeout=60).receipt for each in work}
    assert len(made) == THREADS * TIMES
    paid = sum(taking.cents for taking in takings)
    assert database.run(lambda db: owed(db, account)).total == 10**6 + 500 - paid
    assert database.run(lambda db: agrees(db, account))
    assert database.run(breaks) == []


def test_one_key_from_many_threads_is_one_payment(database: Database, key: Key) -> None:
    account = database.run(lambda db: owing(db, key("a"), power=10**6))
    taking = cash(account, 100, key("p"))
    with ThreadPoolExecutor(THREADS) as pool:
        work = [
            pool.submit(database.run, lambda db: take_payment(db, taking, "rep"))
            for _ in range(THREADS)
        ]
        assert len({each.result(timeout=60).id for each in work}) == 1
    assert database.run(lambda db: payments(db, account)) == 1


@pytest.mark.parametrize("days", [0, 1])
def test_one_key_of_nobody_known_from_many_threads_is_one_payment(
    database: Database, key: Key, days: int
) -> None:
    """The day may differ between deliveries, also where they meet."""
    for _ in range(ROUNDS):
        first = cash(None, 100, key("p"))
        later = replace(first, received_on=ON + timedelta(days=days))
        work = [partial(taken, database, each) for each in (first, later) * (THREADS // 2)]
        assert len({str(told) for told in at_once(*work)}) == 1


def test_two_bodies_that_race_under_one_key_are_one_payment(database: Database, key: Key) -> None:
    account = database.run(lambda db: owing(db, key("a"), power=10**6))
    for _ in range(ROUNDS):
        name = key("p")
        bodies = [cash(None, 100, name), cash(None, 200, name), cash(account, 100, name)]
        told = at_once(*[partial(taken, database, body) for body in bodies * 4])
        assert len(set(told) - {"another body"}) == 1
        assert told.count("another body") == 8


def taken(database: Database, taking: Taking) -> str:
    """Take it; say under which receipt, or that the key was used for another."""
    try:
        return database.run(lambda db: take_payment(db, taking, "rep")).receipt
    except AnotherBody:
        return "another body"


def test_a_file_of_nobody_known_meets_another_with_the_same_keys(
    database: Database, key: Key
) -> None:
    takings = [cash(None, 100 + each, key("p")) for each in range(200)]
    made = at_once(
        lambda: database.run(lambda db: take_many(db, takings, "lockbox")),
        lambda: database.run(lambda db: take_many(db, takings[::-1], "lockbox")),
    )
    first, second = ({each.receipt for each in payments} for payments in made)
    assert first == second
    assert len(first) == 200


def test_a_reference_keeps_no_number_of_a_card(database: Database, key: Key) -> None:
    taking = replace(
        cash(None, 100, key("p")), reference="check 12, card 4242-4242-4242-4242 12/27"
    )
    made, again = (database.run(lambda db: take_payment(db, taking, "rep")) for _ in range(2))
    assert made.reference == "check 12, card #### 12/27"
    assert again.id == made.id
    hits = database.run(lambda db: [hit.place.split()[0] for hit in in_database(db)])
    assert not {"payments.reference", "journal.memo"} & {*hits}


def test_many_payments_of_one_account_are_applied_in_their_order(
    database: Database, key: Key
) -> None:
    account = database.run(lambda db: owing(db, key("a"), power=1000))
    takings = [cash(account, 600, key("p")) for _ in range(3)]
    database.run(lambda db: take_many(db, takings, "lockbox"))
    assert database.run(lambda db: owed(db, account)).total == 1000 - 1800
    assert database.run(breaks) == []


@pytest.mark.slow
def test_a_lockbox_of_two_thousand_is_taken_whole(database: Database, key: Key) -> None:
    accounts = database.run(
        lambda db: [owing(db, key("a"), power=6000, water=3000) for _ in range(50)]
    )
    takings = [cash(accounts[each % 50], 100, key("p")) for each in range(2000)]
    made = database.run(lambda db: take_many(db, takings, "lockbox"))
    assert len({each.receipt for each in made}) == 2000
    assert database.run(breaks) == []


def test_receipt_numbers_do_not_meet() -> None:
    made = {receipt(each) for each in range(1, 20_000)}
    assert len(made) == 19_999
    assert all(is_ticket_number(each) for each in made)
