"""A background process says every few seconds that it is up; readiness asks here."""

import logging
from datetime import timedelta
from threading import Event, Thread
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from db.errors import DatabaseUnavailable
from db.session import Database
from jobs.tables import Heartbeat

WORKER: Final = "worker"
RELAY: Final = "relay"
EVERY_SECONDS: Final = 5.0
MISSED: Final = timedelta(seconds=20)

log = logging.getLogger(__name__)


def beat(session: Session, process: str) -> None:
    """Say that a process is up now."""
    session.execute(
        insert(Heartbeat)
        .values(process=process, at=func.now())
        .on_conflict_do_update(index_elements=["process"], set_={"at": func.now()})
    )


def is_up(session: Session, process: str) -> bool:
    """Tell whether a process was heard of lately."""
    fresh = select(Heartbeat.process).where(
        Heartbeat.process == process, Heartbeat.at > func.now() - MISSED
    )
    return session.execute(fresh).first() is not None


def keep_beating(database: Database, process: str, stop: Event) -> Thread:
    """Beat on a thread of its own until told to stop; a database that is away is waited for."""

    def go_on() -> None:
        while not stop.is_set():
            try:
                database.run(lambda session: beat(session, process))
            except (DatabaseUnavailable, SQLAlchemyError) as error:
                log.warning("%s cannot say that it is up: %s", process, error)
            stop.wait(EVERY_SECONDS)

    thread = Thread(target=go_on, name=f"heartbeat of {process}", daemon=True)
    thread.start()
    return thread
