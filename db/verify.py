"""Invariants: statements that find rows which should not be there."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import text
from sqlalchemy.orm import Session

SHOWN: Final = 5


@dataclass(frozen=True)
class Invariant:
    """A rule in words, and the SQL that lists what breaks it (one text column)."""

    name: str
    breaks: str


def broken(session: Session, invariant: Invariant) -> list[str]:
    """Give the first few rows that break an invariant; empty where it holds."""
    rows = session.execute(text(invariant.breaks)).scalars().fetchmany(SHOWN)
    return [str(row) for row in rows]
