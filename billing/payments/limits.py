"""Reads config/billing/limits.yaml, and brings the limits into the database that enforces them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final, cast

from sqlalchemy import text
from sqlalchemy.orm import Session

from billing.money import Cents
from billing.payments.fees import cents
from config.errors import ConfigError
from config.facts import read_origin
from config.reading import Part, read_part
from config.words import Both

FILE: Final = Path(__file__).parents[2] / "config" / "billing" / "limits.yaml"
KINDS: Final = frozenset(
    {"refund", "adjustment", "write-off", "exception", "transfer", "over or short"}
)
ANY: Final = "*"
LOAD: Final = text("""
INSERT INTO approval_limits (role, kind, reason, alone, approve)
VALUES (:role, :kind, :reason, :alone, :approve)
ON CONFLICT (role, kind, reason) DO UPDATE SET alone = EXCLUDED.alone, approve = EXCLUDED.approve
""")
FORGOTTEN: Final = text("""
UPDATE approval_limits SET alone = -1, approve = -1 WHERE NOT EXISTS (
    SELECT FROM unnest(CAST(:roles AS text[]), CAST(:kinds AS text[]), CAST(:reasons AS text[]))
    AS kept (role, kind, reason) WHERE kept = (approval_limits.role, approval_limits.kind,
    approval_limits.reason))""")
ALONE: Final = text("""
SELECT coalesce((SELECT alone FROM approval_limits
    WHERE role = :role AND kind = :kind AND reason IN (:reason, '*')
    ORDER BY reason = '*' LIMIT 1), -1)""")


NEVER: Final[Cents] = -1


@dataclass(frozen=True, slots=True)
class Limit:
    """How many cents a role may do alone, and approve for others; NEVER is less than nothing."""

    role: str
    kind: str
    reason: str
    alone: Cents
    approve: Cents


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something is asked for; `papers` must have been seen where it says so."""

    name: Both
    papers: bool


@dataclass(frozen=True, slots=True)
class Limits:
    """Every limit, and the reasons of each kind of request."""

    limits: tuple[Limit, ...]
    reasons: Mapping[str, Mapping[str, Reason]]


@cache
def read_limits(path: Path = FILE) -> Limits:
    """Read them; raises ConfigError with every fault."""
    faults: list[str] = []
    whole = read_part(path, faults)
    read_origin(whole)
    written = whole.value("limits")
    rows = cast("Sequence[Mapping[str, object]]", written) if isinstance(written, list) else ()
    limits = tuple(
        _limit(Part(whole.file, f"limit {place}", row, faults)) for place, row in enumerate(rows, 1)
    )
    reasons = {
        kind: {name: _reason(part) for name, part in whole.part("reasons").parts(kind)}
        for kind in whole.part("reasons").names()
    }
    if unknown := {*reasons} - KINDS:
        whole.fault(f"has reasons of {', '.join(sorted(unknown))}, no kind of request")
    whole.done()
    if faults:
        raise ConfigError(faults)
    return Limits(limits, reasons)


def load_limits(session: Session, limits: Limits | None = None) -> int:
    """Bring the limits into the database; one that config forgot becomes nothing, never deleted."""
    kept = (limits or read_limits()).limits
    for each in kept:
        row = {"role": each.role, "kind": each.kind, "reason": each.reason}
        session.execute(LOAD, {**row, "alone": each.alone, "approve": each.approve})
    names = {"roles": [each.role for each in kept], "kinds": [each.kind for each in kept]}
    session.execute(FORGOTTEN, {**names, "reasons": [each.reason for each in kept]})
    return len(kept)


def may_alone(session: Session, role: str, kind: str, reason: str, cents: Cents) -> bool:
    """Say whether a role may do this without a second person, as the database has it."""
    given = {"role": role, "kind": kind, "reason": reason}
    return cents <= session.execute(ALONE, given).scalar_one()


def _limit(part: Part) -> Limit:
    made = Limit(
        part.text("role"),
        part.one_of("kind", KINDS, "kind of request"),
        part.text("reason"),
        _most(part, "alone"),
        _most(part, "approve"),
    )
    part.done()
    return made


def _most(part: Part, key: str) -> Cents:
    """Read an amount, or "never": not even what costs nothing, as an exception does."""
    return NEVER if part.value(key) == "never" else cents(part, key)


def _reason(part: Part) -> Reason:
    made = Reason(part.both("name"), part.flag("papers", default=False))
    part.done()
    return made
