"""Sweep what nobody needs any more: done jobs after a month."""

from datetime import timedelta
from typing import Final

from sqlalchemy import delete, func
from sqlalchemy.orm import Session

from jobs.tables import Promise

KEEP_DONE: Final = timedelta(days=30)


def tidy_up(session: Session) -> None:
    """Delete done jobs that are old; everything that failed stays until somebody looks at it."""
    session.execute(
        delete(Promise).where(Promise.state == "done", Promise.done_at < func.now() - KEEP_DONE)
    )
