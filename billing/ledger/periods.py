"""Closing a month: its days are sealed, its books foot, and it takes nothing more."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from billing.errors import NotAllowed, Unbalanced
from billing.ledger.books import Footing, footings
from billing.ledger.clock import today
from billing.ledger.locks import alone
from billing.ledger.seals import seal_day

CLOSED: Final = text("SELECT max(month) FROM periods WHERE closed_at IS NOT NULL")
# The clock, not the transaction's time: whoever wrote before the lock was ours has an earlier one.
CLOSE: Final = text("""
INSERT INTO periods (month, closed_at, closed_by) VALUES (:month, clock_timestamp(), :actor)
ON CONFLICT (month) DO NOTHING""")


@dataclass(frozen=True, slots=True)
class Closing:
    """What came of closing a month: its books by fund; `again` where it was closed before."""

    month: date
    books: tuple[Footing, ...]
    again: bool


def close_month(session: Session, month: date, actor: str) -> Closing:
    """Close a month, by any of its days, and with it every month before it.

    Waits until nobody is writing the journal. Raises NotAllowed for a month that is not over, and
    Unbalanced where the books do not foot in every fund.
    """
    first = month.replace(day=1)
    last = month_end(first)
    now = today(session)
    if last >= now:
        message = f"{first:%Y-%m} is not over yet"
        raise NotAllowed("month is over", message, "Close it when its last day has passed.")
    alone(session)
    closed = last_closed(session)
    books = footings(session, as_of=last)
    if closed and closed >= first:
        return Closing(first, tuple(books), again=True)
    seal_day(session, now - timedelta(1))
    off = [row for row in books if row.debits != row.credits]
    if off:
        sums = ", ".join(f"{row.fund} by {row.debits - row.credits} cents" for row in off)
        advice = "Find the break with `./cityline billing verify`."
        raise Unbalanced("trial balance foots", f"the books are off: {sums}", advice)
    session.execute(CLOSE, {"month": first, "actor": actor})
    return Closing(first, tuple(books), again=False)


def last_closed(session: Session) -> date | None:
    """Give the last month that is closed, by its first day."""
    return session.execute(CLOSED).scalar_one_or_none()


def is_closed(session: Session, day: date) -> bool:
    """Say whether a day lies in a closed month."""
    closed = last_closed(session)
    return closed is not None and day.replace(day=1) <= closed


def month_end(day: date) -> date:
    """Give the last day of a day's month."""
    return (day.replace(day=28) + timedelta(4)).replace(day=1) - timedelta(1)
