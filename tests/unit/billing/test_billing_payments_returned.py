"""Payments that come back: undone to the cent, and what was due is due again."""

from collections.abc import Callable, Generator
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from billing.errors import Conflict, NotFound
from billing.ledger.balances import owed
from billing.payments.credit import use_credit
from billing.payments.fees import Fees, read_fees, usable
from billing.payments.limits import load_limits
from billing.payments.requests import Asked, ask
from billing.payments.returned import cash_only, settle, take_back
from billing.payments.taking import take_payment
from billing.processor.port import SettledLine
from config.errors import ConfigError
from db.session import Database
from tests.services import Servers
from tests.unit.billing.paying import (
    ON,
    agrees,
    bill,
    breaks,
    cash,
    open_by_service,
    owing,
    own_database,
)

Key = Callable[[str], str]
LATER = ON + timedelta(days=3)


@pytest.fixture(scope="module")
def database(servers: Servers, new_database: Callable[[str], str]) -> Generator[Database]:
    yield from own_database(servers, new_database)


def came_back(
    database: Database, payment: int, code: str, name: str, *, production: bool = False
) -> int | None:
    return database.run(
        lambda db: take_back(
            db, payment, code, on=LATER, actor="t", key=name, production=production
        )
    ).fee_charge


def test_a_returned_payment_opens_what_it_paid_and_bears_the_fee(
    database: Database, key: Key
) -> None:
    account = database.run(lambda db: owing(db, key("a"), power=6000, water=3000))
    paid = database.run(lambda db: take_payment(db, cash(account, 8000, key("p")), "rep"))
    name = key("r")
    assert came_back(database, paid.id, "R01", name) is not None
    assert came_back(database, paid.id, "R01", name) is None  # a replay
    still = {"power": 6000, "water": 3000, "general": 2000}
    assert database.run(lambda db: open_by_service(db, account)) == still
    assert database.run(lambda db: agrees(db, account))
    with pytest.raises(Conflict):
        came_back(database, paid.id, "R01", key("r"))
    assert database.run(breaks) == []


@pytest.mark.parametrize(("code", "production"), [("R10", False), ("KEYED", False), ("R01", True)])
def test_no_fee_where_the_resident_did_not_cause_it_or_nobody_confirmed_it(
    database: Database,
    key: Key,
    code: str,
    production: bool,  # noqa: FBT001  the table
) -> None:
    account = database.run(lambda db: owing(db, key("a"), power=6000))
    paid = database.run(lambda db: take_payment(db, cash(account, 6000, key("p")), "rep"))
    assert came_back(database, paid.id, code, key("r"), production=production) is None
    assert database.run(lambda db: owed(db, account)).by_service == {"power": 6000}


def test_a_credit_that_was_used_is_taken_back_with_its_payment(
    database: Database, key: Key
) -> None:
    account = database.run(lambda db: owing(db, key("a"), power=1000))
    paid = database.run(lambda db: take_payment(db, cash(account, 5000, key("p")), "rep"))
    database.run(lambda db: bill(db, account, {"water": 3000}, key("b")))
    assert database.run(lambda db: use_credit(db, account, ON, "t", key("c"))) == 3000
    assert database.run(lambda db: owed(db, account)).credit == 1000
    came_back(database, paid.id, "KEYED", key("r"))
    found = database.run(lambda db: owed(db, account))
    assert (found.by_service, found.unapplied) == ({"power": 1000, "water": 3000}, 0)
    assert database.run(lambda db: agrees(db, account))
    assert database.run(breaks) == []


