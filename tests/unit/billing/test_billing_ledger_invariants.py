"""Every planted break of the ledger is found and named; a seal can be checked without our code."""

import json
from collections.abc import Callable, Generator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256

import psycopg
import pytest
from sqlalchemy import text

from billing.ledger import books, lines, seals
from billing.ledger.chart import load_chart
from billing.ledger.journal import Posting, reverse
from billing.verifying import verdicts
from db.session import Database
from tests.services import Servers, on_database
from tests.unit.billing.conftest import open_account
from tests.unit.billing.ledger_cases import (
    NOVEMBER,
    OCTOBER,
    broken_rules,
    charge,
    posted,
    taken_back,
)


@pytest.fixture
def as_owner(fresh_database_url: str, servers: Servers) -> Generator[psycopg.Connection]:
    """Sign in as the owner, who may do what the application may not."""
    name = fresh_database_url.rsplit("/", 1)[1]
    url = on_database(servers.database_owner_url, name)
    with psycopg.connect(url, autocommit=True) as connection:
        yield connection


@pytest.fixture(scope="module")
def owned(servers: Servers, new_database: Callable[[str], str]) -> Generator[Database]:
    """Open a database with a few sealed days as its owner, who could change what is behind us."""
    name = new_database("owned")
    app = Database(on_database(servers.database_url, name), statement_ms=60_000, pool=1)
    app.run(load_chart)
    app.run(open_account)
    for number in (1, 2, 3):
        posted(app, charge(f"day {number}"), date(2026, 10, number))
    app.run(lambda db: seals.seal_day(db, date(2026, 10, 4)))
    later = posted(app, charge("later"), date(2026, 10, 5))
    app.run(lambda db: reverse(db, later, "undo", NOVEMBER, "rep", {}))
    paid = lines.received("pool.undeposited", {"power": 5}, 2, 1)
    posted(app, Posting("pay", "payment", OCTOBER, "test", paid, 1))
    assert broken_rules(app) == []
    app.close()
    made = Database(on_database(servers.database_owner_url, name), statement_ms=60_000, pool=1)
    yield made
    made.close()


def test_a_seal_can_be_computed_without_our_code(fresh: Database) -> None:
    posted(fresh, replace(charge("by hand"), memo={"why": "ñ", "a": 1}), date(2026, 10, 1))
    seal = fresh.run(lambda db: seals.seal_day(db, date(2026, 10, 1)))
    rows = fresh.run(lambda db: list(books.ledger_rows(db, OCTOBER, OCTOBER)))
    query = text("SELECT digest FROM journal")
    digest = fresh.run(lambda db: db.execute(query).scalar_one())
    since = rows[0].posted_at - datetime(1970, 1, 1, tzinfo=UTC)
    columns = [
        1, "by hand", digest, "charge", 1, "2026-10-01", "2026-10-01",
        since // timedelta(microseconds=1), "test", None, None, {"a": 1, "why": "ñ"},
    ]  # fmt: skip
    line = ", ".join(json.dumps(each, ensure_ascii=False) for each in columns)
    entries = "\n 1 power.receivable power 1 100 USD\n 2 power.revenue power - -100 USD"
    transaction = sha256(f"[{line}]{entries}".encode()).hexdigest()
    held = sha256(transaction.encode()).hexdigest()
    assert seal.digest == sha256(f"{'0' * 64} 2026-10-01 1 {held}".encode()).hexdigest()


REMOVE_THIRD = """DELETE FROM entries WHERE transaction_id = 3;
DELETE FROM journal WHERE id = 3"""
CHANGES = {
    "an amount": ("UPDATE entries SET cents = cents * 2 WHERE transaction_id = 2", 2, "changed"),
    "an actor": ("UPDATE journal SET actor = 'x' WHERE id = 2", 2, "changed"),
    "a memo": ("""UPDATE journal SET memo = '{"x": 1}' WHERE id = 3""", 3, "changed"),
    "an account": ("UPDATE entries SET account_id = NULL WHERE id = 3", 2, "changed"),
    "a row gone": (REMOVE_THIRD, 3, "1 rows were removed"),
    "a row back-dated": ("UPDATE journal SET posted_on = '2026-10-02' WHERE id = 4", 2,
                         "1 rows were added"),
    "a row on an empty day": ("UPDATE journal SET posted_on = '2026-09-01' WHERE id = 2",
                              -29, "had none"),
    "a seal gone": ("DELETE FROM day_seals WHERE day = '2026-10-02'", 2, "had none"),
    "a seal replaced": ("UPDATE day_seals SET digest = previous WHERE day = '2026-10-02'", 2,
                        "changed"),
}  # fmt: skip


