"""The credit check of an applicant: whose earlier accounts count, and what they ask for."""

import itertools
import random
from collections.abc import Callable, Generator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from billing.accounts.credit_check import Applicant, Checked, Prior, credit_check, judged
from billing.accounts.credit_rules import credit_rules
from billing.accounts.moving import join_resident
from billing.payments import collections, requests
from billing.payments.limits import load_limits
from billing.payments.returned import take_back
from billing.payments.taking import take_payment
from config.errors import ConfigError
from db.session import Database
from people.residents import NewResident, add_resident
from tests.services import Servers
from tests.unit.billing.conftest import open_account
from tests.unit.billing.paying import ON, bill, cash, own_database

Key = Callable[[str], str]
RULES = credit_rules()
LONG_AGO = date(2026, 6, 1)
SEQUENCE = itertools.count(random.SystemRandom().randrange(10**9))
HELD_BY = text("UPDATE accounts SET resident_id = :resident WHERE id = :id")
STATUS = text("UPDATE accounts SET status = :status, closed_on = :on WHERE id = :id")
WHERE = text(
    "SELECT p.address FROM premises p JOIN accounts a ON a.premise_id = p.id WHERE a.id = :i"
)
BROKEN = text("""
INSERT INTO arrangements (account_id, cents, state, rule, made_by, ended_at)
VALUES (:id, 100, 'broken', 't', 't', :at)""")
PENDING = text("UPDATE accounts SET status = 'pending', goes_live_as = 'active' WHERE id = :id")


@pytest.fixture(scope="module")
def database(servers: Servers, new_database: Callable[[str], str]) -> Generator[Database]:
    for made in own_database(servers, new_database):
        made.run(load_limits)
        yield made


@pytest.fixture
def session(database: Database) -> Generator[Session]:
    """Give a transaction that is undone."""
    with database.engine.connect() as connection, Session(connection) as made:
        yield made


@pytest.fixture
def resident(session: Session) -> int:
    """Write somebody with a phone and an e-mail address."""
    new = NewResident(
        name="Resident  90077", email="Resident90077@example.com", phones=("801-555-0177",)
    )
    return add_resident(session, new).id


@pytest.fixture
def account(session: Session, resident: int) -> int:
    """Open an account of theirs that owes 50.00 for long."""
    made = open_account(session)
    session.execute(HELD_BY, {"id": made, "resident": resident})
    bill(session, made, {"power": 5000}, f"bill:{next(SEQUENCE)}", LONG_AGO)
    return made


def found(checked: Checked) -> list[tuple[str, int]]:
    """List what was found, without the account."""
    return [(one.what, one.amount) for one in checked.findings]


def test_somebody_new_is_clean(session: Session, account: int) -> None:
    checked = credit_check(session, Applicant(name="Resident 90078"), ON)
    assert (checked.outcome, checked.findings, checked.debt_cents) == ("clean", (), 0)
    assert account


def test_an_older_debt_is_asked_for_first(session: Session, resident: int, account: int) -> None:
    assert account
    checked = credit_check(session, Applicant(resident_id=resident), ON)
    assert found(checked) == [("owes", 5000)]
    assert (checked.outcome, checked.debt_cents, checked.deposit) == ("debt first", 5000, False)
    assert checked.findings[0].by == "resident"


def test_what_is_not_due_yet_is_no_debt(session: Session, resident: int, account: int) -> None:
    assert account
    assert credit_check(session, Applicant(resident_id=resident), LONG_AGO).outcome == "clean"


def test_a_debt_is_less_by_the_credit_and_a_small_one_is_none(
    session: Session, resident: int, account: int
) -> None:
    other = open_account(session)
    session.execute(HELD_BY, {"id": other, "resident": resident})
    take_payment(session, cash(other, 60, f"p:{next(SEQUENCE)}"), "rep")
    bill(session, other, {"water": 159}, f"b:{next(SEQUENCE)}", LONG_AGO)
    assert found(credit_check(session, Applicant(resident_id=resident), ON)) == [("owes", 5000)]
    take_payment(session, cash(account, 4901, f"p:{next(SEQUENCE)}"), "rep")
    assert credit_check(session, Applicant(resident_id=resident), ON).outcome == "clean"


