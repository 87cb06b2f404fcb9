"""Accounts of an import that is not live: behind no door, in no run, until all of them live."""

import shutil
from collections.abc import Callable, Generator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from billing import exporting
from billing.accounts.holds import NewHold, may_disconnect, may_disconnect_each, set_hold
from billing.accounts.invariants import INVARIANTS
from billing.accounts.moving import close_account, settle_account
from billing.core import Billing
from billing.errors import BillingError, Conflict, NotAllowed, NotFound
from billing.importing.bringing import (
    Checked,
    Disagree,
    check_folder,
    go_live,
    load_checked,
    refuse,
)
from billing.importing.opening import Cutover
from billing.ledger.balances import owed
from billing.ledger.chart import load_chart
from billing.ledger.clock import today
from billing.ledger.journal import Posting, post
from billing.ledger.lines import charged
from billing.nightly import night
from billing.payments import deposits
from billing.payments.collections import list_credits, list_debts
from billing.payments.taking import Taking, take_payment
from billing.rates.reader import read_tariffs
from billing.statements.run import bill_cycle
from billing.verifying import verdicts
from db.session import Database
from db.verify import broken

SAMPLE = Path(__file__).parents[3] / "docs" / "sample-import"
TARIFFS = read_tariffs()
NAME = "old system"
ON = date(2026, 11, 23)
NUMBER, GONE = "74492817", "95478430"
CYCLES = (3, 17)
STATES = text("SELECT number, status FROM accounts ORDER BY opened_on")
IDS = text("SELECT id FROM accounts WHERE number = :number")
STRAY = "UPDATE import_balances SET cents = cents {} 1 WHERE service = 'water'"
MONEY = ("journal", "charges", "statements", "payments", "payment_intents", "deposits")
WRITES = (
    """INSERT INTO deposits (account_id, cents, interest_cents, state, why)
    SELECT id, 1, 0, 'due', 't' FROM accounts""",
    """INSERT INTO arrangements (account_id, cents, state, rule, made_by)
    SELECT id, 1, 'current', 't', 't' FROM accounts""",
    """INSERT INTO requests (key, kind, account_id, cents, reason, note, details, state, made_by,
    made_as) SELECT number, 'refund', id, 1, 't', '', '{}', 'draft', 't', 't' FROM accounts""",
)
Door = Callable[[Billing], object]


@pytest.fixture
def checked(tmp_path: Path) -> Checked:
    """Give the documented sample, one of its accounts moved out."""
    folder = Path(shutil.copytree(SAMPLE, tmp_path / "sample"))
    accounts = folder / "accounts.csv"
    written = accounts.read_text("utf-8")
    moved_out = written.replace("active,2015-01-01,", "final,2015-01-01,2026-11-01")
    accounts.write_text(moved_out, "utf-8")
    return check_folder(folder, TARIFFS)


@pytest.fixture
def fresh(fresh_database_url: str, checked: Checked) -> Generator[Database]:
    """Open a database of this test alone, with an import that is loaded."""
    made = Database(fresh_database_url, statement_ms=60_000, pool=4)
    made.run(load_chart)
    made.run(lambda session: load_checked(session, NAME, checked, "tester"))
    yield made
    made.close()


def live(session: Session, checked: Checked) -> str:
    """Go live; gives the import's state."""
    return go_live(session, Cutover(NAME, ON, "tester"), checked).state


def statuses(database: Database) -> list[str]:
    """List the statuses of all accounts, the one that moved out first."""
    return [row.status for row in database.run(lambda session: session.execute(STATES).all())]


def id_of(database: Database, number: str) -> int:
    """Look an account's row up, pending or not."""
    return database.run(lambda session: session.execute(IDS, {"number": number}).scalar_one())


def money(database: Database) -> int:
    """Count all rows of everything that is money."""
    counts = " + ".join(f"(SELECT count(*) FROM {table})" for table in MONEY)  # noqa: S608  our own names
    return database.run(lambda session: session.execute(text(f"SELECT {counts}")).scalar_one())


