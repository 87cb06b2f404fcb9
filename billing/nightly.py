"""What the night does to accounts: arrangements looked at, late fees charged, credit used.

Each account is a transaction of its own; a part of the accounts is a job, which promises the next
part when it is done. Killed at any moment it is begun again, and nothing is done twice: every step
has a key of its own day or month.
"""

import logging
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from billing.errors import BillingError
from billing.ledger.clock import today
from billing.payments.arrangements import check
from billing.payments.credit import use_credit
from billing.payments.late_fees import charge_late
from db.session import Database
from jobs.outbox import promise

log = logging.getLogger(__name__)

NIGHT: Final = "accounts overnight"
PART: Final = 200  # accounts a job: well within a job's lease
ACTOR: Final = "nightly"
OWING: Final = text("""
SELECT account_id FROM (
    SELECT account_id FROM charges WHERE account_id > :after AND open_cents > 0
    UNION SELECT account_id FROM arrangements WHERE account_id > :after AND state = 'current'
) looked_at ORDER BY account_id LIMIT :most""")


def handler(database: Database, *, production: bool) -> Callable[[Mapping[str, Any]], int]:
    """Give the handler of the job NIGHT."""
    return lambda args: night(database, int(args.get("after", 0)), production=production)


def night(database: Database, after: int = 0, *, production: bool = False) -> int:
    """Go through the next part of the accounts that owe or have an arrangement; gives how many.

    What the core refuses of one account is logged and keeps no other waiting. Raises
    DatabaseUnavailable.
    """
    given = {"after": after, "most": PART}
    on, accounts = database.run(
        lambda session: (today(session), session.execute(OWING, given).scalars().all())
    )
    for account in accounts:
        try:
            database.run(lambda db, one=account: _account(db, one, on, production=production))
        except BillingError as refused:
            log.warning("account %d overnight: %s (%s)", account, refused, refused.rule)
    if len(accounts) == PART:
        key, args = f"{NIGHT}:{on}:{accounts[-1]}", {"after": accounts[-1]}
        database.run(lambda session: promise(session, NIGHT, key, args))
    return len(accounts)


def _account(session: Session, account: int, on: date, *, production: bool) -> None:
    use_credit(session, account, on, ACTOR, f"{NIGHT}:{on}:credit:{account}")
    check(session, account, on, ACTOR)
    charge_late(session, account, on, ACTOR, production=production)
