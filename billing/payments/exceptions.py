"""Exceptions that were approved and have not expired: rules read them by their reason."""

from datetime import date
from typing import Final

from sqlalchemy import text
from sqlalchemy.orm import Session

EXCEPTED: Final = text("""
SELECT EXISTS (SELECT FROM requests WHERE kind = 'exception' AND account_id = :account
    AND reason = :reason AND state IN ('approved', 'done') AND (until IS NULL OR until >= :on))""")


def excepted(session: Session, account_id: int, reason: str, on: date) -> bool:
    """Say whether an account is excepted from a rule on a day; the last day counts."""
    given = {"account": account_id, "reason": reason, "on": on}
    return session.execute(EXCEPTED, given).scalar_one()
