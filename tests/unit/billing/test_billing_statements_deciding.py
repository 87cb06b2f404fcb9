"""What a person decides of a bill: it leaves, is made over, undone, or is the last one."""

from collections.abc import Callable

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from billing.accounts.reads import NewRead, record_read
from billing.errors import Conflict, NotAllowed
from billing.ledger.balances import owed
from billing.ledger.periods import close_month
from billing.statements.deciding import approve, bill_account, correct, post_statement, rerate, void
from billing.statements.run import standing
from db.session import Database
from tests.unit.billing.bill_homes import (
    ON,
    STEADY,
    Home,
    a_home,
    bill,
    free_cycle,
    posted,
    sound,
    statement,
    the_round,
)
from tests.unit.billing.rating import day


@pytest.fixture
def cycle(database: Database) -> int:
    """Give a cycle that no other home is in."""
    return free_cycle(database)


@pytest.fixture
def homes(database: Database, cycle: int) -> Callable[..., list[Home]]:
    """Make homes, each by its use of every month."""
    return lambda *uses: database.run(lambda session: [a_home(session, cycle, use) for use in uses])


def test_a_bill_ten_times_as_high_waits_for_a_person(
    database: Database, cycle: int, homes: Callable[..., list[Home]]
) -> None:
    made = homes((*STEADY[:-1], 7000))
    run = bill(database, cycle, ON)
    assert (run.ready, run.held) == (0, 1)
    run = posted(database, cycle, ON)
    assert (run.state, run.posted, run.held) == ("review", 0, 1)
    odd = statement(database, made[0].account_id)
    said = {one["code"]: one for one in odd.findings}
    assert said["high"]["holds"]
    assert "7,000 kWh" in said["high"]["en"]
    assert "7,000 kWh" in said["high"]["es"]
    database.run(lambda session: approve(session, odd.id, "a supervisor"))
    assert posted(database, cycle, ON).state == "posted"
    sound(database)


def test_a_read_put_right_is_rated_again(
    database: Database, cycle: int, homes: Callable[..., list[Home]]
) -> None:
    home = homes((*STEADY[:-1], 7000))[0]
    run = bill(database, cycle, ON)
    wrong = statement(database, home.account_id)
    read = text("SELECT id FROM reads WHERE install_id = :i ORDER BY read_on DESC LIMIT 1")

    def put_right(session: Session) -> None:
        last = session.execute(read, {"i": home.installs["power"]}).scalar_one()
        right = NewRead(
            install_id=home.installs["power"], read_on=ON, value=13 * 700, source="handheld",
            replaces=last,
        )  # fmt: skip
        record_read(session, right)

    database.run(put_right)
    again = database.run(lambda session: rerate(session, wrong.id, "a clerk", the_round(ON)))
    assert (again.held, again.replaces) == (False, wrong.id)
    database.run(lambda session: post_statement(session, again.id, "a clerk", the_round(ON)))
    assert posted(database, cycle, ON).state == "posted"
    assert database.run(lambda session: standing(session, run.run_id)).void == 1
    sound(database)


def test_a_posted_bill_is_corrected_by_undoing_it(
    database: Database, cycle: int, homes: Callable[..., list[Home]]
) -> None:
    home = homes(STEADY)[0]
    bill(database, cycle, ON)
    posted(database, cycle, ON)
    first = statement(database, home.account_id)
    made = database.run(lambda s: correct(s, first.id, "a supervisor", the_round(ON)))
    assert (made.kind, made.before_cents) == ("corrected", 0)
    database.run(lambda session: post_statement(session, made.id, "a clerk", the_round(ON)))
    total = database.run(lambda session: owed(session, home.account_id)).total
    assert total == first.total_cents
    still = text("SELECT sum(open_cents) FROM charges WHERE account_id = :id")
    assert database.run(lambda s: s.execute(still, {"id": home.account_id}).scalar_one()) == total
    sound(database)
    with pytest.raises(Conflict):
        database.run(lambda s: correct(s, first.id, "a supervisor", the_round(ON)))


def test_a_bill_that_cannot_be_rated_says_why_and_may_not_leave(
    database: Database, cycle: int, homes: Callable[..., list[Home]]
) -> None:
    home = homes(STEADY)[0]
    spoil = text("UPDATE agreements SET details = '{}' WHERE account_id = :id")
    database.run(lambda session: session.execute(spoil, {"id": home.account_id}))
    assert bill(database, cycle, ON).held == 1
    one = statement(database, home.account_id)
    assert "meter_size" in one.findings[0]["en"]
    with pytest.raises(NotAllowed):
        database.run(lambda session: approve(session, one.id, "a supervisor"))
    database.run(lambda session: void(session, one.id, "a supervisor"))
    assert posted(database, cycle, ON).state == "posted"


def test_who_moves_out_gets_a_final_bill_up_to_the_day(
    database: Database, cycle: int, homes: Callable[..., list[Home]]
) -> None:
    home = homes(STEADY)[0]
    bill(database, cycle, ON)
    posted(database, cycle, ON)
    leave = (
        text("UPDATE agreements SET ends_on = '2026-10-30' WHERE account_id = :id"),
        text("UPDATE accounts SET status = 'final', closed_on = '2026-10-30' WHERE id = :id"),
    )
    for each in leave:
        database.run(lambda session, one=each: session.execute(one, {"id": home.account_id}))
    on = day("2026-11-02")
    made = database.run(lambda session: bill_account(session, home.account_id, the_round(on)))
    assert made is not None
    assert (made.kind, made.span.first, made.span.last) == ("final", ON, day("2026-10-30"))
    assert database.run(lambda s: bill_account(s, home.account_id, the_round(on))) is None
    sound(database)


def test_a_bill_that_a_person_kept_over_a_closed_month_goes_into_the_open_one(
    fresh: Database,
) -> None:
    home = fresh.run(lambda session: a_home(session, 3, (*STEADY[:-1], 7000)))
    bill(fresh, 3, ON)
    fresh.run(lambda session: close_month(session, ON, "a clerk"))
    held = statement(fresh, home.account_id)
    fresh.run(lambda session: approve(session, held.id, "a supervisor"))
    assert posted(fresh, 3, ON).state == "posted"
    query = text("SELECT effective_on, belongs_to FROM journal WHERE kind = 'statement'")
    (row,) = fresh.run(lambda session: session.execute(query).all())
    assert (row.effective_on, row.belongs_to) == (day("2026-11-01"), day("2026-10-01"))
    sound(fresh)
