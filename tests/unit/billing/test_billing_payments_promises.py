"""Arrangements, plans, collections and lockboxes: each rule as a table."""

from collections.abc import Callable, Generator
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from billing.accounts.holds import protections
from billing.errors import AnotherBody, BadAmount, Conflict, NotAllowed
from billing.ledger.balances import owed
from billing.payments import (
    arrangements,
    collections,
    fees,
    intents,
    lockbox,
    plans,
    policies,
)
from billing.payments.months import months_after
from billing.payments.returned import take_back
from billing.payments.taking import Taking, take_payment
from billing.shapes import PaymentResult
from config.errors import ConfigError
from db.session import Database
from tests.services import Servers
from tests.unit.billing.paying import ON, bill, breaks, owing, own_database

Key = Callable[[str], str]
LONG_AGO = date(2026, 8, 1)
RULES = policies.arrangement_rules()


@pytest.fixture(scope="module")
def database(servers: Servers, new_database: Callable[[str], str]) -> Generator[Database]:
    yield from own_database(servers, new_database)


@pytest.fixture
def account(database: Database, key: Key) -> int:
    return database.run(lambda db: owing(db, key("a")))


@pytest.fixture
def late(database: Database, key: Key, account: int) -> int:
    """Owe 120.00 for long."""
    cents = {"power": 9000, "water": 3000}
    database.run(lambda db: bill(db, account, cents, key("b"), LONG_AGO))
    return account


def pay(database: Database, account: int, cents: int, name: str, on: date = ON) -> int:
    taking = Taking(account_id=account, tender="cash", cents=cents, received_on=on, key=name)
    return database.run(lambda db: take_payment(db, taking, "rep")).id


# Arrangements.


@given(st.integers(1, 10**7), st.integers(1, 12))
def test_the_parts_of_an_arrangement_add_up(cents: int, count: int) -> None:
    made = arrangements.parts(cents, ON, count, RULES)
    assert sum(part.cents for part in made) == cents
    assert all(part.cents > 0 for part in made)
    assert [part.due_on for part in made] == sorted({part.due_on for part in made})


def test_an_arrangement_protects_while_it_is_kept(database: Database, key: Key, late: int) -> None:
    offered = database.run(lambda db: arrangements.offer(db, late, ON))
    assert [part.cents for part in offered.parts] == [3000, 4500, 4500]
    made = database.run(lambda db: arrangements.make(db, late, offered, ON, "t"))
    assert database.run(lambda db: arrangements.make(db, late, offered, ON, "t")).id == made.id
    assert [each.kind for each in database.run(lambda db: protections(db, late, ON))] == [
        "arrangement"
    ]
    assert database.run(lambda db: arrangements.offer(db, late, ON)).refusal == "current"
    pay(database, late, 3000, key("p"))
    second = ON + timedelta(days=33)
    stands = database.run(lambda db: arrangements.check(db, late, second, "t"))
    assert stands is not None
    assert stands.state == "current"
    pay(database, late, 9000, key("p"))
    kept = database.run(lambda db: arrangements.check(db, late, second, "t"))
    assert kept is not None
    assert kept.state == "kept"
    assert database.run(lambda db: protections(db, late, second)) == ()
    assert database.run(lambda db: arrangements.check(db, late, second, "t")) is None


@pytest.mark.parametrize("came_back", [False, True])
def test_a_missed_or_returned_part_breaks_it(
    database: Database,
    key: Key,
    late: int,
    came_back: bool,  # noqa: FBT001  the table
) -> None:
    offered = database.run(lambda db: arrangements.offer(db, late, ON))
    database.run(lambda db: arrangements.make(db, late, offered, ON, "t"))
    assert late in database.run(arrangements.current_accounts)
    paid = pay(database, late, 3000, key("p"))
    if came_back:
        database.run(lambda db: take_back(db, paid, "KEYED", on=ON, actor="t", key=key("r")))
    on = ON + timedelta(days=4 if came_back else 34)
    broken = database.run(lambda db: arrangements.check(db, late, on, "t"))
    assert broken is not None
    assert broken.state == "broken"
    assert database.run(lambda db: protections(db, late, on)) == ()
    assert database.run(lambda db: arrangements.offer(db, late, on)).refusal == "broken"