def test_what_is_loaded_waits_and_remembers_what_it_will_be(fresh: Database) -> None:
    rows = text("SELECT status, goes_live_as FROM accounts ORDER BY opened_on")
    found = fresh.run(lambda session: session.execute(rows).all())
    assert [tuple(row) for row in found] == [
        ("pending", "final"), ("pending", "active"), ("pending", "active"),
    ]  # fmt: skip
    verdict = fresh.run(lambda session: list(verdicts(session)))
    assert [each for each in verdict if each.breaks] == []


@pytest.mark.parametrize(
    "asked", [{"number": NUMBER}, {"phone": "801-555-0171"}, {"address": "12 Sample"}]
)
def test_a_pending_account_is_found_by_nothing_and_a_live_one_by_all(
    fresh: Database, checked: Checked, asked: dict[str, str]
) -> None:
    core = Billing(fresh)
    assert core.find_accounts(**asked) == ()
    fresh.run(lambda session: live(session, checked))
    assert [found.number for found in core.find_accounts(**asked)] == [NUMBER]


DOORS: dict[str, Door] = {
    "balance": lambda core: core.balance(NUMBER),
    "statements": lambda core: core.statements(NUMBER),
    "explain": lambda core: core.explain(NUMBER),
    "holds": lambda core: core.holds(NUMBER),
    "payments": lambda core: core.recent_payments(NUMBER),
    "plans": lambda core: core.plans(NUMBER),
    "offer": lambda core: core.arrangement_offer(NUMBER),
    "arrangement": lambda core: core.make_arrangement(NUMBER, actor="rep", key="a"),
    "payment": lambda core: core.start_payment(
        account=NUMBER, cents=100, tender="card", channel="phone", language="en", key="p"
    ),
    "adjustment": lambda core: core.adjust(
        account=NUMBER, service="water", cents=100, reason="goodwill", note="", made_by="rep",
        made_as="rep", key="j",
    ),
    "charge": lambda core: core.charge(
        account=NUMBER, service="general", cents=100, kind="permit", actor="permits", key="c"
    ),
}  # fmt: skip


@pytest.mark.parametrize("door", DOORS)
def test_every_door_says_that_the_account_waits(fresh: Database, door: str) -> None:
    with pytest.raises(NotFound, match=f"account {NUMBER} waits for its import") as caught:
        DOORS[door](Billing(fresh))
    assert caught.value.rule == "live account"
    assert money(fresh) == 0


ROOMS: dict[str, Callable[[Session, int], object]] = {
    "hold": lambda session, account: set_hold(
        session,
        NewHold(
            account_id=account, kind="medical", starts_on=ON, ends_on=None, reason="r", set_by="t"
        ),
    ),
    "disconnect": lambda session, account: may_disconnect(session, account, ON),
    "move out": lambda session, account: close_account(session, account, ON),
    "settle": settle_account,
    "deposit asked": lambda session, account: deposits.required(session, account, ON),
    "deposit due": lambda session, account: deposits.ask_for(
        session, account, deposits.Required(7500, "least")
    ),
    "payment": lambda session, account: take_payment(
        session,
        Taking(account_id=account, tender="cash", cents=100, received_on=ON, key="by hand"),
        "rep",
    ),
    "posting": lambda session, account: post(
        session,
        Posting("stray", "charge", ON, "t", charged("water", 1, account, "water.revenue"), account),
    ),
}


@pytest.mark.parametrize("room", ROOMS)
def test_no_room_takes_a_pending_account_by_its_row(fresh: Database, room: str) -> None:
    account = id_of(fresh, NUMBER)
    with pytest.raises(BillingError, match="waits for its import") as caught:
        fresh.run(lambda session: ROOMS[room](session, account))
    assert isinstance(caught.value, NotFound | NotAllowed)
    assert money(fresh) == 0


@pytest.mark.parametrize("statement", WRITES)
def test_the_database_itself_keeps_money_from_a_pending_account(
    fresh: Database, checked: Checked, statement: str
) -> None:
    with pytest.raises(DBAPIError, match='ledger rule "live account"'):
        fresh.run(lambda session: session.execute(text(statement)))
    fresh.run(lambda session: live(session, checked))
    fresh.run(lambda session: session.execute(text(statement)))


