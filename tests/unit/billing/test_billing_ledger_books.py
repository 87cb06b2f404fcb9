"""Sealing days, closing months, the trial balance; and every planted break is found and named."""

import json
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from billing.errors import AnotherBody, ClosedPeriod, Conflict, NotAllowed
from billing.ledger import books, lines, periods, seals
from billing.ledger.chart import load_chart
from billing.ledger.clock import today
from billing.ledger.journal import Posting, open_month, post, post_many, reverse
from billing.verifying import verdicts
from db.session import Database
from tests.services import Servers, on_database
from tests.unit.at_once import at_once
from tests.unit.billing.conftest import open_account

OCTOBER = date(2026, 10, 1)
NOVEMBER = date(2026, 11, 1)


@pytest.fixture
def fresh(fresh_database_url: str) -> Generator[Database]:
    """Open a database of this test alone, with the chart in it and one account."""
    made = Database(fresh_database_url, statement_ms=60_000, pool=6)
    made.run(load_chart)
    made.run(open_account)
    yield made
    made.close()


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


@contextmanager
def taken_back(owned: Database) -> Generator[Session]:
    """Give a transaction whose triggers are off, and take everything back at its end."""
    with Session(owned.engine) as db:
        for table in ("journal", "entries", "day_seals"):
            db.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        yield db
        db.rollback()


def charge(key: str, on: date = OCTOBER, cents: int = 100) -> Posting:
    written = lines.charged("power", cents, 1, "power.revenue")
    return Posting(key, "charge", on, "test", written, 1)


def one_by_one(db: Session, posting: Posting) -> object:
    return post(db, posting)


def in_a_batch(db: Session, posting: Posting) -> object:
    return post_many(db, [posting])


def posted(fresh: Database, posting: Posting, on: date | None = None) -> int:
    return fresh.run(lambda db: post(db, posting, posted_on=on)).transaction_id


def sealed_days(fresh: Database) -> dict[date, int]:
    query = text("SELECT day, rows FROM day_seals ORDER BY day")
    return {row.day: row.rows for row in fresh.run(lambda db: db.execute(query).all())}


def test_a_closed_month_takes_nothing_and_names_the_open_one(fresh: Database) -> None:
    first = posted(fresh, charge("one"))
    closing = fresh.run(lambda db: periods.close_month(db, date(2026, 10, 17), "rep"))
    assert (closing.month, closing.again) == (OCTOBER, False)
    assert closing.books == (books.Footing("power", 100, 100),)
    assert fresh.run(lambda db: periods.close_month(db, OCTOBER, "rep")).again
    for late in (date(2026, 10, 31), OCTOBER, date(1990, 1, 1)):
        for attempt in (one_by_one, in_a_batch):
            with pytest.raises(ClosedPeriod, match="the open month is 2026-11") as refused:
                fresh.run(lambda db, it=late, do=attempt: do(db, charge("late", it)))
            assert refused.value.open_month == NOVEMBER
            assert "belongs_to" in refused.value.advice
    with pytest.raises(ClosedPeriod):
        fresh.run(lambda db: reverse(db, first, "undo", OCTOBER, "rep", {}))
    assert fresh.run(open_month) == NOVEMBER
    assert fresh.run(lambda db: periods.is_closed(db, date(2026, 9, 30)))
    assert not fresh.run(lambda db: periods.is_closed(db, NOVEMBER))


def test_a_late_item_goes_into_the_open_month_and_names_its_own(fresh: Database) -> None:
    fresh.run(lambda db: periods.close_month(db, OCTOBER, "rep"))
    late = posted(fresh, replace(charge("late", NOVEMBER), belongs_to=date(2026, 10, 9)))
    query = text("SELECT belongs_to FROM journal WHERE id = :id")
    assert fresh.run(lambda db: db.execute(query, {"id": late}).scalar_one()) == OCTOBER


def test_a_replay_is_answered_after_its_month_was_closed(fresh: Database) -> None:
    first = posted(fresh, charge("one"))
    fresh.run(lambda db: periods.close_month(db, OCTOBER, "rep"))
    again = fresh.run(lambda db: post(db, charge("one")))
    assert (again.transaction_id, again.again) == (first, True)
    with pytest.raises(AnotherBody):
        fresh.run(lambda db: post(db, charge("one", cents=101)))


def test_a_month_that_is_not_over_is_not_closed(fresh: Database) -> None:
    now = fresh.run(today)
    for early in (now, now + timedelta(62)):
        with pytest.raises(NotAllowed) as refused:
            fresh.run(lambda db, it=early: periods.close_month(db, it, "rep"))
        assert refused.value.rule == "month is over"


