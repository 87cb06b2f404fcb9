"""What protects an account, and whether it may be disconnected on a day.

A hold counts from its first day through its last, and no longer once it was released (on the day
of its release already it does not). An arrangement protects while it is kept, hold or not.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import func, or_, select, text
from sqlalchemy.orm import Session

from billing.accounts.finding import get
from billing.accounts.rules import KINDS, Protections, read_protections
from billing.accounts.tables import Hold
from billing.errors import BadAmount, Conflict, NotFound
from billing.ledger.clock import city_zone

WINTER: Final = "winter"
WHO: Final = text("""
SELECT a.id, a.kind, EXISTS (SELECT FROM arrangements g WHERE g.account_id = a.id
    AND g.state = ANY (CAST(:states AS text[]))) AS arranged
FROM accounts a WHERE a.id = ANY (CAST(:accounts AS bigint[])) AND a.status <> 'pending'""")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewHold:
    """A hold to be set: its kind, its days (the last counts), why, and by whom."""

    account_id: int
    kind: str
    starts_on: date
    ends_on: date | None
    reason: str
    set_by: str


@dataclass(frozen=True, slots=True)
class Disconnect:
    """Whether service may be cut off, and if not, everything that speaks against it."""

    allowed: bool
    reasons: tuple[str, ...]


def set_hold(session: Session, new: NewHold) -> Hold:
    """Put a hold on an account; raises NotFound (account), BadAmount (kind, days, no reason)."""
    get(session, new.account_id, locked=True)
    if new.kind not in KINDS or not new.reason.strip():
        message = f"{new.kind!r} for {new.reason!r} is no hold with a reason"
        raise BadAmount("kind of hold", message, f"Kinds are {', '.join(sorted(KINDS))}.")
    if new.ends_on is not None and new.ends_on < new.starts_on:
        message = f"{new.starts_on} to {new.ends_on} runs backward"
        raise BadAmount("days of a hold", message, "Swap the days.")
    hold = Hold(
        account_id=new.account_id,
        kind=new.kind,
        starts_on=new.starts_on,
        ends_on=new.ends_on,
        reason=new.reason.strip(),
        set_by=new.set_by,
    )
    session.add(hold)
    session.flush()
    return hold


def release_hold(session: Session, hold_id: int, actor: str) -> Hold:
    """End a hold now; raises NotFound, and Conflict where somebody did so before."""
    hold = session.get(Hold, hold_id, with_for_update=True, populate_existing=True)
    if hold is None:
        raise NotFound("known hold", f"there is no hold {hold_id}", "Look at the account's holds.")
    if hold.released_at is not None:
        message = f"hold {hold_id} was released by {hold.released_by}"
        raise Conflict("released once", message, "Look at the account's holds again.")
    hold.released_by = actor
    hold.released_at = session.scalar(select(func.now()))
    session.flush()
    return hold


def protections(session: Session, account_id: int, on: date) -> tuple[Hold, ...]:
    """List the holds in force on a day, the oldest first, whatever their kind."""
    return _in_force(session, (account_id,), on).get(account_id, ())


def may_disconnect(session: Session, account_id: int, on: date) -> Disconnect:
    """Say whether an account's service may be cut off on a day (I16); raises NotFound."""
    get(session, account_id)
    return may_disconnect_each(session, (account_id,), on)[account_id]


def may_disconnect_each(
    session: Session, account_ids: Collection[int], on: date, rules: Protections | None = None
) -> dict[int, Disconnect]:
    """Say so for each of these accounts, in two statements; unknown or pending: left out."""
    rules = rules or read_protections()
    holds = _in_force(session, account_ids, on)
    given = {"accounts": list(account_ids), "states": list(rules.arrangement_states)}
    winter = rules.winter is not None and rules.winter.holds(on)
    found: dict[int, Disconnect] = {}
    for row in session.execute(WHO, given):
        reasons = {hold.kind for hold in holds.get(row.id, ()) if hold.kind in rules.holds}
        reasons |= {"arrangement"} if row.arranged else set()
        reasons |= {WINTER} if winter and row.kind in rules.winter_kinds else set()
        found[row.id] = Disconnect(not reasons, tuple(sorted(reasons)))
    return found


def _in_force(
    session: Session, account_ids: Collection[int], on: date
) -> dict[int, tuple[Hold, ...]]:
    released_on = func.date(func.timezone(city_zone(), Hold.released_at))
    found = (
        select(Hold)
        .where(Hold.account_id.in_(account_ids), Hold.starts_on <= on)
        .where(or_(Hold.ends_on.is_(None), Hold.ends_on >= on))
        .where(or_(Hold.released_at.is_(None), released_on > on))
        .order_by(Hold.starts_on, Hold.id)
    )
    by_account: dict[int, tuple[Hold, ...]] = {}
    for hold in session.scalars(found):
        by_account[hold.account_id] = (*by_account.get(hold.account_id, ()), hold)
    return by_account
