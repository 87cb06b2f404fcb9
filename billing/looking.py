"""What the core is asked and that changes nothing: accounts, balances, statements, payments.

Every figure of what is owed comes from `billing.ledger.balances`, so that phone, desk and other
systems say the same (I7).
"""

from collections.abc import Collection, Mapping
from functools import cache
from typing import Any, Final

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from billing.accounts import finding
from billing.accounts.holds import protections
from billing.accounts.tables import Account, Premise
from billing.errors import BadAmount, NotFound
from billing.ledger.balances import deposits, owed
from billing.ledger.clock import today
from billing.rates.reader import read_tariffs
from billing.rates.tariffs import Tariffs
from billing.shapes import (
    AccountFound,
    Balance,
    Explanation,
    HoldFound,
    Intent,
    PaymentFound,
    PlanStatus,
    StatementFound,
    StatementText,
)
from billing.statements import telling
from config.words import Language
from people.tables import Resident

MOST_ROWS: Final = 60
OPEN: Final = text("""
SELECT min(due_on) AS due_on, coalesce(sum(open_cents) FILTER (WHERE due_on < :today), 0) AS past,
    now() AS at
FROM charges WHERE account_id = :account AND open_cents > 0""")
STATEMENTS: Final = text("""
SELECT s.number, a.number AS account, s.kind, s.starts_on, s.ends_on, s.bill_on, s.due_on,
    s.before_cents, s.charges_cents, s.total_cents, s.language
FROM statements s JOIN accounts a ON a.id = s.account_id
WHERE s.state = 'posted' AND s.account_id = :account ORDER BY s.bill_on DESC, s.id DESC LIMIT :most
""")
ONE_STATEMENT: Final = text("""
SELECT s.number, a.number AS account, s.kind, s.starts_on, s.ends_on, s.bill_on, s.due_on,
    s.before_cents, s.charges_cents, s.total_cents, s.language, s.body
FROM statements s JOIN accounts a ON a.id = s.account_id
WHERE s.state = 'posted' AND s.number = :number""")
PAYMENTS: Final = text("""
SELECT receipt, cents, received_on, tender, channel, state FROM payments
WHERE account_id = :account ORDER BY id DESC LIMIT :most""")
INTENT: Final = text("""
SELECT i.id, a.number AS account, i.cents, i.fee_cents, i.tender, i.state, i.reason, i.last_four,
    i.created_at, i.expires_at, p.receipt
FROM payment_intents i JOIN accounts a ON a.id = i.account_id
LEFT JOIN payments p ON p.intent_id = i.id WHERE i.id = :intent""")
PLANS: Final = text("""
SELECT kind, tender, last_four, monthly_cents FROM pay_plans
WHERE account_id = :account AND starts_on <= :today AND (ended_on IS NULL OR ended_on > :today)""")


def account_id(session: Session, number: str) -> int:
    """Find an account's row by its number; raises NotFound."""
    return finding.find(session, number).id


def find_accounts(
    session: Session, *, number: str = "", phone: str = "", address: str = ""
) -> tuple[AccountFound, ...]:
    """Find by the first of these that is given; nothing where nothing is."""
    if number:
        return _shown(session, _by_number(session, number))
    if phone:
        return _shown(session, finding.by_phone(session, phone))
    return _shown(session, finding.by_address(session, address))


def balance(session: Session, account: str) -> Balance:
    """Say what is owed, from the one figure that everybody says."""
    found = finding.find(session, account)
    now = owed(session, found.id)
    row = session.execute(OPEN, {"account": found.id, "today": today(session)}).one()
    return Balance(
        account=found.number,
        total=now.total,
        by_service=now.by_service,
        credit=now.credit,
        due_on=row.due_on,
        past_due=min(int(row.past), max(now.total, 0)),
        deposits=deposits(session, found.id),
        as_of=row.at,
    )


def statements(session: Session, account: str, most: int) -> tuple[StatementFound, ...]:
    """List posted statements, the newest first."""
    given = {"account": account_id(session, account), "most": within(most)}
    return tuple(StatementFound(**row) for row in session.execute(STATEMENTS, given).mappings())


def statement(session: Session, number: str) -> StatementText:
    """Give one statement as it was sent; raises NotFound."""
    row = session.execute(ONE_STATEMENT, {"number": number}).mappings().one_or_none()
    if row is None:
        message = f"there is no statement {number!r}"
        raise NotFound("known statement", message, "List the account's statements.")
    head: Mapping[str, Any] = {name: value for name, value in row.items() if name != "body"}
    return StatementText(StatementFound(**head), row["body"])


def explain(session: Session, account: str, language: Language) -> Explanation:
    """Say why an account's newest bill changed; raises NotFound where it has none."""
    number = finding.find(session, account).number
    return telling.explain(session, number, _tariffs(), language)


def holds(session: Session, account: str) -> tuple[HoldFound, ...]:
    """List what protects an account today."""
    found = protections(session, account_id(session, account), today(session))
    return tuple(HoldFound(one.kind, one.starts_on, one.ends_on, one.reason) for one in found)


def recent_payments(session: Session, account: str, most: int) -> tuple[PaymentFound, ...]:
    """List payments, the newest first."""
    given = {"account": account_id(session, account), "most": within(most)}
    return tuple(PaymentFound(**row) for row in session.execute(PAYMENTS, given).mappings())


def intent(session: Session, name: str) -> Intent:
    """Say where a payment stands; raises NotFound."""
    row = session.execute(INTENT, {"intent": name}).mappings().one_or_none()
    if row is None:
        message = f"there is no payment {name!r}"
        raise NotFound("known intent", message, "Start the payment first.")
    return Intent(**row)


def plans(session: Session, account: str) -> PlanStatus:
    """Say whether autopay and budget billing are on."""
    given = {"account": account_id(session, account), "today": today(session)}
    found = {row.kind: row for row in session.execute(PLANS, given)}
    autopay, budget = found.get("autopay"), found.get("budget")
    return PlanStatus(
        account=account,
        autopay=autopay is not None,
        autopay_tender=autopay.tender if autopay else "",
        autopay_last_four=autopay.last_four if autopay else "",
        budget=budget is not None,
        budget_cents=budget.monthly_cents if budget else 0,
    )


def within(most: int) -> int:
    """Refuse a list of nothing or of too much; raises BadAmount."""
    if not 0 < most <= MOST_ROWS:
        message = f"{most} rows are not between 1 and {MOST_ROWS}"
        raise BadAmount("rows", message, f"Ask for 1 to {MOST_ROWS}.")
    return most


@cache
def _tariffs() -> Tariffs:
    return read_tariffs()


def _by_number(session: Session, number: str) -> Collection[Account]:
    try:
        return (finding.find(session, number),)
    except NotFound:
        return ()


def _shown(session: Session, accounts: Collection[Account]) -> tuple[AccountFound, ...]:
    """Give the accounts as one recognises them, in the order they were found."""
    rows = session.execute(
        select(Account.number, Resident.name, Premise.address, Premise.zip)
        .add_columns(Account.kind, Account.status, Resident.language)
        .join(Resident, Resident.id == Account.resident_id)
        .join(Premise, Premise.id == Account.premise_id)
        .where(Account.id.in_([one.id for one in accounts]))
    )
    found = {row.number: AccountFound(**row) for row in rows.mappings()}
    return tuple(found[one.number] for one in accounts)
