"""Keeping every writer of the journal out for a moment, to seal a day or close a month."""

from typing import Final

from sqlalchemy import text
from sqlalchemy.orm import Session

# The trigger on the journal holds this lock shared until its transaction ends.
ALONE: Final = text("SELECT pg_advisory_xact_lock(311, 1)")


def alone(session: Session) -> None:
    """Wait until nobody writes the journal, and keep it so until this transaction ends."""
    session.execute(ALONE)
