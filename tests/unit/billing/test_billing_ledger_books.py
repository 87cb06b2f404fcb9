"""Sealing days, closing months, the trial balance."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from billing.errors import AnotherBody, ClosedPeriod, Conflict, NotAllowed
from billing.ledger import books, lines, periods, seals
from billing.ledger.clock import today
from billing.ledger.journal import Posting, open_month, post, post_many, reverse
from db.session import Database
from tests.unit.at_once import at_once
from tests.unit.billing.ledger_cases import NOVEMBER, OCTOBER, broken_rules, charge, posted


def one_by_one(db: Session, posting: Posting) -> object:
    return post(db, posting)


def in_a_batch(db: Session, posting: Posting) -> object:
    return post_many(db, [posting])


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
    for day in (date(2026, 9, 30), OCTOBER, date(2026, 10, 31)):
        assert fresh.run(lambda db, it=day: periods.is_closed(db, it))
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


def test_the_open_month_is_the_one_after_the_last_that_was_closed(fresh: Database) -> None:
    for month in (6, 7):
        fresh.run(lambda db, it=date(2026, month, 1): periods.close_month(db, it, "rep"))
    assert fresh.run(open_month) == date(2026, 8, 1)


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


def test_a_day_that_was_sealed_keeps_the_seal_that_covers_it(fresh: Database) -> None:
    for day in (1, 3, 5):
        posted(fresh, charge(f"day {day}"), date(2026, 10, day))
    fresh.run(lambda db: seals.seal_day(db, date(2026, 10, 5)))
    for day, covered in ((1, 1), (2, 3), (3, 3), (4, 5), (5, 5)):
        found = fresh.run(lambda db, it=day: seals.seal_day(db, date(2026, 10, it)))
        assert found.day == date(2026, 10, covered)


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
    on_the_day = fresh.run(lambda db: books.trial_balance(db, OCTOBER))
    assert on_the_day == october  # a day's own postings are in its balance
    assert fresh.run(lambda db: books.trial_balance(db, OCTOBER - timedelta(1))) == []
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
