"""Promise work in the same commit as its cause; claim, finish and fail it later.

PostgreSQL holds what was promised and who may work on it until when (a lease of our own); RQ is
only the doorbell. Times are the database's, so that all processes share one clock.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, func, select, text, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from jobs.tables import Promise

CHANNEL: Final = "outbox"
TRIES_MOST: Final = 5
RING_LEASE_SECONDS: Final = 15  # rung and not begun by then: ring again
WORK_LEASE_SECONDS: Final = 45  # begun and not finished by then: the worker is taken for dead
BACKOFF_SECONDS: Final = (2, 10, 60, 300)


@dataclass(frozen=True)
class Work:
    """One promised job, claimed: `attempt` counts from 1."""

    id: int
    name: str
    args: dict[str, Any]
    attempt: int


def promise(session: Session, name: str, key: str, args: dict[str, Any]) -> None:
    """Promise a job once per key; the relay hears of it when this transaction commits."""
    new = session.execute(
        insert(Promise)
        .values(name=name, key=key, args=args, state="promised", attempts=0)
        .on_conflict_do_nothing(index_elements=["key"])
        .returning(Promise.id)
    ).all()
    if new:
        session.execute(select(func.pg_notify(CHANNEL, json.dumps({"name": name}))))


def claim_due(session: Session, most: int = 100) -> list[tuple[int, int]]:
    """Lease what is due for ringing; gives (id, attempts so far). Skips what others hold.

    A job whose worker died in its last try is laid with the dead: nobody was left to say so.
    """
    bury(session)
    due = (
        select(Promise.id)
        .where(Promise.state.in_(("promised", "rung")), Promise.not_before <= func.now())
        .where((Promise.lease_until.is_(None)) | (Promise.lease_until < func.now()))
        .order_by(Promise.not_before)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    result = session.execute(
        update(Promise)
        .where(Promise.id.in_(due))
        .values(state="rung", lease_until=seconds_ahead(RING_LEASE_SECONDS))
        .returning(Promise.id, Promise.attempts)
    )
    return [(row.id, row.attempts) for row in result]


def bury(session: Session) -> None:
    """Lay with the dead what was begun as often as may be, and whose lease ran out."""
    session.execute(
        update(Promise)
        .where(Promise.state == "rung", Promise.attempts >= TRIES_MOST)
        .where(Promise.lease_until < func.now())
        .values(state="dead", lease_until=None, last_error="its worker died in the last try")
    )


def begin(session: Session, promise_id: int, attempt: int) -> Work | None:
    """Begin an attempt; None where it was begun by another ring, or is done.

    `attempt` is what the ring was made for: a late ring of an earlier attempt finds nothing.
    """
    row = session.execute(
        update(Promise)
        .where(Promise.id == promise_id, Promise.state == "rung", Promise.attempts == attempt)
        .values(attempts=Promise.attempts + 1, lease_until=seconds_ahead(WORK_LEASE_SECONDS))
        .returning(Promise.id, Promise.name, Promise.args, Promise.attempts)
    ).one_or_none()
    return Work(row.id, row.name, row.args, row.attempts) if row else None


def finish(session: Session, work: Work) -> None:
    """Mark a job done; whoever else works on it by now comes too late to change that."""
    session.execute(
        update(Promise)
        .where(Promise.id == work.id, Promise.state != "done")
        .values(state="done", done_at=func.now(), lease_until=None, last_error=None)
    )


def fail(session: Session, work: Work, reason: str, *, permanent: bool = False) -> bool:
    """Put a job back for a later try, or lay it with the dead; True when it is dead.

    Only by whom it belongs to: a worker whose lease ran out, and whose job another one began,
    changes nothing.
    """
    dead = permanent or work.attempt >= TRIES_MOST
    wait = BACKOFF_SECONDS[min(work.attempt, len(BACKOFF_SECONDS)) - 1]
    failed = session.execute(
        update(Promise)
        .where(Promise.id == work.id, Promise.state == "rung", Promise.attempts == work.attempt)
        .values(
            state="dead" if dead else "promised",
            not_before=seconds_ahead(wait),
            lease_until=None,
            last_error=reason.replace("\0", "")[:2000],
        )
        .returning(Promise.id)
    ).first()
    return dead and failed is not None


def unring(session: Session, due: list[tuple[int, int]], seconds: float) -> None:
    """Give rung jobs back because the doorbell is broken; they are rung again after `seconds`.

    `due` as `claim_due` gave it: the first rings may have been heard, and what was begun since
    then stays with its worker.
    """
    session.execute(
        update(Promise)
        .where(tuple_(Promise.id, Promise.attempts).in_(due), Promise.state == "rung")
        .values(state="promised", lease_until=None, not_before=seconds_ahead(seconds))
    )


def dead(session: Session, most: int = 200) -> list[Promise]:
    """List the jobs that failed for good, oldest first."""
    return list(
        session.scalars(
            select(Promise).where(Promise.state == "dead").order_by(Promise.id).limit(most)
        )
    )


def replay(session: Session, ids: list[int]) -> int:
    """Put dead jobs back in line with a fresh set of tries; gives how many."""
    rung = session.execute(
        update(Promise)
        .where(Promise.id.in_(ids), Promise.state == "dead")
        .values(state="promised", attempts=0, not_before=func.now(), last_error=None)
        .returning(Promise.id)
    ).all()
    session.execute(select(func.pg_notify(CHANNEL, "{}")))
    return len(rung)


def counts(session: Session) -> dict[str, int]:
    """Count jobs by state; done ones are swept after a month."""
    found = session.execute(select(Promise.state, func.count()).group_by(Promise.state))
    return {state: number for state, number in found}  # noqa: C416  rows are no pairs to a checker


def seconds_ahead(seconds: float) -> ColumnElement[datetime]:
    """Write now() + seconds as SQL."""
    return func.now() + text(f"interval '{float(seconds)} seconds'")
