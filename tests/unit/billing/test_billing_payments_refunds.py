"""Refunds: never more than came, never twice, never a draft too early."""

from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import text

from billing.errors import BadAmount, Conflict, NotAllowed, NotFound
from billing.ledger.balances import owed, refunds_payable
from billing.ledger.clock import today
from billing.payments import refunds
from billing.payments.limits import load_limits
from billing.payments.requests import Asked, approve, ask
from billing.payments.returned import take_back
from billing.payments.tables import Payment, Request
from billing.payments.taking import Taking, take_payment
from billing.processor.refunding import REFUSED
from db.session import Database
from jobs.outbox import promise
from tests.services import Servers
from tests.unit.billing.paying import ON, agrees, breaks, owing, own_database

Key = Callable[[str], str]


@pytest.fixture(scope="module")
def database(servers: Servers, new_database: Callable[[str], str]) -> Generator[Database]:
    yield from own_database(servers, new_database)


@pytest.fixture(autouse=True)
def limits(database: Database) -> int:
    return database.run(load_limits)


@pytest.fixture
def account(database: Database, key: Key) -> int:
    return database.run(lambda db: owing(db, key("a"), power=6000, water=3000))


def asked(kind: str, account: int, cents: int, reason: str, **details: object) -> Asked:
    return Asked(
        kind=kind,
        account_id=account,
        cents=cents,
        reason=reason,
        made_by="ana",
        made_as="rep",
        note="seen",
        details=dict(details),
    )


def pay(database: Database, account: int, cents: int, name: str, tender: str = "cash") -> Payment:
    taking = Taking(account_id=account, tender=tender, cents=cents, received_on=ON, key=name)
    return database.run(lambda db: take_payment(db, taking, "rep"))


def make(database: Database, wanted: Asked, name: str) -> Request:
    return database.run(lambda db: ask(db, wanted, name))


def by_another(database: Database, wanted: Asked, name: str) -> Request:
    request = make(database, wanted, name)
    assert request.state == "draft"
    return database.run(lambda db: approve(db, request.id, "ben", "supervisor"))


def test_a_refund_takes_what_was_paid_back_open(database: Database, key: Key, account: int) -> None:
    paid = pay(database, account, 10_000, key("p"))
    request = by_another(
        database, asked("refund", account, 4000, "paid twice", payment=paid.id), key("r")
    )
    assert request.state == "approved"
    assert database.run(lambda db: owed(db, account)).total == 3000
    assert database.run(lambda db: refunds_payable(db, account)) == 4000
    assert database.run(lambda db: agrees(db, account))
    assert request.id in {each.request for each in database.run(refunds.payable)}
    database.run(lambda db: refunds.sent(db, request.id))
    database.run(lambda db: refunds.cleared(db, request.id, ON, "ap"))
    assert database.run(lambda db: refunds_payable(db, account)) == 0
    with pytest.raises(Conflict):
        database.run(lambda db: refunds.cleared(db, request.id, ON, "ap"))
    with pytest.raises(NotAllowed):  # it was refunded in part: a person decides
        database.run(lambda db: take_back(db, paid.id, "NSF", on=ON, actor="t", key=key("x")))
    assert database.run(breaks) == []


def test_two_reps_refund_one_payment_once(database: Database, key: Key, account: int) -> None:
    paid = pay(database, account, 9000, key("p"))
    wanted = asked("refund", account, 9000, "paid twice", payment=paid.id)

    def try_it(name: str) -> bool:
        try:
            make(database, wanted, name)
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        tried = list(pool.map(try_it, [key("r") for _ in range(8)], timeout=60))
    assert tried.count(True) == 1


def test_an_approval_by_many_is_done_once(database: Database, key: Key, account: int) -> None:
    paid = pay(database, account, 9000, key("p"))
    request = make(
        database, asked("refund", account, 9000, "paid twice", payment=paid.id), key("r")
    )

    def try_it(who: str) -> bool:
        try:
            database.run(lambda db: approve(db, request.id, who, "supervisor"))
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(try_it, "bcdefghi", timeout=60)).count(True) == 1
    assert database.run(lambda db: refunds_payable(db, account)) == 9000


def test_a_credit_is_refunded_once(database: Database, key: Key, account: int) -> None:
    paid = pay(database, account, 9500, key("p"))
    by_another(database, asked("refund", account, 500, "overpaid"), key("r"))
    with pytest.raises(BadAmount):
        make(database, asked("refund", account, 500, "overpaid"), key("r"))
    request = make(database, asked("refund", account, 500, "overpaid", payment=paid.id), key("r"))
    with pytest.raises(Conflict):
        database.run(lambda db: approve(db, request.id, "ben", "supervisor"))
    assert database.run(lambda db: owed(db, account)).total == 0


def test_a_bank_draft_is_not_refunded_while_it_may_come_back(
    database: Database, key: Key, account: int
) -> None:
    paid = pay(database, account, 9000, key("p"), "ach")
    wanted = asked("refund", account, 9000, "paid twice", payment=paid.id)
    with pytest.raises(NotAllowed) as refused:
        make(database, wanted, key("r"))
    assert refused.value.rule == "return window"
    until = database.run(today) + timedelta(days=1)
    early = Asked(
        kind="exception", account_id=account, cents=0, reason=refunds.EARLY, made_by="ana",
        made_as="rep", until=until,
    )  # fmt: skip
    assert by_another(database, early, key("r")).state == "done"
    assert by_another(database, wanted, key("r")).state == "approved"


def test_what_the_processor_refuses_goes_by_check_and_what_nobody_cashes_to_the_state(
    database: Database, key: Key, account: int
) -> None:
    taking = Taking(account_id=account, tender="card", cents=9000, received_on=ON, key=key("p"))
    paid = database.run(lambda db: take_payment(db, taking, "rep"))
    wanted = asked("refund", account, 9000, "paid twice", payment=paid.id)
    request = by_another(database, wanted, key("r"))
    with pytest.raises(Conflict):  # no intent stands behind it: it goes by check anyway
        database.run(lambda db: refunds.by_check(db, request.id))
    to_card = text("""UPDATE requests SET details = details || '{"tender": "card"}'
        WHERE id = :id""")
    database.run(lambda db: db.execute(to_card, {"id": request.id}))
    database.run(lambda db: refunds.sent(db, request.id))
    refused = f"{REFUSED}:{request.id}"
    database.run(lambda db: promise(db, REFUSED, refused, {"request": request.id}))
    database.run(lambda db: refunds.by_check(db, request.id))
    assert request.id in {each.request for each in database.run(refunds.payable)}
    database.run(lambda db: refunds.sent(db, request.id))
    database.run(lambda db: refunds.stale(db, request.id, ON, "ap"))
    assert database.run(lambda db: refunds_payable(db, account)) == 0
    with pytest.raises(Conflict):
        database.run(lambda db: refunds.cleared(db, request.id, ON, "ap"))
    with pytest.raises(NotFound):
        database.run(lambda db: refunds.stale(db, 10**12, ON, "ap"))
    assert database.run(breaks) == []


def test_refunds_in_part_take_back_no_more_than_was_paid(
    database: Database, key: Key, account: int
) -> None:
    paid = pay(database, account, 9000, key("p"))
    for cents, owes in ((4000, 4000), (1500, 5500), (3500, 9000)):
        wanted = asked("refund", account, cents, "paid twice", payment=paid.id)
        by_another(database, wanted, key("r"))
        assert database.run(lambda db: owed(db, account)).total == owes
        assert database.run(lambda db: agrees(db, account))
    assert database.run(breaks) == []
