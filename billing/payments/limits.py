"""Reads config/billing/limits.yaml, and brings the limits into the database that enforces them."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Final, cast

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from billing.errors import TWO_PEOPLE, NotAllowed, constraint, told, translated
from billing.ledger.clock import city_zone
from billing.money import Cents
from billing.payments.fees import cents
from billing.payments.tables import Request
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
INSERT INTO approval_limits (role, kind, reason, alone, approve, by_day, by_account, account_days,
    zone)
VALUES (:role, :kind, :reason, :alone, :approve, :by_day, :by_account, :account_days, :zone)
ON CONFLICT (role, kind, reason) DO UPDATE SET alone = EXCLUDED.alone, approve = EXCLUDED.approve,
    by_day = EXCLUDED.by_day, by_account = EXCLUDED.by_account,
    account_days = EXCLUDED.account_days, zone = EXCLUDED.zone
""")
FORGOTTEN: Final = text("""
UPDATE approval_limits SET alone = -1, approve = -1 WHERE NOT EXISTS (
    SELECT FROM unnest(CAST(:roles AS text[]), CAST(:kinds AS text[]), CAST(:reasons AS text[]))
    AS kept (role, kind, reason) WHERE kept = (approval_limits.role, approval_limits.kind,
    approval_limits.reason))""")
# The function that the trigger asks: it waits for whoever else asks of the same maker or account.
ALONE: Final = text("""
SELECT refused FROM alone(:made_by, :made_as, :kind, :reason, :account, :cents)""")
# What is done alone adds up; the database names these rules where it does not let a row pass.
IN_A_DAY: Final = "alone in a day"
ON_AN_ACCOUNT: Final = "alone on an account"
NEVER: Final[Cents] = -1


@dataclass(frozen=True, slots=True)
class Limit:
    """How many cents a role may do alone, and approve for others; NEVER is less than nothing.

    `by_day` is what one maker may do alone of the kind in the city's day, `by_account` what may be
    done so on one account in the limits' `account_days`.
    """

    role: str
    kind: str
    reason: str
    alone: Cents
    approve: Cents
    by_day: Cents
    by_account: Cents


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something is asked for; `papers` must have been seen where it says so."""

    name: Both
    papers: bool


@dataclass(frozen=True, slots=True)
class Limits:
    """Every limit, and the reasons of each kind of request."""

    limits: tuple[Limit, ...]
    account_days: int
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
    days = whole.whole("account days")
    whole.done()
    if faults:
        raise ConfigError(faults)
    return Limits(limits, days, reasons)


def load_limits(session: Session, limits: Limits | None = None) -> int:
    """Bring the limits into the database; one that config forgot becomes nothing, never deleted."""
    limits = limits or read_limits()
    kept = limits.limits
    counted = {"account_days": limits.account_days, "zone": city_zone()}
    for each in kept:
        session.execute(LOAD, {**asdict(each), **counted})
    names = {"roles": [each.role for each in kept], "kinds": [each.kind for each in kept]}
    session.execute(FORGOTTEN, {**names, "reasons": [each.reason for each in kept]})
    return len(kept)


def may_alone(session: Session, asked: Request) -> bool:
    """Say whether this may be done without a second person, with all that was done alone before.

    Until this transaction ends, nobody else is told so of the same kind and maker or account.
    """
    given = {"made_by": asked.made_by, "made_as": asked.made_as, "kind": asked.kind}
    given |= {"reason": asked.reason, "account": asked.account_id, "cents": asked.cents}
    return session.execute(ALONE, given).scalar_one() is None


def refused(error: DBAPIError) -> Exception:
    """Turn what the database refused of a request into our words."""
    if constraint(error) in {IN_A_DAY, ON_AN_ACCOUNT}:
        return NotAllowed(constraint(error), told(error), TWO_PEOPLE)
    return translated(error)


def _limit(part: Part) -> Limit:
    made = Limit(
        part.text("role"),
        part.one_of("kind", KINDS, "kind of request"),
        part.text("reason"),
        _most(part, "alone"),
        _most(part, "approve"),
        _sum(part, "by day"),
        _sum(part, "by account"),
    )
    if made.alone > min(made.by_day, made.by_account):
        part.fault("must give 'by day' and 'by account', no less than 'alone'")
    part.done()
    return made


def _sum(part: Part, key: str) -> Cents:
    return cents(part, key) if part.has(key) else 0


def _most(part: Part, key: str) -> Cents:
    """Read an amount, or "never": not even what costs nothing, as an exception does."""
    return NEVER if part.value(key) == "never" else cents(part, key)


def _reason(part: Part) -> Reason:
    made = Reason(part.both("name"), part.flag("papers", default=False))
    part.done()
    return made
