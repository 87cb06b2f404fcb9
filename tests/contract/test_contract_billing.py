"""What every billing core owes us, in process and over HTTP: the same figures."""

from collections.abc import Callable
from datetime import date
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from billing.errors import (
    BadAmount,
    NotFound,
)
from billing.ledger.journal import Posting, post
from billing.ledger.lines import charged
from billing.looking import account_id
from billing.ports import BillingCore
from db.session import Database
from tests.contract.billings import address_of, charge, open_account

CHARGE = """
INSERT INTO charges (account_id, statement_id, transaction_id, service, kind, cents, open_cents,
    charged_on, due_on)
SELECT account_id, id, transaction_id, 'water', 'service', 900, 900, bill_on, due_on
FROM statements WHERE number = :key"""
LINE = """
INSERT INTO statement_lines (statement_id, position, service, kind, tariff, version, quantity, unit,
    rate, days, cents, basis)
SELECT id, 1, 'water', 'use', 'water', '2026-07-01', 1, 'gal', 9, 31, 900, '{}' FROM statements
WHERE number = :key"""


def test_an_account_is_found_by_number_phone_and_the_beginning_of_its_address(
    core: BillingCore, account: str
) -> None:
    (found,) = core.find_accounts(number=account)
    assert (found.number, found.language, found.address) == (account, "es", address_of(account))
    assert found in core.find_accounts(address=address_of(account)[:14].upper())
    assert core.find_accounts(number="0" * 8) == core.find_accounts() == ()


def test_accounts_of_a_phone_are_all_of_them(core: BillingCore, database: Database) -> None:
    phone = f"+1801555{uuid4().int % 10_000:04}"
    mine = {database.run(lambda session: open_account(session, phone)) for _ in range(2)}
    assert {one.number for one in core.find_accounts(phone=phone)} >= mine


def test_nothing_is_owed_where_nothing_was_charged(core: BillingCore, account: str) -> None:
    found = core.balance(account)
    assert (found.total, found.credit, found.past_due, found.due_on) == (0, 0, 0, None)
    assert found.by_service == {}


def test_what_is_owed_is_what_the_ledger_says(
    core: BillingCore, account: str, database: Database, key: str
) -> None:
    charge(core, account, key)

    def late_fee(session: Session) -> None:
        whose = account_id(session, account)
        lines = charged("power", 300, whose, "power.late_fees")
        post(session, Posting(f"t:{key}", "late fee", date(2026, 11, 23), "test", lines, whose))

    database.run(late_fee)
    found = core.balance(account)
    assert found.total == 1550
    assert found.by_service == {"water": 1250, "power": 300}
    assert found.due_on is not None
    assert found.as_of.tzinfo is not None


ASKED: dict[str, Callable[[BillingCore, str], object]] = {
    "balance": lambda core, number: core.balance(number),
    "statements": lambda core, number: core.statements(number),
    "holds": lambda core, number: core.holds(number),
    "plans": lambda core, number: core.plans(number),
    "payments": lambda core, number: core.recent_payments(number),
    "charge": lambda core, number: charge(core, number, uuid4().hex),
}


@pytest.mark.parametrize("asked", ASKED)
@pytest.mark.parametrize("number", ["00000000", "1234", "", "x/../..", "%00", "\uff11" * 8])
def test_an_account_that_there_is_not_is_not_found(
    core: BillingCore, asked: str, number: str
) -> None:
    with pytest.raises(NotFound):
        ASKED[asked](core, number)


def test_a_statement_and_a_payment_that_there_are_not_are_not_found(core: BillingCore) -> None:
    with pytest.raises(NotFound) as refusal:
        core.statement("none")
    assert refusal.value.rule == "known statement"
    with pytest.raises(NotFound):
        core.payment("none")


def test_no_bill_is_explained_where_there_is_none(core: BillingCore, account: str) -> None:
    with pytest.raises(NotFound) as refusal:
        core.explain(account)
    assert refusal.value.rule == "known statement"


def test_lists_are_bounded(core: BillingCore, account: str) -> None:
    assert core.statements(account) == core.recent_payments(account) == core.holds(account) == ()
    for most in (0, 61):
        with pytest.raises(BadAmount):
            core.recent_payments(account, most=most)


def test_a_statement_is_listed_and_read(
    core: BillingCore, account: str, database: Database, key: str
) -> None:
    def bill(session: Session) -> None:
        whose = account_id(session, account)
        lines = charged("water", 900, whose, "water.revenue")
        posted = post(session, Posting(key, "bill", date(2026, 11, 1), "test", lines, whose))
        session.execute(
            text("""
            INSERT INTO statements (number, account_id, kind, starts_on, ends_on, bill_on, due_on,
                before_cents, charges_cents, total_cents, state, findings, transaction_id, language,
                body)
            VALUES (:key, :whose, 'regular', '2026-10-01', '2026-11-01', '2026-11-01', '2026-11-21',
                0, 900, 900, 'posted', '[]', :transaction, 'es', 'Su cuenta')"""),
            {"key": key, "whose": whose, "transaction": posted.transaction_id},
        )
        session.execute(text(LINE), {"key": key})
        session.execute(text(CHARGE), {"key": key})

    database.run(bill)
    (found,) = core.statements(account)
    assert (found.number, found.total_cents, found.due_on) == (key, 900, date(2026, 11, 21))
    assert core.statement(key).head == found
    assert core.statement(key).body == "Su cuenta"
    why = core.explain(account, language="es")
    assert (why.statement, why.against, why.change_cents, why.parts) == (key, None, 0, ())
    assert why.spoken
    assert why.lines


def test_what_protects_an_account_is_listed(
    core: BillingCore, account: str, database: Database
) -> None:
    hold = text("""
    INSERT INTO holds (account_id, kind, starts_on, reason, set_by)
    SELECT id, 'medical', '2026-01-01', 'doctor', 'rep' FROM accounts WHERE number = :number""")
    database.run(lambda session: session.execute(hold, {"number": account}))
    assert [one.kind for one in core.holds(account)] == ["medical"]
    assert not core.plans(account).autopay
