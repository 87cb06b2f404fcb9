"""Fetching the processor's reports of the days that are over, and importing each once.

No transaction is open while it is asked. What does not come today is asked for again tomorrow.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from billing.errors import AnotherBody
from billing.processor.port import CardProcessor, SettlementReport
from billing.processor.settlement import FINDING, Reconciled, TakeBack, import_report
from db.session import Database
from jobs.outbox import promise

SETTLE: Final = "settle payments"
DAYS: Final = 7  # how far back is looked; an import that was done is not done again


def handler(
    database: Database, processor: CardProcessor, take_back: TakeBack
) -> Callable[[Mapping[str, Any]], list[Reconciled]]:
    """Give the handler of the job SETTLE."""
    return lambda _args: settle(database, processor, take_back)


def settle(
    database: Database,
    processor: CardProcessor,
    take_back: TakeBack,
    now: datetime | None = None,
) -> list[Reconciled]:
    """Import the reports of the last days, the oldest first; gives those that were new.

    A day is the processor's, by UTC. A report that was changed since it was imported becomes a
    case and keeps no other waiting. Raises NoAnswer, DatabaseUnavailable.
    """
    today = (now or database.run(_now)).date()
    new: list[Reconciled] = []
    for back in range(DAYS, 0, -1):
        report = processor.settlement(today - timedelta(days=back))
        made = _imported(database, report, take_back) if report else None
        new += [made] if made and not made.again else []
    return new


def _imported(
    database: Database, report: SettlementReport, take_back: TakeBack
) -> Reconciled | None:
    try:
        return database.run(lambda session: import_report(session, report, take_back))
    except AnotherBody as changed:
        args = {"report": report.name, "finding": "changed", "why": str(changed)}
        database.run(lambda session: promise(session, FINDING, f"changed:{report.name}", args))
        return None


def _now(session: Session) -> datetime:
    return session.execute(select(func.timezone("UTC", func.now()))).scalar_one()