@pytest.mark.parametrize("name", list(CHANGES))
def test_whatever_is_changed_behind_our_back_the_first_bad_day_is_named(
    owned: Database, name: str
) -> None:
    change, day, why = CHANGES[name]
    with taken_back(owned) as db:
        assert seals.first_bad_day(db) is None
        db.execute(text(change))
        bad = seals.first_bad_day(db)
        assert bad is not None
        assert bad.day == OCTOBER + timedelta(day - 1)
        assert why in bad.why
        assert seals.first_bad_day(db, date(2026, 10, 5)) is None
        assert [each.name[:3] for each in verdicts(db) if each.breaks][-1] == "I15"


BREAKS = {
    "I1: a transaction has two": "UPDATE entries SET cents = cents + 1 WHERE id = 1",
    "I1: no entry is of nothing": "UPDATE entries SET fund = 'water' WHERE id = 1",
    "I2: the trial balance": "UPDATE entries SET cents = cents + 1 WHERE id = 1",
    "I2: what the pool owes": "UPDATE entries SET code = 'pool.bank' WHERE code LIKE '%due_to%'",
    "I3: a kept balance": "UPDATE balances SET cents = cents + 1",
    "I4: a reversal is": "UPDATE entries SET cents = 7 WHERE transaction_id = 5 AND cents > 0",
    "I4: every trigger": "DROP TRIGGER journal_dates ON journal",
    "I5: a key stands once": "UPDATE journal SET digest = 'x' WHERE id = 1",
    "I12: nothing was posted": "INSERT INTO periods VALUES ('2026-10-01', '2020-01-01', 'x')",
    "I15: no row": "DELETE FROM entries WHERE id = 1",
}


@pytest.mark.parametrize("name", list(BREAKS))
def test_every_invariant_sees_what_breaks_it(owned: Database, name: str) -> None:
    with taken_back(owned) as db:
        db.execute(text(BREAKS[name]))
        broken = [each.name for each in verdicts(db) if each.breaks]
    assert [each for each in broken if each.startswith(name)]


def test_a_transaction_that_does_not_balance_is_told_with_its_fund_and_by_how_much(
    owned: Database,
) -> None:
    with taken_back(owned) as db:
        db.execute(text("UPDATE entries SET cents = cents + 7 WHERE id IN (1, 2)"))
        told = {each.name[:3]: each.breaks for each in verdicts(db) if each.breaks}
    assert told["I1:"] == ("transaction 1: power is off by 14",)


def test_a_day_without_rows_whose_seal_is_gone_shows_in_the_chain(
    fresh: Database, as_owner: psycopg.Connection
) -> None:
    for day in (1, 2, 3):
        fresh.run(lambda db, it=day: seals.seal_day(db, date(2026, 10, it)))
    as_owner.execute("ALTER TABLE day_seals DISABLE TRIGGER append_only")
    as_owner.execute("DELETE FROM day_seals WHERE day = '2026-10-02'")
    bad = fresh.run(seals.first_bad_day)
    assert bad is not None
    assert (bad.day, bad.why) == (
        date(2026, 10, 3), "the seal before it was taken out or replaced",
    )  # fmt: skip


def test_rights_that_the_application_should_not_have_are_seen(
    fresh: Database, as_owner: psycopg.Connection
) -> None:
    assert broken_rules(fresh) == []
    as_owner.execute("GRANT UPDATE ON entries TO PUBLIC")
    assert broken_rules(fresh) == [
        "I4: the application may neither change the journal nor write a balance"
    ]
