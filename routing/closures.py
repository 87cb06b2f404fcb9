"""The emergency-closure switch: one row while the city is closed out of the ordinary."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from calendars.hours import Closure
from config.words import Both
from people.audit import record
from routing.tables import ClosureRow


def set_closure(
    session: Session, by: str, message: Both, until: datetime | None, now: datetime
) -> None:
    """Close the city from now on, in place of any closure in force; the next caller hears it."""
    end_closures(session, by, now)
    session.add(
        ClosureRow(
            message_en=message.en, message_es=message.es, set_by=by, starts_at=now, ends_at=until
        )
    )
    detail = {"en": message.en, "es": message.es, "until": until.isoformat() if until else None}
    record(session, by, "closure set", detail)


def clear_closure(session: Session, by: str, now: datetime) -> bool:
    """Open again; False where nothing was closed."""
    cleared = end_closures(session, by, now)
    if cleared:
        record(session, by, "closure cleared", {"rows": cleared})
    return cleared > 0


def end_closures(session: Session, by: str, now: datetime) -> int:
    """Mark every closure in force as cleared; gives how many there were."""
    ended = session.execute(
        update(ClosureRow)
        .where(ClosureRow.cleared_at.is_(None))
        .where((ClosureRow.ends_at.is_(None)) | (ClosureRow.ends_at > now))
        .values(cleared_at=now, cleared_by=by)
        .returning(ClosureRow.id)
    )
    return len(ended.all())


def current(session: Session, now: datetime) -> list[Closure]:
    """List the closures in force, as calendars.hours takes them."""
    found = session.scalars(
        select(ClosureRow)
        .where(ClosureRow.cleared_at.is_(None))
        .where((ClosureRow.ends_at.is_(None)) | (ClosureRow.ends_at > now))
    )
    return [
        Closure(row.starts_at, row.ends_at, Both(row.message_en, row.message_es)) for row in found
    ]
