"""No day of an account is left out of its bills, whatever is taken back and when."""

import time
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from billing.accounts.closing import unsettled
from billing.errors import Conflict
from billing.statements.deciding import approve, bill_account, post_statement, rerate, void
from billing.statements.invariants import INVARIANTS
from billing.statements.making import Task, make
from billing.statements.run import find_run, held_bills, standing
from db.session import Database
from tests.unit.billing.bill_homes import (
    MONTHS,
    ON,
    STEADY,
    Home,
    a_home,
    bill,
    free_cycle,
    sound,
    the_round,
)
from tests.unit.billing.rating import day

SEPTEMBER, AUGUST, NOVEMBER = MONTHS[-2], MONTHS[-3], day("2026-11-20")
BILLS = text("""
SELECT * FROM statements WHERE account_id = :account AND state <> 'void' ORDER BY starts_on""")
PLANT = text("UPDATE statements SET state = 'void' WHERE id = :id")
WAITING = text("""
SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
AND wait_event_type = 'Lock' AND pid <> pg_backend_pid()""")
ENDED = text("UPDATE agreements SET ends_on = :on WHERE account_id = :account")
FINAL = text("UPDATE accounts SET status = 'final', closed_on = :on WHERE id = :account")


@pytest.fixture
def cycle(database: Database) -> int:
    """Give a cycle that no other home is in."""
    return free_cycle(database)


@pytest.fixture
def home(database: Database, cycle: int) -> Home:
    """Give a home with three bills that are not posted."""
    return billed(database, cycle)


def billed(database: Database, cycle: int) -> Home:
    """Make a home and bill it in August, September and October."""
    made = database.run(lambda session: a_home(session, cycle, STEADY))
    for on in (AUGUST, SEPTEMBER, ON):
        bill(database, cycle, on)
    return made


def bills(database: Database, home: Home) -> list[Row[Any]]:
    """List a home's bills that stand, by their days."""
    given = {"account": home.account_id}
    return database.run(lambda session: list(session.execute(BILLS, given)))


def days(database: Database, home: Home) -> list[tuple[date, date]]:
    """List the days of a home's bills that stand."""
    return [(one.starts_on, one.ends_on) for one in bills(database, home)]


def lose(database: Database, statement_id: int) -> None:
    """Take a bill back as it was once done, whatever stands after it."""
    database.run(lambda session: session.execute(PLANT, {"id": statement_id}))


def gaps(database: Database, home: Home) -> list[str]:
    """Say what the invariant tells of a home's bills."""
    (cover,) = [each for each in INVARIANTS if "without gap or overlap" in each.name]
    number = text("SELECT number FROM accounts WHERE id = :account")

    def look(session: Session) -> list[str]:
        account = session.execute(number, {"account": home.account_id}).scalar_one()
        mine = [one.number for one in bills(database, home)]
        every = session.execute(text(cover.breaks)).scalars().all()
        return [row for row in every if any(one in row for one in (account, *mine))]

    return database.run(look)


def test_a_bill_is_not_taken_back_once_the_next_one_stands(database: Database, home: Home) -> None:
    before = days(database, home)
    middle = bills(database, home)[1]
    with pytest.raises(Conflict, match=bills(database, home)[2].number):
        database.run(lambda session: void(session, middle.id, "a supervisor"))
    again = database.run(lambda session: rerate(session, middle.id, "a clerk", the_round(ON)))
    assert (again.span.first, again.span.last) == (middle.starts_on, middle.ends_on)
    assert "left out" not in {one.code for one in again.findings}
    assert days(database, home) == before
    sound(database)


def test_the_last_bill_taken_back_leaves_its_days_to_the_next(
    database: Database, cycle: int, home: Home
) -> None:
    last = bills(database, home)[-1]
    database.run(lambda session: void(session, last.id, "a supervisor"))
    assert gaps(database, home) == []
    bill(database, cycle, NOVEMBER)
    assert days(database, home)[-1] == (SEPTEMBER, NOVEMBER)
    sound(database)


def test_the_first_bill_taken_back_says_where_the_next_begins(
    database: Database, cycle: int
) -> None:
    home = database.run(lambda session: a_home(session, cycle, STEADY))
    on = MONTHS[1]
    bill(database, cycle, on)
    first = bills(database, home)[0]
    database.run(lambda session: void(session, first.id, "a supervisor"))
    bill(database, cycle, MONTHS[4])
    assert days(database, home) == [(MONTHS[0], MONTHS[4])]
    sound(database)


@pytest.mark.parametrize("place", [0, 1], ids=["first", "middle"])
def test_days_that_were_left_out_get_a_bill_of_their_own_with_the_next(
    database: Database, cycle: int, home: Home, place: int
) -> None:
    before = days(database, home)
    lost = bills(database, home)[place]
    lose(database, lost.id)
    said = f": {lost.starts_on} to {lost.ends_on} is in no bill"
    assert gaps(database, home)[0].endswith(said)
    run = bill(database, cycle, NOVEMBER)
    assert bill(database, cycle, NOVEMBER) == run
    made = bills(database, home)
    assert days(database, home) == [*before, (ON, NOVEMBER)]
    late = made[place]
    assert (late.kind, late.state, late.run_id, late.bill_on) == ("regular", "held", None, NOVEMBER)
    assert late.charges_cents == lost.charges_cents > 0
    assert made[-1].id > late.id, "the newest bill is that of the newest days"
    listed = database.run(lambda session: held_bills(session, run.run_id))
    assert [(row.id, "left out" in row.why) for row in listed if row.id == late.id] == [
        (late.id, True)
    ]
    database.run(lambda session: approve(session, late.id, "a supervisor"))
    database.run(lambda session: post_statement(session, late.id, "a clerk", the_round(NOVEMBER)))
    sound(database)


