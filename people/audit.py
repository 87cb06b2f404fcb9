"""The audit log: who changed what about the line itself. Rows are only ever added."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from people.tables import AuditEntry


@dataclass(frozen=True, slots=True)
class Recorded:
    """One line of the log, as it is shown."""

    at: datetime
    actor: str
    action: str
    detail: dict[str, Any]


def record(session: Session, actor: str, action: str, detail: Mapping[str, Any]) -> None:
    """Add one line. `actor` is a username, or a name of the line's own such as "relay"."""
    session.add(AuditEntry(actor=actor, action=action, detail=dict(detail)))


def newest(
    session: Session, *, leaving_out: Collection[str] = (), most: int = 20
) -> list[Recorded]:
    """List the newest lines, newest first, but for those of some actions."""
    rows = session.execute(
        select(AuditEntry.at, AuditEntry.actor, AuditEntry.action, AuditEntry.detail)
        .where(AuditEntry.action.not_in(leaving_out))
        .order_by(AuditEntry.id.desc())
        .limit(most)
    )
    return [Recorded(*row) for row in rows]
