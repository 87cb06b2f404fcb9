"""Every invariant of the billing core, found in its rooms, and the seals: where the first break is.

A room's `invariants.py` has INVARIANTS, a tuple of `db.verify.Invariant`; nothing else wires it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from importlib import import_module
from importlib.util import find_spec
from pkgutil import iter_modules
from typing import Final

from sqlalchemy.orm import Session

import billing
from billing.ledger import seals
from db.verify import Invariant, broken

SEALS: Final = "I15: no row of a sealed day was changed, added or removed"


@dataclass(frozen=True, slots=True)
class Verdict:
    """An invariant by name, and the first rows that break it; none where it holds."""

    name: str
    breaks: tuple[str, ...]


def invariants() -> tuple[Invariant, ...]:
    """Collect what every room of the billing core promises."""
    return tuple(each for room in _rooms() for each in import_module(room).INVARIANTS)


def verdicts(
    session: Session, first: date | None = None, last: date | None = None
) -> Iterator[Verdict]:
    """Check every invariant; `first` and `last` bound the days whose seals are proved."""
    for each in invariants():
        yield Verdict(each.name, tuple(broken(session, each)))
    bad = seals.first_bad_day(session, first, last)
    yield Verdict(SEALS, (f"{bad.day}: {bad.why}",) if bad else ())


def _rooms() -> Iterator[str]:
    for room in sorted(iter_modules(billing.__path__), key=lambda each: each.name):
        name = f"billing.{room.name}.invariants"
        if room.ispkg and find_spec(name):
            yield name