def test_closing_waits_for_whoever_is_writing_and_nothing_slips_in(fresh: Database) -> None:
    def write(number: int) -> str:
        try:
            fresh.run(lambda db: post(db, charge(f"race {number}")))
        except ClosedPeriod:
            return "refused"
        return "written"

    def close() -> str:
        return f"{fresh.run(lambda db: periods.close_month(db, OCTOBER, 'rep')).month}"

    said = at_once(close, *[lambda n=n: write(n) for n in range(5)])
    assert set(said[1:]) <= {"refused", "written"}
    assert broken_rules(fresh) == []
    assert write(99) == "refused"


def test_before_any_closing_the_open_month_is_this_one(fresh: Database) -> None:
    assert fresh.run(open_month) == fresh.run(today).replace(day=1)


@pytest.mark.parametrize(
    ("day", "end"),
    [(date(2026, 2, 1), 28), (date(2028, 2, 29), 29), (date(2026, 12, 31), 31), (OCTOBER, 31)],
)
def test_a_month_ends_on_its_last_day(day: date, end: int) -> None:
    assert periods.month_end(day) == day.replace(day=end)


def test_sealing_a_day_seals_the_days_before_it_and_shuts_them(fresh: Database) -> None:
    for number, day in enumerate((1, 1, 3)):
        posted(fresh, charge(f"old {number}"), date(2026, 10, day))
    seal = fresh.run(lambda db: seals.seal_day(db, date(2026, 10, 5)))
    assert sealed_days(fresh) == {
        date(2026, 10, 1): 2, date(2026, 10, 3): 1, date(2026, 10, 5): 0,
    }  # fmt: skip
    assert fresh.run(lambda db: seals.seal_day(db, date(2026, 10, 5))).digest == seal.digest
    for day in (1, 2, 5):
        with pytest.raises(Conflict) as refused:
            posted(fresh, charge("late"), date(2026, 10, day))
        assert refused.value.rule == "sealed day"
    assert posted(fresh, charge("late"), date(2026, 10, 6))
    assert fresh.run(seals.first_bad_day) is None
    with pytest.raises(NotAllowed) as refused:
        fresh.run(lambda db: seals.seal_day(db, today(db)))
    assert refused.value.rule == "day is over"


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


def broken_rules(fresh: Database) -> list[str]:
    found = fresh.run(lambda db: list(verdicts(db)))
    return [each.name for each in found if each.breaks]


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


def test_rights_that_the_application_should_not_have_are_seen(
    fresh: Database, as_owner: psycopg.Connection
) -> None:
    assert broken_rules(fresh) == []
    as_owner.execute("GRANT UPDATE ON entries TO PUBLIC")
    assert broken_rules(fresh) == [
        "I4: the application may neither change the journal nor write a balance"
    ]


def test_the_trial_balance_is_by_fund_and_by_day(fresh: Database) -> None:
    posted(fresh, charge("october", cents=300))
    posted(fresh, charge("november", NOVEMBER))
    paid = lines.received("pool.undeposited", {"power": 120}, 0, 1)
    posted(fresh, Posting("pay", "payment", NOVEMBER, "test", paid, 1))
    ever = {row.code: row.cents for row in fresh.run(books.trial_balance)}
    assert ever == {
        "power.receivable": 280, "power.revenue": -400, "power.due_from_pool": 120,
        "pool.undeposited": 120, "pool.due_to_power": -120,
    }  # fmt: skip
    october = fresh.run(lambda db: books.trial_balance(db, date(2026, 10, 31)))
    assert [(row.code, row.debit, row.credit) for row in october] == [
        ("power.receivable", 300, 0), ("power.revenue", 0, 300),
    ]  # fmt: skip
    assert october[0].name_es == "Electricidad: por cobrar de las cuentas"
    assert fresh.run(books.footings) == [
        books.Footing("pool", 120, 120), books.Footing("power", 400, 400),
    ]  # fmt: skip
    rows = fresh.run(lambda db: list(books.ledger_rows(db, NOVEMBER, date(2026, 11, 30))))
    assert [(row.code, row.cents) for row in rows[:2]] == [
        ("power.receivable", 100), ("power.revenue", -100),
    ]  # fmt: skip
    assert sum(row.cents for row in rows) == 0
    assert rows[0].account is not None
    assert len(rows) == 6


def test_today_is_the_citys_day(fresh: Database, on: date) -> None:
    spread: Callable[[date], int] = lambda day: abs((day - datetime.now(UTC).date()).days)  # noqa: E731
    assert spread(fresh.run(today)) <= 1
    assert on.year == 2026
