"""The night: credit used, late fees charged, the next part promised; each once, however often."""

from collections.abc import Callable
from datetime import date, timedelta

from sqlalchemy import text

from billing import nightly
from billing.ledger.clock import today
from billing.payments.limits import load_limits
from billing.payments.taking import take_payment
from billing.telling import paid, told
from db.session import Database
from tests.unit.billing.conftest import open_account
from tests.unit.billing.paying import bill, breaks, cash, open_by_service

LATE = timedelta(days=40)
KINDS = text("SELECT kind, count(*) FROM charges WHERE account_id = :account GROUP BY 1")
PROMISED = text("SELECT args ->> 'after' FROM outbox WHERE name = 'accounts overnight'")


def owing_since(database: Database, key: str, due: date, cents: int = 20_000) -> int:
    account = database.run(open_account)
    database.run(lambda db: bill(db, account, {"power": cents}, key, due))
    return account


def kinds(database: Database, account: int) -> dict[str, int]:
    query = database.run(lambda db: db.execute(KINDS, {"account": account}).all())
    return {row[0]: row[1] for row in query}


def test_what_is_long_past_due_bears_one_late_fee_a_month(
    fresh: Database, key: Callable[[str], str]
) -> None:
    on = fresh.run(today)
    account = owing_since(fresh, key("old"), on - LATE)
    for _ in range(2):
        nightly.night(fresh, account - 1)
    assert kinds(fresh, account) == {"use": 1, "late fee": 1}
    assert fresh.run(breaks) == []


def test_in_production_a_fee_that_nobody_confirmed_is_not_charged(
    database: Database, key: Callable[[str], str]
) -> None:
    account = owing_since(database, key("old"), database.run(today) - LATE)
    nightly.night(database, account - 1, production=True)
    assert kinds(database, account) == {"use": 1}


def test_a_credit_is_used_for_what_came_after_it(
    database: Database, key: Callable[[str], str]
) -> None:
    account, on = database.run(open_account), database.run(today)
    database.run(lambda db: take_payment(db, cash(account, 700, key("early")), "t"))
    database.run(lambda db: bill(db, account, {"water": 1000}, key("later"), on))
    nightly.night(database, account - 1)
    assert database.run(lambda db: open_by_service(db, account)) == {"water": 300}


def test_the_next_part_is_promised_and_the_last_one_promises_none(
    fresh: Database, key: Callable[[str], str]
) -> None:
    fresh.run(load_limits)
    on = fresh.run(today)
    for number in range(nightly.PART + 1):
        owing_since(fresh, key(f"{number}"), on, 100)
    assert nightly.handler(fresh, production=False)({}) == nightly.PART
    (after,) = fresh.run(lambda db: db.execute(PROMISED).scalars().all())
    assert nightly.handler(fresh, production=False)({"after": after}) == 1
    assert len(fresh.run(lambda db: db.execute(PROMISED).all())) == 1


def test_a_payment_is_told_as_its_payer_knows_it(
    database: Database, key: Callable[[str], str]
) -> None:
    account = database.run(open_account)
    payment = database.run(lambda db: take_payment(db, cash(account, 700, key("pay")), "t"))
    found = database.run(lambda db: paid(db, payment.id))
    assert found is not None
    assert (found.receipt, found.cents, found.language) == (payment.receipt, 700, "en")
    waits = database.run(lambda db: take_payment(db, cash(None, 700, key("nobody")), "t"))
    assert database.run(lambda db: paid(db, waits.id)) is None


def test_a_case_names_the_account_the_amount_and_why(database: Database) -> None:
    account = database.run(open_account)
    args = {"intent": "abc", "account": account, "cents": 1234, "why": "no answer"}
    said = database.run(lambda db: told(db, args))
    assert len(said["account"]) == 8
    assert (said["amount"], said["note"]) == ("$12.34", "intent: abc, why: no answer")