def test_no_account_is_settled_while_days_of_it_are_left_out(
    database: Database, home: Home
) -> None:
    middle = bills(database, home)[1]
    given = {"account": home.account_id, "on": ON}
    database.run(lambda session: session.execute(ENDED, given))
    database.run(lambda session: session.execute(FINAL, given))
    told = "its last days are not billed"
    assert told not in database.run(lambda session: unsettled(session, home.account_id))
    lose(database, middle.id)
    assert told in database.run(lambda session: unsettled(session, home.account_id))
    early, later = the_round(AUGUST + timedelta(3)), the_round(ON)
    assert database.run(lambda session: bill_account(session, home.account_id, early)) is None
    made = database.run(lambda session: bill_account(session, home.account_id, later))
    assert made is not None
    assert (made.kind, made.span.first, made.span.last) == ("regular", AUGUST, SEPTEMBER)
    sound(database)


def test_days_without_service_need_no_bill(database: Database, home: Home) -> None:
    first = bills(database, home)[0]
    later = text("UPDATE agreements SET starts_on = :on WHERE account_id = :account")
    given = {"account": home.account_id, "on": first.ends_on}
    database.run(lambda session: session.execute(later, given))
    database.run(lambda session: void(session, first.id, "a supervisor"))
    assert gaps(database, home) == []
    sound(database)


def test_a_bill_of_nothing_that_is_void_when_posted_leaves_nothing_out(
    fresh: Database,
) -> None:
    home = billed(fresh, 3)
    middle = bills(fresh, home)[1]
    nothing = text("""UPDATE statements SET charges_cents = 0, total_cents = before_cents,
        state = 'void', findings = CAST(:findings AS jsonb) WHERE id = :id""")
    given = {"id": middle.id, "findings": "[]"}
    fresh.run(lambda session: session.execute(nothing, given))
    assert gaps(fresh, home) == []
    given["findings"] = '[{"code": "not rated", "holds": true}]'
    fresh.run(lambda session: session.execute(nothing, given))
    assert len(gaps(fresh, home)) == 1
    bill(fresh, 3, NOVEMBER)
    assert gaps(fresh, home) == []


def test_days_in_two_bills_break_the_invariant(database: Database, home: Home) -> None:
    longer = text("UPDATE statements SET ends_on = ends_on + 1 WHERE id = :id")
    first, second, _ = bills(database, home)
    database.run(lambda session: session.execute(longer, {"id": first.id}))
    said = gaps(database, home)
    assert said == [f"statements {first.number} and {second.number} share days"]
    shorter = text("UPDATE statements SET ends_on = ends_on - 1 WHERE id = :id")
    database.run(lambda session: session.execute(shorter, {"id": first.id}))
    sound(database)


def until_it_waits(database: Database, other: Future[Any]) -> None:
    """Wait until the other transaction stands at a lock, at most ten seconds."""
    deadline = time.monotonic() + 10
    waits = 0
    while not waits and not other.done():
        assert time.monotonic() < deadline
        waits = database.run(lambda session: session.execute(WAITING).scalar_one())
        time.sleep(0.01)


def test_a_bill_that_is_made_while_the_last_is_taken_back_takes_its_days(
    database: Database, home: Home
) -> None:
    last, task = bills(database, home)[-1], Task(home.account_id)
    with ThreadPoolExecutor(1) as pool:
        with database.transaction() as session:
            void(session, last.id, "a supervisor")
            making = pool.submit(database.run, lambda db: make(db, [task], the_round(NOVEMBER)))
            until_it_waits(database, making)
        (made,) = making.result(timeout=30)
    assert (made.span.first, made.span.last) == (SEPTEMBER, NOVEMBER)
    sound(database)


def test_the_last_bill_is_not_taken_back_once_the_next_one_is_being_made(
    database: Database, home: Home
) -> None:
    last, task = bills(database, home)[-1], Task(home.account_id)
    with ThreadPoolExecutor(1) as pool:
        with database.transaction() as session:
            make(session, [task], the_round(NOVEMBER))
            taking = pool.submit(database.run, lambda db: void(db, last.id, "a supervisor"))
            until_it_waits(database, taking)
        with pytest.raises(Conflict):
            taking.result(timeout=30)
    assert days(database, home)[-2:] == [(SEPTEMBER, ON), (ON, NOVEMBER)]
    sound(database)


def test_the_runs_of_a_cycle_wait_for_one_another(
    database: Database, cycle: int, home: Home
) -> None:
    with ThreadPoolExecutor(1) as pool:
        with database.transaction() as session:
            standing(session, find_run(session, cycle, ON))
            other = pool.submit(bill, database, cycle, NOVEMBER)
            until_it_waits(database, other)
            assert not other.done()
        assert other.result(timeout=30).ready == 1
    assert days(database, home)[-1] == (ON, NOVEMBER)
