"""Autopay that was declined: tried again by rule, and paused when the rule has no try left.

Tries count for the oldest day that is due, since the resident last agreed and since the last one
that went well. One that the bank gave back later was declined as well.
"""

from datetime import date, timedelta
from typing import Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from billing.money import Cents
from billing.payments.policies import AutopayRules, autopay_rules
from billing.payments.tables import AutopayTry, PaymentIntent, PayPlan
from jobs.outbox import promise

PAUSED: Final = "autopay paused"
DECLINED: Final = text("""
WITH tries AS (
    SELECT i.created_at AS at, greatest(t.tried_on, r.effective_on) AS day,
        i.state = 'declined' OR coalesce(r.memo ->> 'code', 'KEYED') <> 'KEYED' AS declined,
        i.state = 'posted' AND r.id IS NULL AS went_well
    FROM autopay_tries t JOIN payment_intents i ON i.id = t.intent_id
    LEFT JOIN payments p ON p.intent_id = i.id
    LEFT JOIN journal r ON r.reverses = p.transaction_id
    WHERE t.account_id = :account AND t.due_on = :due AND i.created_at >= :agreed)
SELECT count(*) AS times, max(day) AS last FROM tries WHERE declined
AND at > coalesce((SELECT max(at) FROM tries WHERE went_well), '-infinity')""")


def may_try(  # noqa: PLR0913  the plan, what is due since when, the day, by which rule
    session: Session,
    plan: PayPlan,
    cents: Cents,
    due: date,
    on: date,
    *,
    rules: AutopayRules | None = None,
) -> bool:
    """Say whether an autopay may be tried on a day; pauses the plan when it was declined too often.

    `due` is the oldest day that is due. The caller holds the account's lock.
    """
    again = (rules or autopay_rules()).again_after_days
    given = {"account": plan.account_id, "due": due, "agreed": plan.agreed_at}
    declined = session.execute(DECLINED, given).one()
    times = int(declined.times)
    if times > len(again):
        _pause(session, plan, on, (cents, times))
        return False
    return not times or on >= declined.last + timedelta(days=again[times - 1])


def note(session: Session, intent: PaymentIntent, due: date, on: date) -> None:
    """Write down that an autopay was tried on a day, for what is due since another."""
    tried = AutopayTry(intent_id=intent.id, account_id=intent.account_id, due_on=due, tried_on=on)
    session.add(tried)
    session.flush()


def _pause(session: Session, plan: PayPlan, on: date, what: tuple[Cents, int]) -> None:
    """End the plan, and promise that the desk hears of it: its resident must be asked."""
    cents, times = what
    plan.ended_on, plan.paused = on, True
    session.flush()
    args = {"account": plan.account_id, "cents": cents, "reference": f"{on}"}
    args |= {"why": f"declined {times} times"}
    promise(session, PAUSED, f"{PAUSED}:{plan.account_id}:{on}", args)
