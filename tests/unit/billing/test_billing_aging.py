"""The aging of any day foots with the trial balance of that day, and a closed month's stands."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from random import Random

import pytest
from sqlalchemy.orm import Session

from billing import exporting
from billing.ledger.books import trial_balance
from billing.ledger.periods import close_month
from billing.payments.charges import Fee, add_fee
from billing.payments.credit import use_credit
from billing.payments.returned import take_back
from billing.payments.taking import Taking, take_payment
from billing.statements.deciding import correct
from db.session import Database
from tests.unit.billing.bill_homes import ON, STEADY, a_home, bill, posted, statement, the_round
from tests.unit.billing.conftest import open_account

FIRST, DAYS = date(2026, 6, 1), 150
SERVICES = ("power", "water", "storm")


def charge(  # noqa: PLR0913, PLR0917  what, whose and when
    session: Session,
    account: int,
    service: str,
    cents: int,
    on: date,
    key: str,
    due_days: int = 21,
) -> None:
    """Charge an account on a day, due so many days later, or before."""
    made = Fee(
        account_id=account,
        service=service,
        kind="use",
        cents=cents,
        on=on,
        due_on=on + timedelta(due_days),
        code=f"{service}.revenue",
    )
    add_fee(session, made, "t", key)


def pay(session: Session, account: int, cents: int, on: date, key: str) -> int:
    """Pay in cash on a day; gives the payment's id."""
    taken = Taking(account_id=account, tender="cash", cents=cents, received_on=on, key=key)
    return take_payment(session, taken, "rep").id


def busy(session: Session, chance: Random) -> None:
    """Charge, pay, use credit and take back, on days in no order."""
    accounts = [open_account(session) for _ in range(3)]
    paid: list[int] = []
    for number in range(60):
        account, key = chance.choice(accounts), f"step {number}"
        on, cents = FIRST + timedelta(chance.randrange(DAYS)), chance.randrange(1, 9000)
        match chance.randrange(4):
            case 0:
                paid.append(pay(session, account, cents, on, key))
            case 1 if paid:
                gone = paid.pop(chance.randrange(len(paid)))
                take_back(session, gone, "R01", on=on, actor="t", key=key)
            case 2:
                use_credit(session, account, on, "t", key)
            case _:
                charge(session, account, chance.choice(SERVICES), cents, on, key)


def aged(session: Session, on: date) -> dict[str, Decimal]:
    """Add up an aging by service."""
    sums: dict[str, Decimal] = {}
    for row in list(exporting.aging(session, on))[1:-1]:
        sums[str(row[1])] = sums.get(str(row[1]), Decimal(0)) + Decimal(str(row[-1]))
    return {service: dollars for service, dollars in sums.items() if dollars}


def receivables(session: Session, on: date) -> dict[str, Decimal]:
    """Give what every service was owed by the trial balance of a day."""
    return {
        row.fund: exporting.dollars(row.cents)
        for row in trial_balance(session, on)
        if row.code.endswith(".receivable")
    }


def rows(session: Session, on: date) -> list[tuple[str, ...]]:
    """Give the rows of an aging as they are printed, without the account."""
    return [tuple(str(cell) for cell in row[1:]) for row in exporting.aging(session, on)][1:-1]


def days() -> Iterator[date]:
    """Give days before, within and after what happens."""
    yield from (FIRST + timedelta(days) for days in range(-7, DAYS + 120, 9))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_aging_of_any_day_is_the_receivables_of_that_day(fresh: Database, seed: int) -> None:
    fresh.run(lambda session: busy(session, Random(seed)))
    owed_on = 0
    for on in days():
        found, booked = fresh.run(lambda db, on=on: (aged(db, on), receivables(db, on)))
        assert found == booked, on
        owed_on += bool(found)
    assert owed_on > len(list(days())) / 2, "most days owe something"


def test_a_bill_that_was_undone_is_open_up_to_that_day_and_no_longer(fresh: Database) -> None:
    home = fresh.run(lambda session: a_home(session, 3, STEADY))
    bill(fresh, 3, ON)
    posted(fresh, 3, ON)
    first = statement(fresh, home.account_id)
    undone = ON + timedelta(10)
    fresh.run(lambda session: correct(session, first.id, "a supervisor", the_round(undone)))
    total = fresh.run(lambda session: sum(aged(session, undone - timedelta(1)).values()))
    assert total == exporting.dollars(first.total_cents) > 0
    assert fresh.run(lambda session: aged(session, undone)) == {}


def test_the_aging_of_a_closed_month_is_the_same_for_ever(fresh: Database) -> None:
    account = fresh.run(open_account)
    last = date(2026, 8, 31)
    for month in (5, 6, 7, 8):
        on = date(2026, month, 1)
        fresh.run(lambda db, on=on: charge(db, account, "power", 1000 * on.month, on, f"{on}"))
    fresh.run(lambda db: pay(db, account, 1500, date(2026, 8, 20), "in August"))
    august = [("power", "80.00", "70.00", "60.00", "35.00", "245.00")]
    assert fresh.run(lambda db: rows(db, last)) == august
    fresh.run(lambda db: close_month(db, last, "a clerk"))
    fresh.run(lambda db: pay(db, account, 20_000, date(2026, 9, 3), "in September"))
    fresh.run(lambda db: charge(db, account, "water", 4000, date(2026, 9, 4), "later"))
    assert fresh.run(lambda db: rows(db, last)) == august
    assert fresh.run(lambda db: rows(db, date(2026, 9, 30))) == [
        ("power", "0.00", "45.00", "0.00", "0.00", "45.00"),
        ("water", "40.00", "0.00", "0.00", "0.00", "40.00"),
    ]


def test_a_payment_that_counts_before_its_charge_is_shown_below_zero(fresh: Database) -> None:
    account = fresh.run(open_account)
    on = date(2026, 9, 1)
    fresh.run(lambda db: charge(db, account, "power", 1000, on, "a bill", -45))
    fresh.run(lambda db: pay(db, account, 400, on - timedelta(1), "found later"))
    before = fresh.run(lambda db: rows(db, on - timedelta(1)))
    assert before == [("power", "-4.00", "0.00", "0.00", "0.00", "-4.00")]
    assert fresh.run(lambda db: rows(db, on)) == [("power", "0.00", "6.00", "0.00", "0.00", "6.00")]