def test_what_was_adjusted_stays_so_when_a_used_credit_is_taken_back(
    database: Database, key: Key
) -> None:
    database.run(load_limits)
    account = database.run(lambda db: owing(db, key("a"), power=1000))
    paid = database.run(lambda db: take_payment(db, cash(account, 5000, key("p")), "rep"))
    database.run(lambda db: bill(db, account, {"water": 3000}, key("b")))
    database.run(lambda db: use_credit(db, account, ON, "t", key("c")))
    database.run(lambda db: bill(db, account, {"storm": 500}, key("b")))
    wanted = Asked(
        kind="adjustment", account_id=account, cents=500, reason="goodwill", made_by="ben",
        made_as="supervisor", details={"service": "storm"},
    )  # fmt: skip
    assert database.run(lambda db: ask(db, wanted, key("q"))).state == "done"
    came_back(database, paid.id, "KEYED", key("r"))
    found = database.run(lambda db: owed(db, account))
    assert (found.by_service, found.unapplied) == ({"power": 1000, "water": 3000}, 0)
    assert database.run(lambda db: agrees(db, account))


def test_credit_is_used_once_per_key(database: Database, key: Key) -> None:
    account = database.run(lambda db: owing(db, key("a"), power=1000))
    assert database.run(lambda db: use_credit(db, account, ON, "t", key("c"))) == 0
    database.run(lambda db: take_payment(db, cash(account, 5000, key("p")), "rep"))
    name = key("c")
    for expected in (2500, 0):
        if expected:
            database.run(lambda db: bill(db, account, {"water": 2500}, key("b")))
        assert database.run(lambda db: use_credit(db, account, ON, "t", name)) == expected


def test_a_second_return_in_a_year_makes_cash_only(database: Database, key: Key) -> None:
    account = database.run(lambda db: owing(db, key("a"), power=6000))
    for code, expected in (("R01", False), ("KEYED", False), ("NSF", True)):
        paid = database.run(lambda db: take_payment(db, cash(account, 100, key("p")), "rep"))
        came_back(database, paid.id, code, key("r"))
        assert database.run(lambda db: cash_only(db, account, LATER)) is expected
    assert not database.run(lambda db: cash_only(db, account, LATER + timedelta(days=400)))


def test_what_nobody_paid_does_not_come_back(database: Database, key: Key) -> None:
    with pytest.raises(NotFound):
        came_back(database, 10**12, "R01", key("r"))
    with pytest.raises(NotFound):
        came_back(database, 1, "R99", key("r"))


@pytest.mark.parametrize(
    ("kind", "code", "left"),
    [("chargeback", "10.4", 6000), ("return", "R01", 8000), ("return", "R77", 6000)],
)
def test_the_processor_s_report_takes_a_payment_back(
    database: Database, key: Key, kind: str, code: str, left: int
) -> None:
    account = database.run(lambda db: owing(db, key("a"), power=6000))
    paid = database.run(lambda db: take_payment(db, cash(account, 6000, key("p")), "rep"))
    now = database.run(lambda db: db.execute(text("SELECT now()")).scalar_one())
    line = SettledLine(kind, key("ref"), "", -6000, "ach", "", now, code)  # pyright: ignore[reportArgumentType]  the table's kinds
    database.run(lambda db: settle(db, paid.id, line))
    assert database.run(lambda db: owed(db, account)).total == left


def test_fees_say_where_they_are_from_and_the_unconfirmed_are_off_in_production() -> None:
    fees: Fees = read_fees()
    assert usable(fees.returned_item, production=False) == 2000
    assert usable(fees.returned_item, production=True) == 0
    assert usable(fees.convenience, production=True) == 0


def test_a_wrong_fee_is_told(tmp_path: Path) -> None:
    path = tmp_path / "fees.yaml"
    path.write_text("returned item: {value: 1.5, source: a, status: policy}\ncodes: {}\n")
    with pytest.raises(ConfigError):
        read_fees(path)


def test_an_old_charge_is_as_old_as_it_was(database: Database, key: Key) -> None:
    account = database.run(lambda db: owing(db, key("a")))
    due = date(2026, 9, 1)
    database.run(lambda db: bill(db, account, {"power": 900}, key("b"), due))
    paid = database.run(lambda db: take_payment(db, cash(account, 900, key("p")), "rep"))
    came_back(database, paid.id, "KEYED", key("r"))
    query = text("SELECT due_on FROM charges WHERE account_id = :id AND open_cents > 0")
    assert database.run(lambda db: db.execute(query, {"id": account}).scalar_one()) == due
