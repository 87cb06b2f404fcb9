"""Autopay and budget billing: a plan an account is on from a day, until it ends.

Autopay pays by intents, as everybody does: one for each account and due day, whatever runs twice.
Budget billing asks for a twelfth of the year each month, and for what is really owed in the last.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import or_, select, text
from sqlalchemy.orm import Session

from billing.errors import BadAmount, Conflict
from billing.ledger.balances import owed
from billing.money import Cents
from billing.payments import charges
from billing.payments.history import billed
from billing.payments.intents import Wanted, create
from billing.payments.months import YEAR
from billing.payments.portions import part_of
from billing.payments.returned import cash_only
from billing.payments.tables import PaymentIntent, PayPlan

AUTOPAY: Final = "autopay"
BUDGET: Final = "budget"
TENDERS: Final = frozenset({"card", "ach"})
# Only what is due by the day, less the credit; an account that is asked about is left alone.
DUE: Final = text("""
SELECT p.account_id, p.tender, p.token, p.last_four, r.language, min(c.due_on) AS due_on,
    CAST(sum(c.open_cents) AS bigint) AS cents
FROM pay_plans p JOIN charges c ON c.account_id = p.account_id AND c.open_cents > 0
JOIN accounts a ON a.id = p.account_id JOIN residents r ON r.id = a.resident_id
WHERE p.kind = 'autopay' AND p.starts_on <= :on AND (p.ended_on IS NULL OR p.ended_on > :on)
AND c.due_on <= :on AND NOT EXISTS (SELECT FROM payment_intents i
    WHERE i.account_id = p.account_id AND i.state IN ('created', 'sent', 'unknown'))
GROUP BY p.account_id, p.tender, p.token, p.last_four, r.language ORDER BY p.account_id""")


@dataclass(frozen=True, slots=True)
class Pull:
    """An autopay that is due: the intent, and the token the processor knows it by."""

    intent: PaymentIntent
    token: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """What was agreed to, how: never more of a card or bank account than its last four."""

    tender: str
    token: str
    last_four: str
    said: dict[str, Any]


def start_autopay(session: Session, account_id: int, consent: Consent, on: date) -> PayPlan:
    """Begin autopay from a day; what was on ends. Raises BadAmount (tender, no consent)."""
    charges.lock(session, {account_id})
    if consent.tender not in TENDERS or not consent.token or not consent.said:
        advice = "Have the processor keep the card, and write down what was agreed to."
        raise BadAmount("consent", "autopay needs a token and a consent", advice)
    plan = PayPlan(
        account_id=account_id,
        kind=AUTOPAY,
        tender=consent.tender,
        token=consent.token,
        last_four=consent.last_four,
        starts_on=on,
        consent=consent.said,
    )
    return _start(session, plan)


def start_budget(session: Session, account_id: int, on: date, said: dict[str, Any]) -> PayPlan:
    """Begin budget billing: a twelfth of what the last year was billed, each month.

    Raises NotFound, BadAmount where there is no year to take it from.
    """
    charges.lock(session, {account_id})
    monthly = part_of(billed(session, account_id, on, YEAR), 1, YEAR)
    if monthly <= 0:
        raise BadAmount("a year's bills", "nothing was billed yet", "Begin after the first year.")
    plan = PayPlan(
        account_id=account_id, kind=BUDGET, monthly_cents=monthly, starts_on=on, consent=said
    )
    return _start(session, plan)


def stop(session: Session, account_id: int, kind: str, on: date) -> PayPlan:
    """End a plan; raises Conflict where there is none."""
    charges.lock(session, {account_id})
    plan = current(session, account_id, kind, on)
    if plan is None:
        raise Conflict("plan", f"there is no {kind} now", "Look at the account's plans.")
    plan.ended_on = on
    session.flush()
    return plan


def current(session: Session, account_id: int, kind: str, on: date) -> PayPlan | None:
    """Give the plan of a kind that is on, on a day."""
    return session.scalar(
        select(PayPlan)
        .where(PayPlan.account_id == account_id, PayPlan.kind == kind, PayPlan.starts_on <= on)
        .where(or_(PayPlan.ended_on.is_(None), PayPlan.ended_on > on))
        .order_by(PayPlan.starts_on.desc())
        .limit(1)
    )


def to_pay(session: Session, account_id: int, on: date) -> Cents:
    """Say what is to be paid this month: the budget's part, or all that is owed.

    The plan's twelfth month (its settle month) asks for all of it.
    """
    total = max(0, owed(session, account_id).total)
    plan = current(session, account_id, BUDGET, on)
    if plan is None or _settles(plan, on):
        return total
    return plan.monthly_cents


def pull(session: Session, on: date) -> list[Pull]:
    """Write the intents of every autopay that is due; commit, then have the processor charge them.

    Left out: who pays cash only, and who has a payment under way.
    """
    made: list[Pull] = []
    for row in session.execute(DUE, {"on": on}).all():
        cents = row.cents - owed(session, row.account_id).credit
        if cents <= 0 or cash_only(session, row.account_id, on):
            continue
        wanted = Wanted(
            account_id=row.account_id,
            cents=_budgeted(session, row.account_id, cents, on),
            tender=row.tender,
            channel=AUTOPAY,
            language=row.language,
        )
        intent = create(session, wanted, f"autopay:{row.account_id}:{row.due_on}:{on}")
        intent.last_four = row.last_four
        made.append(Pull(intent, row.token))
    session.flush()
    return made


def _budgeted(session: Session, account_id: int, cents: Cents, on: date) -> Cents:
    plan = current(session, account_id, BUDGET, on)
    return cents if plan is None or _settles(plan, on) else plan.monthly_cents


def _settles(plan: PayPlan, on: date) -> bool:
    months = (on.year - plan.starts_on.year) * YEAR + on.month - plan.starts_on.month
    return months % YEAR == YEAR - 1


def _start(session: Session, plan: PayPlan) -> PayPlan:
    """Begin a plan; of one that began the same day the terms change, any other ends."""
    before = current(session, plan.account_id, plan.kind, plan.starts_on)
    if before is not None and before.starts_on == plan.starts_on:
        return session.merge(plan)
    if before is not None:
        before.ended_on = plan.starts_on
    plan = session.merge(plan)
    session.flush()
    return plan
