"""Budget billing and what is past due: whoever pays the plan's parts pays in time.

A part is asked for with each month's bill, and is late when that bill is. While the parts are paid,
bills that are still open by more than the budget are not late: they wait for the settle month. What
the settle month left open is late after it.
"""

from datetime import date
from typing import Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from billing.ledger.balances import owed
from billing.payments.months import YEAR, months_after
from billing.payments.plans import BUDGET, current
from billing.payments.tables import PayPlan

ASKED: Final = text("""
SELECT count(DISTINCT date_trunc('month', due_on)) FROM charges
WHERE account_id = :account AND charged_on >= :since AND due_on < :before
AND kind <> ALL (CAST(:fees AS text[]))""")
PAID: Final = text("""
SELECT CAST(coalesce(sum(a.cents), 0) AS bigint) FROM allocations a
JOIN charges c ON c.id = a.charge_id JOIN journal j ON j.id = a.transaction_id
LEFT JOIN payments p ON p.id = a.payment_id
WHERE c.account_id = :account AND coalesce(p.received_on, j.effective_on) >= :since
AND (a.payment_id IS NOT NULL OR j.kind IN ('credit used', 'credit taken back'))""")


def covered_since(
    session: Session, account_id: int, on: date, before: date, fees: tuple[str, ...]
) -> date | None:
    """Give the day since which what is due waits for the settle month; None where nothing does.

    `before` is the day before which a bill must have been due to be late; `fees` are kinds of
    charges that ask for no part.
    """
    plan = current(session, account_id, BUDGET, on)
    if plan is None:
        return None
    since = _year(plan, on)
    given = {"account": account_id, "since": since, "before": before, "fees": list(fees)}
    parts = session.execute(ASKED, given).scalar_one()
    paid = session.execute(PAID, {"account": account_id, "since": since}).scalar_one()
    if paid + owed(session, account_id).credit < parts * plan.monthly_cents:
        return None
    return date.min if since == plan.starts_on else since


def _year(plan: PayPlan, on: date) -> date:
    """Give the day the plan's year began that a day is in."""
    months = (on.year - plan.starts_on.year) * YEAR + on.month - plan.starts_on.month
    began = months_after(plan.starts_on, months // YEAR * YEAR)
    return began if began <= on else months_after(plan.starts_on, (months // YEAR - 1) * YEAR)
