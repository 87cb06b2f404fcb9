"""Trainings asked for at the desk: one at a time, promised to the worker, told as they go.

A training takes longer than a job may and more memory than the worker should keep. The job only
starts a process for it; that process writes here how far it is. One that is silent for a while has
died: whoever asks next says so and begins another.
"""

import os
import subprocess
import sys
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final, Literal

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from jobs.outbox import promise
from jobs.work import Handler
from learning.tables import Training

RETRAIN: Final = "retrain"
SILENT_MOST: Final = timedelta(minutes=5)
FAILED: Final = "failed"
CUT_OFF: Final = "cut off"

Ended = Literal["in service", "refused", "failed"]


def ask(session: Session, staff_id: int, now: datetime) -> int:
    """Promise a training, unless one is under way; gives the id of the one that is."""
    bury(session, now)
    asked = session.execute(
        insert(Training)
        .values(asked_by=staff_id, asked_at=now, state="asked", beat_at=now, model="", reasons=[])
        .on_conflict_do_nothing()
        .returning(Training.id)
    ).scalar_one_or_none()
    if asked is None:
        return session.execute(select(Training.id).where(Training.ended_at.is_(None))).scalar_one()
    promise(session, RETRAIN, f"retrain:{asked}", {"training": asked})
    return asked


def bury(session: Session, now: datetime) -> None:
    """Call a training failed whose process has said nothing for long."""
    session.execute(
        update(Training)
        .where(Training.ended_at.is_(None), Training.beat_at < now - SILENT_MOST)
        .values(state="failed", ended_at=now, reasons=[{"kind": CUT_OFF}])
    )


def begin(session: Session, training: int, now: datetime) -> bool:
    """Take an asked training on; False where another process has, or it is over."""
    row = session.execute(
        update(Training)
        .where(Training.id == training, Training.state == "asked")
        .values(state="training", beat_at=now)
        .returning(Training.id)
    ).first()
    return row is not None


def measuring(session: Session, training: int, now: datetime) -> None:
    """Say that it has learnt and is compared now."""
    session.execute(
        update(Training)
        .where(Training.id == training, Training.ended_at.is_(None))
        .values(state="measuring", beat_at=now)
    )


def failure(said: str) -> dict[str, str]:
    """Write a fault down as a reason."""
    return {"kind": FAILED, "said": said.replace("\0", "")[:500]}


def end(
    session: Session, training: int, how: Ended, model: str, reasons: Sequence[dict[str, Any]]
) -> None:
    """Say how it ended; each reason is a `kind` and what belongs to it."""
    session.execute(
        update(Training)
        .where(Training.id == training, Training.ended_at.is_(None))
        .values(state=how, ended_at=func.now(), model=model, reasons=list(reasons))
    )


def newest(session: Session) -> Training | None:
    """Find the training that was asked for last."""
    return session.scalars(select(Training).order_by(Training.id.desc()).limit(1)).first()


def handler(root: Path) -> Handler:
    """Give the handler of the job: it starts `./cityline nlp train` in `root` and does not wait."""

    def begin_it(args: dict[str, Any]) -> None:
        start(root, args)

    return begin_it


def start(root: Path, args: dict[str, Any]) -> subprocess.Popen[bytes]:
    """Start the process of a training; a repeat of it finds the training begun, and ends."""
    words = ["-P", "-m", "cli", "nlp", "train", "--asked", str(int(args["training"]))]
    return subprocess.Popen(  # noqa: S603  our own words; not waited for: see the module
        [sys.executable, *words],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root), "OMP_NUM_THREADS": "1"},
        stdin=subprocess.DEVNULL,
    )
