"""Autopay and budget billing: a plan an account is on from a day, until it ends.

Autopay pays by intents, as everybody does: one for each account and day, whatever runs twice. What
was declined is tried again by rule; declined too often, autopay pauses.
Budget billing asks for a twelfth of the year each month, and for what is really owed in the last.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import func, or_, select, text
from sqlalchemy.orm import Session

from billing.errors import AnotherBody, BadAmount, Conflict
from billing.ledger.balances import owed
from billing.money import Cents
from billing.payments import charges
from billing.payments.history import billed
from billing.payments.intents import Wanted, create
from billing.payments.months import YEAR, months_after
from billing.payments.portions import part_of
from billing.payments.retrying import may_try, note
from billing.payments.returned import cash_only
from billing.payments.tables import PaymentIntent, PayPlan

AUTOPAY: Final = "autopay"
BUDGET: Final = "budget"
TENDERS: Final = frozenset({"card", "ach"})
PART: Final = 100  # accounts at once
DUE: Final = text("""
SELECT DISTINCT p.account_id FROM pay_plans p
WHERE p.kind = 'autopay' AND p.starts_on <= :on AND (p.ended_on IS NULL OR p.ended_on > :on)
AND p.account_id > :after AND EXISTS (SELECT FROM charges c
    WHERE c.account_id = p.account_id AND c.open_cents > 0 AND c.due_on <= :on)
ORDER BY p.account_id LIMIT :most""")
# Who has a payment under way is left alone, and so is a budget that autopay paid this month.
STATE: Final = text("""
SELECT r.language, EXISTS (SELECT FROM payment_intents i
    WHERE i.account_id = a.id AND i.state IN ('created', 'sent', 'unknown')) AS under_way,
EXISTS (SELECT FROM payments p WHERE p.account_id = a.id AND p.channel = 'autopay'
    AND p.state = 'posted' AND p.received_on > :since) AS paid_lately
FROM accounts a JOIN residents r ON r.id = a.resident_id WHERE a.id = :account""")


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


def resume(session: Session, account_id: int, on: date) -> PayPlan:
    """Begin an autopay anew that was paused, as it was agreed to; raises Conflict."""
    charges.lock(session, {account_id})
    last = session.scalar(
        select(PayPlan)
        .where(PayPlan.account_id == account_id, PayPlan.kind == AUTOPAY)
        .order_by(PayPlan.starts_on.desc())
        .limit(1)
    )
    if last is None or not last.paused:
        raise Conflict("plan", "no autopay is paused", "Look at the account's plans.")
    agreed = Consent(
        tender=last.tender, token=last.token, last_four=last.last_four, said=last.consent
    )
    return start_autopay(session, account_id, agreed, on)


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


def due(session: Session, on: date, after: int = 0, most: int = PART) -> Sequence[int]:
    """List the next accounts on autopay that owe something that is due by the day."""
    given = {"on": on, "after": after, "most": most}
    return session.execute(DUE, given).scalars().all()


def pull(session: Session, account_id: int, on: date) -> Pull | None:
    """Write the intent of an autopay; commit, then have the processor charge it.

    Only what is due by the day, less the credit; nothing of who pays cash only, of who has a
    payment under way or was pulled today already, nor before a declined one is tried again.
    """
    charges.lock(session, {account_id})
    plan = current(session, account_id, AUTOPAY, on)
    given = {"account": account_id, "since": months_after(on, -1)}
    state = session.execute(STATE, given).one()
    late = [one for one in charges.open_of(session, account_id) if one.due_on <= on]
    cents = sum(one.cents for one in late) - owed(session, account_id).credit
    cents = _budgeted(session, account_id, cents, on, paid_lately=state.paid_lately)
    if plan is None or state.under_way or cents <= 0 or cash_only(session, account_id, on):
        return None
    since = min(one.due_on for one in late)
    if not may_try(session, plan, cents, since, on):
        return None
    wanted = Wanted(
        account_id=account_id,
        cents=cents,
        tender="ach" if plan.tender == "ach" else "card",
        channel=AUTOPAY,
        language=state.language,
    )
    try:
        intent = create(session, wanted, f"autopay:{account_id}:{since}:{on}")
    except AnotherBody:
        return None
    if intent.state != "created":
        return None
    intent.last_four = plan.last_four
    note(session, intent, since, on)
    return Pull(intent, plan.token)


def _budgeted(
    session: Session, account_id: int, cents: Cents, on: date, *, paid_lately: bool
) -> Cents:
    plan = current(session, account_id, BUDGET, on)
    if plan is None or _settles(plan, on):
        return cents
    return 0 if paid_lately else min(cents, plan.monthly_cents)


def _settles(plan: PayPlan, on: date) -> bool:
    months = (on.year - plan.starts_on.year) * YEAR + on.month - plan.starts_on.month
    return months % YEAR == YEAR - 1


def _start(session: Session, plan: PayPlan) -> PayPlan:
    """Begin a plan; of one that began the same day the terms change, any other ends."""
    before = current(session, plan.account_id, plan.kind, plan.starts_on)
    if before is not None and before.starts_on != plan.starts_on:
        before.ended_on = plan.starts_on
    plan = session.merge(plan)
    plan.agreed_at = session.execute(select(func.now())).scalar_one()
    session.flush()
    return plan
