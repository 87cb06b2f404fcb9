"""Work that comes round: each slot of each entry is promised once, however many relays run.

A slot is counted in UTC, so that neither night of a clock change leaves one out or doubles it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from jobs.outbox import promise

EPOCH: Final = datetime.fromisoformat("2026-01-01T00:00:00+00:00")


@dataclass(frozen=True)
class Round:
    """A job to be promised every so often; `offset` shifts its slots (09:00 UTC is 2 a.m. here)."""

    name: str
    every: timedelta
    offset: timedelta = timedelta(0)

    def slot(self, now: datetime) -> int:
        """Give the number of the slot that `now` falls into."""
        return (now - EPOCH - self.offset) // self.every


def tick(session: Session, rounds: tuple[Round, ...], now: datetime) -> None:
    """Promise the present slot of every entry; a slot already promised stays as it is."""
    for entry in rounds:
        slot = entry.slot(now)
        promise(session, entry.name, f"round:{entry.name}:{slot}", {"slot": slot})
