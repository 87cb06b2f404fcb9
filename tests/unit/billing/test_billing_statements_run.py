"""A cycle billed: made once, posted once, the same to the cent wherever it is kept."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from billing.accounts.tables import Account
from billing.ledger.balances import owed
from billing.ledger.journal import Posting, post
from billing.ledger.lines import received
from billing.statements.body import Wording
from billing.statements.page import page
from billing.statements.reading import bill_of_statement, use_of_months
from billing.statements.run import find_run
from billing.statements.telling import explain
from config.words import LANGUAGES
from db.session import Database
from tests.unit.billing.bill_homes import (
    ON,
    STEADY,
    Home,
    a_home,
    bill,
    everything,
    free_cycle,
    posted,
    sound,
    statement,
)
from tests.unit.billing.rating import TARIFFS, day


@pytest.fixture
def cycle(database: Database) -> int:
    """Give a cycle that no other home is in."""
    return free_cycle(database)


@pytest.fixture
def homes(database: Database, cycle: int) -> Callable[..., list[Home]]:
    """Make homes, each by its use of every month."""
    return lambda *uses: database.run(lambda session: [a_home(session, cycle, use) for use in uses])


def test_a_cycle_is_billed_and_posted(
    database: Database, cycle: int, homes: Callable[..., list[Home]]
) -> None:
    made = homes(STEADY, STEADY)
    run = bill(database, cycle, ON)
    assert (run.state, run.ready, run.held) == ("review", 2, 0)
    run = posted(database, cycle, ON)
    assert (run.state, run.posted) == ("posted", 2)
    one = statement(database, made[0].account_id)
    held = database.run(lambda session: owed(session, made[0].account_id))
    assert one.total_cents == held.total == sum(held.by_service.values()) > 10_000
    sound(database)


def test_a_run_that_is_repeated_changes_nothing(
    database: Database, cycle: int, homes: Callable[..., list[Home]]
) -> None:
    homes(STEADY, STEADY)
    run = bill(database, cycle, ON)
    posted(database, cycle, ON)
    before = everything(database, run.run_id)
    assert bill(database, cycle, ON).state == "posted"
    posted(database, cycle, ON)
    assert everything(database, run.run_id) == before
    assert len(before) > 10


def test_what_is_paid_between_making_and_posting_is_on_the_bill(
    database: Database, cycle: int, homes: Callable[..., list[Home]], key: Callable[[str], str]
) -> None:
    home = homes(STEADY)[0]
    bill(database, cycle, ON)
    paid = received("pool.undeposited", {}, 1234, home.account_id)
    credit = Posting(key("pay"), "payment", ON, "a clerk", paid, home.account_id)
    database.run(lambda session: post(session, credit))
    posted(database, cycle, ON)
    one = statement(database, home.account_id)
    assert one.before_cents == -1234
    assert "-$12.34" in one.body
    assert one.total_cents == database.run(lambda s: owed(s, home.account_id)).total
    sound(database)


def test_the_run_is_found_by_its_cycle_and_day(
    database: Database, cycle: int, homes: Callable[..., list[Home]]
) -> None:
    homes(STEADY)
    run = bill(database, cycle, ON)
    assert database.run(lambda session: find_run(session, cycle, ON)) == run.run_id


def test_two_at_once_make_and_post_each_bill_once(
    database: Database, cycle: int, homes: Callable[..., list[Home]]
) -> None:
    homes(STEADY, STEADY, STEADY)
    with ThreadPoolExecutor(4) as pool:
        made = [one.result() for one in [pool.submit(bill, database, cycle, ON) for _ in range(4)]]
        done = [
            one.result() for one in [pool.submit(posted, database, cycle, ON) for _ in range(4)]
        ]
    assert {run.ready for run in made} == {3}
    assert {run.posted for run in done} == {3}
    sound(database)


def test_the_bill_after_begins_where_the_last_one_ended_and_is_explained(
    database: Database, cycle: int, homes: Callable[..., list[Home]]
) -> None:
    home = homes((*STEADY[:-1], 1100))[0]
    september = day("2026-09-20")
    for on in (september, ON):
        bill(database, cycle, on)
        posted(database, cycle, on)
    one = statement(database, home.account_id)
    assert (one.starts_on, one.state) == (september, "posted")
    with database.transaction() as session:
        account = session.get_one(Account, home.account_id).number
        english, spanish = (explain(session, account, TARIFFS, name) for name in LANGUAGES)
        drawn = page(
            bill_of_statement(session, one.number),
            use_of_months(session, one.number),
            Wording(TARIFFS),
        )
        months = use_of_months(session, one.number)
    assert english.statement == one.number
    assert sum(part.cents for part in english.parts) == english.change_cents > 0
    assert english.lines[1].startswith("Power")
    assert english.spoken != spanish.spoken
    assert [bar.bill_on for bar in months if bar.service == "power"] == [september, ON]
    assert drawn.startswith(b"%PDF-")
    sound(database)
