"""Makers and checkers: what needs two people gets two, and what is done is done once."""

from collections.abc import Callable, Generator, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from billing.errors import AnotherBody, BadAmount, BillingError, Conflict, NotAllowed, NotFound
from billing.ledger.balances import owed
from billing.payments.exceptions import excepted
from billing.payments.limits import load_limits
from billing.payments.requests import Asked, approve, ask, refuse, void, waiting
from billing.payments.tables import Payment, Request
from billing.payments.taking import Taking, take_payment
from db.session import Database
from tests.services import Servers
from tests.unit.billing.paying import ON, agrees, breaks, open_by_service, owing, own_database

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


def test_a_small_adjustment_is_done_at_once(database: Database, key: Key, account: int) -> None:
    wanted = asked("adjustment", account, 2500, "goodwill", service="power")
    name = key("r")
    made = make(database, wanted, name)
    assert (made.state, make(database, wanted, name).id) == ("done", made.id)
    assert database.run(lambda db: open_by_service(db, account)) == {"power": 3500, "water": 3000}
    assert database.run(lambda db: agrees(db, account))
    with pytest.raises(AnotherBody):
        make(database, asked("adjustment", account, 2499, "goodwill", service="power"), name)


def test_a_larger_one_waits_for_somebody_else(database: Database, key: Key, account: int) -> None:
    wanted = asked("adjustment", account, 2501, "billing error", service="power")
    request = make(database, wanted, key("r"))
    assert request.state == "draft"
    assert request.id in {each.id for each in database.run(lambda db: waiting(db, 10_000))}
    for who, role in (("ana", "supervisor"), ("cy", "rep")):
        with pytest.raises(NotAllowed) as refused:
            database.run(lambda db, who=who, role=role: approve(db, request.id, who, role))
        assert refused.value.rule == "maker and checker"
    assert database.run(lambda db: owed(db, account)).total == 9000
    done = database.run(lambda db: approve(db, request.id, "ben", "supervisor"))
    assert (done.state, done.checked_by) == ("done", "ben")
    with pytest.raises(Conflict):
        database.run(lambda db: approve(db, request.id, "ben", "supervisor"))
    assert database.run(breaks) == []


def test_the_app_s_own_database_user_cannot_approve_for_itself(
    database: Database, key: Key, account: int
) -> None:
    request = make(
        database, asked("adjustment", account, 9000, "goodwill", service="power"), key("r")
    )
    for change in (
        "state = 'done'",
        "state = 'approved', checked_by = 'ana', checked_as = 'administrator'",
        "state = 'approved', checked_by = 'ben', checked_as = 'rep'",
        "state = 'approved', cents = 1",
        "state = 'approved', made_as = 'administrator'",
    ):
        statement = text(f"UPDATE requests SET {change} WHERE id = :id")  # noqa: S608  the cases above
        with pytest.raises(DBAPIError):
            database.run(lambda db, statement=statement: db.execute(statement, {"id": request.id}))


def test_more_than_is_owed_becomes_credit(database: Database, key: Key, account: int) -> None:
    by_another(
        database, asked("adjustment", account, 7000, "meter fault", service="power"), key("r")
    )
    found = database.run(lambda db: owed(db, account))
    assert (found.by_service, found.credit) == ({"water": 3000}, 1000)
    assert database.run(breaks) == []


@pytest.mark.parametrize(
    ("kind", "reason", "details", "cents", "error"),
    [
        ("adjustment", "because", {"service": "power"}, 100, NotFound),
        ("adjustment", "goodwill", {"service": "gas"}, 100, NotFound),
        ("adjustment", "goodwill", {"service": "power"}, 0, BadAmount),
        ("refund", "overpaid", {}, 100, BadAmount),
        ("transfer", "moved", {"to": 10**12}, 100, NotFound),
        ("transfer", "moved", {}, 100, NotFound),
    ],
)
def test_what_cannot_be_is_refused(  # noqa: PLR0913, PLR0917  fixtures and the table
    database: Database, key: Key, account: int, kind: str, reason: str,
    details: Mapping[str, Any], cents: int, error: type[BillingError],
) -> None:  # fmt: skip
    with pytest.raises(error):
        make(database, asked(kind, account, cents, reason, **details), key("r"))
    assert database.run(lambda db: owed(db, account)).total == 9000


def test_a_reason_that_needs_papers_needs_a_note_and_two_people(
    database: Database, key: Key, account: int
) -> None:
    bare = Asked(
        kind="adjustment", account_id=account, cents=3000, reason="military", made_by="ana",
        made_as="rep", details={"service": "power"},
    )  # fmt: skip
    with pytest.raises(BadAmount):
        make(database, bare, key("r"))
    by_another(database, asked("adjustment", account, 3000, "military", service="power"), key("r"))


