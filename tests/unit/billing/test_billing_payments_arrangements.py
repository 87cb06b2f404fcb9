"""What keeps an arrangement: its parts, on what was past due; and the bills that come besides."""

from collections.abc import Callable, Generator, Mapping
from datetime import date, timedelta
from typing import Final

import pytest

from billing.accounts.holds import protections
from billing.payments import arrangements, requests
from billing.payments.limits import load_limits
from billing.payments.returned import take_back
from billing.payments.rules import read_orders
from billing.payments.taking import take_payment
from db.session import Database
from tests.services import Servers
from tests.unit.billing.paying import DUE, ON, agrees, bill, breaks, cash, owing, own_database

Key = Callable[[str], str]
LONG_AGO: Final = date(2026, 8, 1)
FIRST: Final = ON + timedelta(days=4)  # the first part is past its grace
BESIDES: Final = DUE + timedelta(days=4)  # so is the bill that came after
STORM_FIRST: Final = read_orders()[1]["lake-mary"]
NEWER: Final = 4000


@pytest.fixture(scope="module")
def database(servers: Servers, new_database: Callable[[str], str]) -> Generator[Database]:
    for made in own_database(servers, new_database):
        made.run(load_limits)
        yield made


@pytest.fixture
def account(database: Database, key: Key) -> int:
    """Owe 120.00 for long."""
    account = database.run(lambda db: owing(db, key("a")))
    database.run(lambda db: bill(db, account, {"power": 9000, "water": 3000}, key("b"), LONG_AGO))
    return account


@pytest.fixture
def arranged(database: Database, account: int) -> int:
    """Owe 120.00 for long, in parts of 30.00, 45.00 and 45.00."""
    arrange(database, account)
    return account


def arrange(database: Database, account: int) -> None:
    offered = database.run(lambda db: arrangements.offer(db, account, ON))
    database.run(lambda db: arrangements.make(db, account, offered, ON, "t"))


def pay(database: Database, account: int, cents: int, name: str) -> int:
    return database.run(lambda db: take_payment(db, cash(account, cents, name), "t")).id


def bill_besides(database: Database, account: int, name: str) -> None:
    database.run(lambda db: bill(db, account, {"storm": NEWER}, name))


def stands(database: Database, account: int, on: date) -> str:
    found = database.run(lambda db: arrangements.check(db, account, on, "t"))
    return found.state if found else "ended before"


def asked(
    database: Database, account: int, name: str, what: tuple[str, int, str, Mapping[str, object]]
) -> None:
    """Ask for something as a rep, and have it approved."""
    kind, cents, reason, details = what
    wanted = requests.Asked(
        kind=kind, account_id=account, cents=cents, reason=reason, made_by="ana", made_as="rep",
        details=details,
    )  # fmt: skip
    made = database.run(lambda db: requests.ask(db, wanted, name))
    database.run(lambda db: requests.approve(db, made.id, "ben", "supervisor"))


def test_a_payment_that_went_to_a_newer_bill_keeps_nothing(
    database: Database, key: Key, arranged: int
) -> None:
    bill_besides(database, arranged, key("b"))
    taking = cash(arranged, 3000, key("p"))
    database.run(lambda db: take_payment(db, taking, "t", STORM_FIRST))
    assert stands(database, arranged, FIRST - timedelta(days=1)) == "current"
    assert stands(database, arranged, FIRST) == "broken"


def test_a_newer_bill_s_money_on_older_charges_is_counted_for_that_bill(
    database: Database, key: Key, arranged: int
) -> None:
    bill_besides(database, arranged, key("b"))
    pay(database, arranged, 3000 + NEWER, key("p"))  # the oldest first: all of it on what was late
    assert stands(database, arranged, BESIDES) == "current"


def test_a_bill_that_is_not_paid_besides_breaks_it_after_its_grace(
    database: Database, key: Key, arranged: int
) -> None:
    bill_besides(database, arranged, key("b"))
    pay(database, arranged, 3000 + NEWER - 1, key("p"))
    assert stands(database, arranged, BESIDES - timedelta(days=1)) == "current"
    assert stands(database, arranged, BESIDES) == "broken"


def test_it_protects_on_while_a_bill_besides_is_open(
    database: Database, key: Key, arranged: int
) -> None:
    bill_besides(database, arranged, key("b"))
    pay(database, arranged, 12000, key("p"))
    assert stands(database, arranged, BESIDES) == "current"
    assert database.run(lambda db: protections(db, arranged, BESIDES)) != ()
    pay(database, arranged, NEWER, key("p"))
    assert stands(database, arranged, BESIDES) == "kept"
    assert database.run(lambda db: protections(db, arranged, BESIDES)) == ()


def test_a_bill_that_is_not_due_yet_keeps_no_arrangement_open(
    database: Database, key: Key, arranged: int
) -> None:
    bill_besides(database, arranged, key("b"))
    pay(database, arranged, 12000, key("p"))
    assert stands(database, arranged, FIRST) == "kept"


@pytest.mark.parametrize(("cents", "state"), [(1, "broken"), (0, "current")])
def test_a_part_that_is_refunded_in_part_is_not_paid(
    database: Database, key: Key, arranged: int, cents: int, state: str
) -> None:
    payment = pay(database, arranged, 3000, key("p"))
    if cents:
        what = ("refund", cents, "paid twice", {"payment": payment})
        asked(database, arranged, key("r"), what)
    assert stands(database, arranged, FIRST) == state
    assert database.run(lambda db: agrees(db, arranged))
    assert database.run(breaks) == []


def test_an_older_payment_that_comes_back_breaks_nothing(
    database: Database, key: Key, account: int
) -> None:
    older = pay(database, account, 2000, key("p"))
    arrange(database, account)
    pay(database, account, 2500, key("p"))  # a quarter of what was left
    database.run(lambda db: take_back(db, older, "KEYED", on=ON, actor="t", key=key("r")))
    assert stands(database, account, FIRST) == "current"


def test_no_charge_is_paid_for_another(database: Database, key: Key) -> None:
    """What is paid of an older payment that came back is no part of the arrangement."""
    account = database.run(lambda db: owing(db, key("a")))
    for service, cents, days in (("power", 9000, 0), ("water", 3000, 14)):
        due, what = LONG_AGO + timedelta(days=days), {service: cents}
        database.run(lambda db, it=what, day=due: bill(db, account, it, key("b"), day))
    older = pay(database, account, 4000, key("p"))
    arrange(database, account)  # 50.00 of power and 30.00 of water
    database.run(lambda db: take_back(db, older, "KEYED", on=ON, actor="t", key=key("r")))
    pay(database, account, 8000, key("p"))  # all of it on power, 90.00 of which are open by now
    assert stands(database, account, FIRST) == "current"
    pay(database, account, 4000, key("p"))
    assert stands(database, account, FIRST) == "kept"


def test_what_is_taken_off_the_debt_need_not_be_paid(
    database: Database, key: Key, arranged: int
) -> None:
    what = ("adjustment", 9000, "billing error", {"service": "power"})
    asked(database, arranged, key("r"), what)
    assert stands(database, arranged, FIRST) == "current"
    pay(database, arranged, 3000, key("p"))
    assert stands(database, arranged, FIRST) == "kept"


def test_what_was_paid_before_it_was_made_keeps_nothing(
    database: Database, key: Key, account: int
) -> None:
    pay(database, account, 3000, key("p"))
    arrange(database, account)
    assert stands(database, account, FIRST) == "broken"
