"""Autopay that is declined is tried again by rule, then pauses; nobody is asked every day."""

from collections.abc import Callable, Generator
from datetime import date, timedelta
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import text

from billing.errors import Conflict
from billing.ledger.clock import today
from billing.payments import intents, plans, retrying
from billing.payments.policies import FOLDER, autopay_rules
from billing.payments.returned import take_back
from billing.payments.taking import take_payment
from billing.processor import pulling
from billing.shapes import Outcome, PaymentResult
from billing.telling import told
from config.errors import ConfigError
from db.session import Database
from tests.services import Servers
from tests.unit.billing.paying import ON, bill, cash, owing, own_database

Key = Callable[[str], str]
CARD: Final = plans.Consent(tender="card", token="tok", last_four="4242", said={"script": "1"})
FIRST, SECOND = autopay_rules().again_after_days
DUE: Final = date(2026, 11, 1)
LATER: Final = date(2026, 11, 20)
PROMISED: Final = text("SELECT args FROM outbox WHERE name = :name AND key LIKE :key ORDER BY id")
PAYMENT: Final = text("""
SELECT id FROM payments WHERE account_id = :account ORDER BY id DESC LIMIT 1""")
PLANS: Final = text("SELECT count(*) FROM pay_plans WHERE account_id = :account AND paused")


@pytest.fixture(scope="module")
def database(servers: Servers, new_database: Callable[[str], str]) -> Generator[Database]:
    yield from own_database(servers, new_database)


@pytest.fixture
def account(database: Database, key: Key) -> int:
    """Owe 50.00 that is due, on autopay."""
    account = database.run(lambda db: owing(db, key("a")))
    database.run(lambda db: bill(db, account, {"water": 5000}, key("b"), DUE))
    database.run(lambda db: plans.start_autopay(db, account, CARD, DUE))
    return account


def tried(database: Database, account: int, days: int, outcome: Outcome = "declined") -> bool:
    """Let autopay come to the account so many days later; says whether the card was asked."""
    on = ON + timedelta(days=days)
    made = database.run(lambda db: plans.pull(db, account, on))
    if made is not None:
        result = PaymentResult(made.intent.id, outcome)
        database.run(lambda db: intents.finish(db, result))
    return made is not None


def on_autopay(database: Database, account: int, days: int) -> bool:
    on = ON + timedelta(days=days)
    return database.run(lambda db: plans.current(db, account, plans.AUTOPAY, on)) is not None


def came_back(database: Database, account: int, days: int, code: str, name: str) -> None:
    on = ON + timedelta(days=days)
    payment = database.run(lambda db: db.execute(PAYMENT, {"account": account}).scalar_one())
    database.run(lambda db: take_back(db, payment, code, on=on, actor="t", key=name))


def asked_until(database: Database, account: int, days: int) -> list[int]:
    """Let it come every day; gives the days on which the card was asked."""
    return [day for day in range(days) if tried(database, account, day)]


def test_a_declined_card_is_tried_by_rule_and_then_never(database: Database, account: int) -> None:
    assert asked_until(database, account, 30) == [0, FIRST, FIRST + SECOND]
    assert not on_autopay(database, account, 30)
    assert account not in database.run(lambda db: plans.due(db, ON + timedelta(days=30)))


def test_a_rep_hears_once_that_it_paused(database: Database, account: int) -> None:
    asked_until(database, account, 30)
    given = {"name": retrying.PAUSED, "key": f"autopay paused:{account}:%"}
    (args,) = database.run(lambda db: db.execute(PROMISED, given).scalars().all())
    said = database.run(lambda db: told(db, args))
    assert said["amount"] == "$50.00"
    assert "declined 3 times" in said["note"]


def test_the_night_s_job_keeps_what_it_paused(database: Database, key: Key) -> None:
    """The pause is committed, though nothing is charged that night."""
    account, on = database.run(lambda db: owing(db, key("a"))), database.run(today)
    ago = on - timedelta(days=40)
    database.run(lambda db: bill(db, account, {"water": 5000}, key("b"), ago))
    database.run(lambda db: plans.start_autopay(db, account, CARD, ago))
    for days in (30, 20, 10):
        earlier = on - timedelta(days=days)
        made = database.run(lambda db, day=earlier: plans.pull(db, account, day))
        assert made is not None
        result = PaymentResult(made.intent.id, "declined")
        database.run(lambda db, it=result: intents.finish(db, it))
    pulling.pull(database, account - 1)
    assert database.run(lambda db: db.execute(PLANS, {"account": account}).scalar_one()) == 1


def test_each_due_day_has_its_own_tries(database: Database, key: Key, account: int) -> None:
    assert asked_until(database, account, 2) == [0]
    database.run(lambda db: bill(db, account, {"water": 700}, key("b"), LATER))
    assert not tried(database, account, 2)  # the oldest that is due decides
    database.run(lambda db: take_payment(db, cash(account, 5000, key("p")), "t"))
    assert tried(database, account, 2)


def test_a_try_that_went_well_begins_the_count_anew(database: Database, account: int) -> None:
    database.run(lambda db: plans.start_budget(db, account, ON, {"said": "yes"}))
    assert tried(database, account, 0)
    assert tried(database, account, FIRST, "approved")
    month = FIRST + 31  # the budget's next part, of the same old bill
    assert [day for day in range(month, month + 30) if tried(database, account, day)] == [
        month, month + FIRST, month + FIRST + SECOND,
    ]  # fmt: skip


@pytest.mark.parametrize(("code", "days"), [("R01", 5 + FIRST), ("KEYED", 6)])
def test_a_draft_that_the_bank_gave_back_was_declined(
    database: Database, key: Key, account: int, code: str, days: int
) -> None:
    assert tried(database, account, 0, "approved")
    came_back(database, account, 5, code, key("r"))
    assert next(day for day in range(6, 30) if tried(database, account, day)) == days


def test_a_new_consent_is_tried_at_once(database: Database, account: int) -> None:
    asked_until(database, account, 30)
    assert not on_autopay(database, account, 30)
    anew = ON + timedelta(days=30)
    database.run(lambda db: plans.start_autopay(db, account, CARD, anew))
    assert tried(database, account, 30)
    assert not tried(database, account, 31)


def test_what_was_paused_is_resumed_as_it_was_agreed_to(database: Database, account: int) -> None:
    with pytest.raises(Conflict):
        database.run(lambda db: plans.resume(db, account, ON))
    asked_until(database, account, 30)
    later = ON + timedelta(days=30)
    again = database.run(lambda db: plans.resume(db, account, later))
    assert (again.token, again.last_four, again.consent) == ("tok", "4242", {"script": "1"})
    assert tried(database, account, 30)
    with pytest.raises(Conflict):
        database.run(lambda db: plans.resume(db, account, later))


@pytest.mark.parametrize("written", ["[0]", "[1.5]", "soon", "[-3, 7]"])
def test_days_that_are_none_are_told(tmp_path: Path, written: str) -> None:
    path = tmp_path / "plans.yaml"
    known = (FOLDER / "plans.yaml").read_text()
    path.write_text(known.replace("[3, 7]", written))
    with pytest.raises(ConfigError) as caught:
        autopay_rules(path)
    assert len(caught.value.faults) == 1