@pytest.mark.parametrize(
    ("cents", "refusal"), [(0, "nothing past due"), (4999, "too little"), (150001, "too much")]
)
def test_what_is_not_arranged_says_why(
    database: Database, key: Key, account: int, cents: int, refusal: str
) -> None:
    charged = {"power": cents} if cents else {}
    database.run(lambda db: bill(db, account, charged, key("b"), LONG_AGO))
    offered = database.run(lambda db: arrangements.offer(db, account, ON))
    assert (offered.refusal, offered.parts) == (refusal, ())
    with pytest.raises(NotAllowed):
        database.run(lambda db: arrangements.make(db, account, offered, ON, "t"))


def test_an_offer_of_another_amount_is_not_made(database: Database, key: Key, late: int) -> None:
    offered = database.run(lambda db: arrangements.offer(db, late, ON))
    pay(database, late, 100, key("p"))
    with pytest.raises(AnotherBody):
        database.run(lambda db: arrangements.make(db, late, offered, ON, "t"))
    with pytest.raises(Conflict):
        database.run(lambda db: arrangements.cancel(db, late, "t"))
    again = database.run(lambda db: arrangements.offer(db, late, ON))
    database.run(lambda db: arrangements.make(db, late, again, ON, "t"))
    assert database.run(lambda db: arrangements.cancel(db, late, "t")).state == "cancelled"


def test_nothing_unconfirmed_is_arranged_in_production(database: Database, late: int) -> None:
    offered = database.run(lambda db: arrangements.offer(db, late, ON, production=True))
    assert offered.refusal == "not confirmed"


# Plans.

CARD = plans.Consent(tender="card", token="tok", last_four="4242", said={"script": "v1"})


def test_autopay_pays_what_is_due_once(database: Database, late: int) -> None:
    database.run(lambda db: plans.start_autopay(db, late, CARD, ON))
    assert late in database.run(lambda db: plans.due(db, ON))
    pulled = database.run(lambda db: plans.pull(db, late, ON))
    assert pulled is not None
    assert (pulled.intent.cents, pulled.token) == (12000, "tok")
    assert database.run(lambda db: plans.pull(db, late, ON)) is None  # one is under way
    result = PaymentResult(pulled.intent.id, "approved")
    database.run(lambda db: intents.finish(db, result))
    assert database.run(lambda db: owed(db, late)).total == 0


def test_autopay_needs_a_token_and_a_consent(database: Database, account: int) -> None:
    bare = plans.Consent(tender="card", token="tok", last_four="4242", said={})
    with pytest.raises(BadAmount):
        database.run(lambda db: plans.start_autopay(db, account, bare, ON))


def test_a_plan_is_changed_and_ends(database: Database, account: int) -> None:
    for on in (ON, ON, ON + timedelta(days=9)):
        database.run(lambda db, on=on: plans.start_autopay(db, account, CARD, on))
    later = ON + timedelta(days=20)
    assert database.run(lambda db: plans.stop(db, account, "autopay", later)).ended_on == later
    with pytest.raises(Conflict):
        database.run(lambda db: plans.stop(db, account, "autopay", later))


def test_budget_billing_asks_for_a_twelfth_and_settles_in_the_twelfth_month(
    database: Database, key: Key, late: int
) -> None:
    plan = database.run(lambda db: plans.start_budget(db, late, ON, {"said": "yes"}))
    assert plan.monthly_cents == 1000
    database.run(lambda db: bill(db, late, {"power": 700}, key("b")))
    assert database.run(lambda db: plans.to_pay(db, late, ON)) == 1000
    assert database.run(lambda db: plans.to_pay(db, late, months_after(ON, 11))) == 12700
    assert database.run(lambda db: plans.to_pay(db, late, months_after(ON, 12))) == 1000
    empty = database.run(lambda db: owing(db, key("a")))
    with pytest.raises(BadAmount):
        database.run(lambda db: plans.start_budget(db, empty, ON, {}))