def test_a_balance_moves_with_the_day_it_is_due(database: Database, key: Key, account: int) -> None:
    other = database.run(lambda db: owing(db, key("a"), water=100))
    made = make(database, asked("transfer", account, 7000, "moved", to=other), key("r"))
    assert made.state == "done"
    assert database.run(lambda db: owed(db, account)).total == 2000
    assert database.run(lambda db: owed(db, other)).total == 7100
    assert database.run(lambda db: agrees(db, account) and agrees(db, other))
    with pytest.raises(BadAmount):
        make(database, asked("transfer", account, 2001, "moved", to=other), key("r"))
    assert database.run(breaks) == []


def test_a_credit_moves_too(database: Database, key: Key, account: int) -> None:
    other = database.run(lambda db: owing(db, key("a"), water=100))
    pay(database, account, 9600, key("p"))
    make(database, asked("transfer", account, 600, "moved", to=other, credit=True), key("r"))
    assert database.run(lambda db: owed(db, other)).total == -500
    with pytest.raises(BadAmount):
        make(database, asked("transfer", account, 1, "moved", to=other, credit=True), key("r"))


def test_only_a_final_account_is_written_off(database: Database, key: Key, account: int) -> None:
    wanted = asked("write-off", account, 9000, "uncollectible")
    request = make(database, wanted, key("r"))
    with pytest.raises(BadAmount):
        database.run(lambda db: approve(db, request.id, "ben", "supervisor"))
    final = text("UPDATE accounts SET status = 'final' WHERE id = :id")
    database.run(lambda db: db.execute(final, {"id": account}))
    database.run(lambda db: approve(db, request.id, "ben", "supervisor"))
    assert database.run(lambda db: owed(db, account)).total == 0
    status = text("SELECT status FROM accounts WHERE id = :id")
    assert (
        database.run(lambda db: db.execute(status, {"id": account}).scalar_one()) == "written off"
    )
    assert database.run(breaks) == []


def test_an_exception_is_read_until_it_expires(database: Database, key: Key, account: int) -> None:
    made = Asked(
        kind="exception", account_id=account, cents=0, reason="no late fee", made_by="ana",
        made_as="rep", until=ON,
    )  # fmt: skip
    waits = make(database, made, key("r"))
    assert waits.state == "draft"  # it costs nothing, and is no less a favour
    assert not database.run(lambda db: excepted(db, account, "no late fee", ON))
    with pytest.raises(NotAllowed):
        database.run(lambda db: approve(db, waits.id, "ben", "rep"))
    database.run(lambda db: approve(db, waits.id, "ben", "supervisor"))
    for days, expected in ((0, True), (1, False)):
        on = ON + timedelta(days=days)
        assert database.run(lambda db, on=on: excepted(db, account, "no late fee", on)) is expected


def test_a_refused_or_voided_request_changes_nothing(
    database: Database, key: Key, account: int
) -> None:
    wanted = asked("adjustment", account, 5000, "goodwill", service="power")
    one, other = (make(database, wanted, key("r")) for _ in range(2))
    with pytest.raises(NotAllowed):
        database.run(lambda db: refuse(db, one.id, "ana", "supervisor", "no"))
    assert database.run(lambda db: refuse(db, one.id, "ben", "supervisor", "no")).state == "refused"
    assert database.run(lambda db: void(db, other.id, "ana", "rep")).state == "void"
    for request in (one, other):
        with pytest.raises(Conflict):
            database.run(lambda db, it=request.id: approve(db, it, "ben", "supervisor"))
    with pytest.raises(NotFound):
        database.run(lambda db: void(db, 10**12, "ana", "rep"))
    assert database.run(lambda db: owed(db, account)).total == 9000


def test_nobody_writes_a_card_s_number_into_a_request(
    database: Database, key: Key, account: int
) -> None:
    wanted = asked("adjustment", account, 5000, "goodwill", service="power")
    card = "paid with 4242 4242 4242 4242"
    with pytest.raises(NotAllowed, match="'note'") as refused:
        make(database, replace(wanted, note=card), key("r"))
    assert refused.value.rule == "card or bank number"
    waits = make(database, wanted, key("r"))
    with pytest.raises(NotAllowed, match="'note'"):
        database.run(lambda db: refuse(db, waits.id, "ben", "supervisor", card))
    assert waits.id in {each.id for each in database.run(waiting)}