@pytest.mark.parametrize(
    ("applicant", "by"),
    [
        (Applicant(name="resident 90077", phones=("(801) 555-0177",)), "name and phone"),
        (Applicant(name="RESIDENT 90077", email="resident90077@EXAMPLE.com"), "name and email"),
        (Applicant(name="Resident 90077", address="HERE"), "name and address"),
        (Applicant(name="Resident 90077"), ""),
        (Applicant(phones=("801-555-0177",)), ""),
        (Applicant(name="Resident 90078", phones=("801-555-0177",)), ""),
        (Applicant(name="Resident 90078", email="resident90077@example.com"), ""),
        (Applicant(name="Resident 90078", address="HERE"), ""),
        (Applicant(name="Resident 90077", phones=("801-555-0176",)), ""),
        (Applicant(), ""),
    ],
)
def test_an_applicant_is_known_by_more_than_one_thing_or_not_at_all(
    session: Session, account: int, applicant: Applicant, by: str
) -> None:
    if applicant.address:
        address = session.execute(WHERE, {"i": account}).scalar_one()
        applicant = replace(applicant, address=f"  {address.upper()} ")
    checked = credit_check(session, applicant, ON)
    assert [one.by for one in checked.findings] == ([by] if by else [])


def test_a_second_row_of_the_same_resident_is_found_by_what_the_first_has(
    session: Session, account: int
) -> None:
    assert account
    new = NewResident(name="Resident 90077", phones=("801-555-0177",))
    again = add_resident(session, new).id
    checked = credit_check(session, Applicant(resident_id=again), ON)
    assert [one.by for one in checked.findings] == ["name and phone"]


def test_the_surest_way_is_told_and_an_account_counts_once(
    session: Session, resident: int, account: int
) -> None:
    twin = add_resident(session, NewResident(name="Resident 90077", phones=("801-555-0177",))).id
    join_resident(session, account, twin, "co-holder")
    checked = credit_check(session, Applicant(resident_id=resident), ON)
    assert [one.by for one in checked.findings] == ["resident"]
    assert checked.debt_cents == 5000


@pytest.mark.parametrize(("part", "counts"), [("co-holder", 1), ("authorised", 0), ("former", 0)])
def test_an_account_is_a_co_holder_s_as_well(
    session: Session, account: int, part: str, counts: int
) -> None:
    other = add_resident(session, NewResident(name="Resident 90079")).id
    join_resident(session, account, other, part)
    checked = credit_check(session, Applicant(resident_id=other), ON)
    assert len(checked.findings) == counts


def test_the_account_they_apply_with_is_no_earlier_one_nor_is_a_pending_one(
    session: Session, resident: int, account: int
) -> None:
    mine = Applicant(resident_id=resident, account_id=account)
    assert credit_check(session, mine, ON).outcome == "clean"
    session.execute(PENDING, {"id": account})
    assert credit_check(session, Applicant(resident_id=resident), ON).outcome == "clean"


def test_what_was_written_off_is_asked_for_with_a_deposit(
    session: Session, resident: int, account: int
) -> None:
    session.execute(STATUS, {"id": account, "status": "final", "on": ON})
    wanted = requests.Asked(
        kind="write-off", account_id=account, cents=5000, reason="uncollectible", made_by="s",
        made_as="supervisor",
    )  # fmt: skip
    made = requests.ask(session, wanted, f"w:{next(SEQUENCE)}")
    assert credit_check(session, Applicant(resident_id=resident), ON).deposit is False
    requests.approve(session, made.id, "a", "administrator")
    checked = credit_check(session, Applicant(resident_id=resident), ON)
    assert found(checked) == [("written off", 5000)]
    assert (checked.outcome, checked.debt_cents, checked.deposit) == ("debt first", 5000, True)