# Collections and unclaimed property.


def test_a_debt_is_listed_once_and_recalled(database: Database, key: Key, late: int) -> None:
    on = LONG_AGO + timedelta(days=91)
    one, other = key("batch"), key("batch")
    assert late not in database.run(lambda db: collections.list_debts(db, one, on))
    final = text("UPDATE accounts SET status = 'final' WHERE id = :id")
    database.run(lambda db: db.execute(final, {"id": late}))
    assert late in database.run(lambda db: collections.list_debts(db, one, on))
    assert late not in database.run(lambda db: collections.list_debts(db, other, on))
    rows = database.run(lambda db: collections.export(db, one)).splitlines()
    assert rows[0] == "account,name,mailing,address,amount,oldest due"
    assert any("$120.00,2026-08-01" in row for row in rows)
    assert database.run(lambda db: collections.sent(db, one)) >= 1
    assert database.run(lambda db: collections.recall(db, late)) == one
    with pytest.raises(Conflict):
        database.run(lambda db: collections.paid(db, late))


def test_a_credit_nobody_claims_goes_to_the_state_once(
    database: Database, key: Key, account: int
) -> None:
    pay(database, account, 4200, key("p"), date(2023, 1, 5))
    closed = text("UPDATE accounts SET status = 'closed' WHERE id = :id")
    database.run(lambda db: db.execute(closed, {"id": account}))
    batch = key("state")
    assert account in database.run(lambda db: collections.list_credits(db, batch, ON))
    assert database.run(lambda db: collections.report_credits(db, batch, ON, "t")) == 4200
    assert database.run(lambda db: collections.report_credits(db, batch, ON, "t")) == 0
    assert database.run(lambda db: owed(db, account)).total == 0
    assert database.run(breaks) == []


# Lockbox.


def test_a_lockbox_file_is_taken_whole_and_once(database: Database, key: Key, late: int) -> None:
    query = text("SELECT number FROM accounts WHERE id = :id")
    number = database.run(lambda db: db.execute(query, {"id": late}).scalar_one())
    items = lockbox.read(f"account,amount,reference\n{number},120.00,a\n99999999x,5.00,b\n")
    batch = key("box")

    def take(cents: int) -> lockbox.Taken:
        return database.run(
            lambda db: lockbox.take(db, batch, items, count=2, cents=cents, on=ON, actor="t")
        )

    with pytest.raises(BadAmount):
        take(12501)
    for _ in range(2):
        assert take(12500) == lockbox.Taken(2, 12500, 1)
    assert database.run(lambda db: owed(db, late)).total == 0


@pytest.mark.parametrize("written", ["", "a,b\n", "account,amount,reference\n1,1.5,x\n"])
def test_a_file_that_cannot_be_read_is_refused(written: str) -> None:
    with pytest.raises(BadAmount):
        lockbox.read(written)


@pytest.mark.parametrize(
    ("name", "read"),
    [
        ("deposits", policies.deposit_rules),
        ("arrangements", policies.arrangement_rules),
        ("collections", policies.collection_rules),
        ("fees", fees.read_fees),
    ],
)
def test_a_word_no_file_knows_is_told(
    tmp_path: Path, name: str, read: Callable[[Path], object]
) -> None:
    path = tmp_path / f"{name}.yaml"
    path.write_text((fees.FOLDER / f"{name}.yaml").read_text() + "\nstray: 1\n")
    with pytest.raises(ConfigError):
        read(path)


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2026, 11, 23), 24, date(2028, 11, 23)),
        (date(2026, 1, 15), -1, date(2025, 12, 15)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
    ],
)
def test_months_end_where_the_calendar_s_do(day: date, months: int, expected: date) -> None:
    assert months_after(day, months) == expected