def test_no_run_and_no_list_has_a_pending_account(fresh: Database) -> None:
    for cycle in CYCLES:
        run = bill_cycle(fresh, cycle, ON, "tester")
        assert (run.ready, run.held) == (0, 0)
    assert night(fresh) == 0
    account = id_of(fresh, NUMBER)
    assert fresh.run(lambda session: may_disconnect_each(session, (account,), ON)) == {}
    later = date(2036, 1, 1)
    assert not fresh.run(lambda session: list_debts(session, "batch", later))
    assert not fresh.run(lambda session: list_credits(session, "batch", later))
    assert len(fresh.run(lambda session: list(exporting.aging(session, later)))) == 2
    assert money(fresh) == 0


def test_going_live_makes_all_of_them_what_they_were(fresh: Database, checked: Checked) -> None:
    assert fresh.run(lambda session: live(session, checked)) == "live"
    assert statuses(fresh) == ["final", "active", "active"]
    assert Billing(fresh).balance(NUMBER).total == 10337 + 1720
    assert Billing(fresh).balance(GONE).deposits == 50000
    bills = bill_cycle(fresh, CYCLES[0], fresh.run(today), "tester")
    assert bills.ready + bills.held == 2
    verdict = fresh.run(lambda session: list(verdicts(session)))
    assert [each for each in verdict if each.breaks] == []


def test_a_refused_import_stays_pending_and_lives_when_it_is_mended(
    fresh: Database, checked: Checked
) -> None:
    fresh.run(lambda session: session.execute(text(STRAY.format("+"))))
    with pytest.raises(Disagree) as caught:
        fresh.run(lambda session: live(session, checked))
    fresh.run(lambda session: refuse(session, NAME, caught.value.differences))
    assert statuses(fresh) == ["pending"] * 3
    assert money(fresh) == 0
    again = fresh.run(lambda session: load_checked(session, NAME, checked, "tester").state)
    assert again == "refused"
    fresh.run(lambda session: session.execute(text(STRAY.format("-"))))
    assert fresh.run(lambda session: live(session, checked)) == "live"
    assert statuses(fresh) == ["final", "active", "active"]
    with pytest.raises(Conflict):
        fresh.run(lambda session: refuse(session, NAME, ()))


def test_a_killed_going_live_leaves_all_of_them_pending(fresh: Database, checked: Checked) -> None:
    end = text("SELECT pg_terminate_backend(:backend)")
    with fresh.engine.connect() as connection, Session(connection) as session:
        backend = session.execute(text("SELECT pg_backend_pid()")).scalar_one()
        assert live(session, checked) == "live"
        fresh.run(lambda other: other.execute(end, {"backend": backend}))
        with pytest.raises(DBAPIError):
            session.execute(STATES)
        connection.invalidate()
    assert statuses(fresh) == ["pending"] * 3
    assert money(fresh) == 0
    assert fresh.run(lambda session: live(session, checked)) == "live"
    assert fresh.run(lambda session: owed(session, id_of(fresh, NUMBER)).total) == 12057


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE accounts SET status = 'active'",
        "UPDATE accounts SET goes_live_as = NULL",
        "UPDATE accounts SET goes_live_as = 'pending'",
    ],
)
def test_pending_and_what_it_becomes_stand_or_fall_together(
    fresh: Database, statement: str
) -> None:
    with pytest.raises(DBAPIError, match="accounts_"):
        fresh.run(lambda session: session.execute(text(statement)))


def test_a_pending_account_with_money_breaks_an_invariant(
    fresh: Database, checked: Checked
) -> None:
    fresh.run(lambda session: live(session, checked))
    back = text("UPDATE accounts SET goes_live_as = status, status = 'pending' WHERE number = :n")
    fresh.run(lambda session: session.execute(back, {"n": NUMBER}))
    names = fresh.run(lambda session: [one.name for one in INVARIANTS if broken(session, one)])
    assert names == [INVARIANTS[-1].name]