def test_an_account_given_up_in_another_system_is_for_a_person(
    session: Session, resident: int
) -> None:
    made = open_account(session)
    session.execute(HELD_BY, {"id": made, "resident": resident})
    session.execute(STATUS, {"id": made, "status": "written off", "on": ON})
    checked = credit_check(session, Applicant(resident_id=resident), ON)
    assert (checked.outcome, checked.debt_cents, checked.deposit) == ("debt first", 0, True)


def test_what_collections_have_is_owed_once(session: Session, resident: int, account: int) -> None:
    session.execute(STATUS, {"id": account, "status": "final", "on": ON})
    assert account in collections.list_debts(session, f"batch {next(SEQUENCE)}", ON)
    checked = credit_check(session, Applicant(resident_id=resident), ON)
    assert found(checked) == [("owes", 5000), ("in collections", 5000)]
    assert (checked.debt_cents, checked.deposit) == (5000, True)
    collections.recall(session, account)
    assert found(credit_check(session, Applicant(resident_id=resident), ON)) == [("owes", 5000)]


def test_returned_items_ask_for_a_deposit(session: Session, resident: int) -> None:
    account = open_account(session)
    session.execute(HELD_BY, {"id": account, "resident": resident})
    seen: list[str] = []
    for code in ("R10", "KEYED", "R10"):
        paid = take_payment(session, cash(account, 100, f"p:{next(SEQUENCE)}"), "rep")
        take_back(session, paid.id, code, on=ON, actor="t", key=f"r:{next(SEQUENCE)}")
        seen.append(credit_check(session, Applicant(resident_id=resident), ON).outcome)
    assert seen == ["clean", "clean", "deposit"]
    later = ON + timedelta(days=740)
    assert credit_check(session, Applicant(resident_id=resident), later).outcome == "clean"


@pytest.mark.parametrize(("at", "outcome"), [("2026-01-01", "deposit"), ("2024-01-01", "clean")])
def test_an_arrangement_that_was_broken_lately_asks_for_a_deposit(
    session: Session, resident: int, at: str, outcome: str
) -> None:
    account = open_account(session)
    session.execute(HELD_BY, {"id": account, "resident": resident})
    session.execute(BROKEN, {"id": account, "at": at})
    assert credit_check(session, Applicant(resident_id=resident), ON).outcome == outcome


def test_in_production_a_rule_that_nobody_confirmed_asks_for_nothing(
    session: Session, resident: int, account: int
) -> None:
    assert account
    checked = credit_check(session, Applicant(resident_id=resident), ON, production=True)
    assert (checked.outcome, found(checked)) == ("clean", [("owes", 5000)])
    confirmed = replace(RULES, origin=replace(RULES.origin, unverified=False))
    checked = credit_check(
        session, Applicant(resident_id=resident), ON, production=True, rules=confirmed
    )
    assert checked.outcome == "debt first"


def test_debts_of_several_accounts_add_up() -> None:
    accounts = [
        Prior(account="1", status="closed", by="resident", owes=700),
        Prior(account="2", status="written off", by="resident", given_up=300, broken=1),
    ]
    checked = judged(accounts, RULES)
    assert (checked.debt_cents, checked.deposit) == (1000, True)
    assert len(checked.findings) == 3


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("same: [resident", "same: [name"),
        ("same: [resident", "same: [name and shoe"),
        ("parts: [co-holder]", "parts: [cousin]"),
        ("deposit: [written off", "deposit: [grey hair"),
        ("months: 24", "months: two"),
        ("unverified: true", "unverified: false"),
    ],
)
def test_a_rule_that_cannot_be_meant_is_told(tmp_path: Path, old: str, new: str) -> None:
    from billing.accounts.credit_rules import FOLDER

    written = (FOLDER / "credit_check.yaml").read_text("utf-8")
    assert old in written
    path = tmp_path / "credit_check.yaml"
    path.write_text(written.replace(old, new), "utf-8")
    with pytest.raises(ConfigError):
        credit_rules(path)
