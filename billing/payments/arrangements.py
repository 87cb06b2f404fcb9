"""Payment arrangements: what the rule grants, kept while its parts are paid, broken when not.

While an arrangement is current its account is protected by a hold; that ends with it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from billing.accounts.holds import NewHold, release_hold, set_hold
from billing.errors import AnotherBody, Conflict, NotAllowed
from billing.money import Cents, share
from billing.payments import charges
from billing.payments.exceptions import excepted
from billing.payments.policies import ArrangementRules, arrangement_rules
from billing.payments.portions import percent_of
from billing.payments.tables import Arrangement, ArrangementPart
from billing.shapes import Part

KIND: Final = "arrangement"
LONGER: Final = "longer arrangement"
BY_RULE: Final = "by rule"
PAST: Final = text("""
SELECT CAST(coalesce(sum(open_cents), 0) AS bigint) FROM charges
WHERE account_id = :account AND open_cents > 0 AND due_on < :on""")
EARLIER: Final = text("""
SELECT count(*) FILTER (WHERE state = 'current') AS current,
    count(*) FILTER (WHERE made_at > CAST(:on AS date) - interval '1 year') AS lately,
    count(*) FILTER (WHERE state = 'broken' AND ended_at > CAST(:since AS date)) AS broken
FROM arrangements WHERE account_id = :account""")
PAID: Final = text("""
SELECT CAST(coalesce(sum(p.cents), 0) AS bigint) FROM payments p
JOIN journal j ON j.id = p.transaction_id
WHERE p.account_id = :account AND p.state = 'posted' AND j.posted_at >= :since
AND p.received_on <= :on""")
HOLDS: Final = text("""
SELECT id FROM holds WHERE account_id = :account AND kind = 'arrangement'
AND released_at IS NULL AND reason = :reason""")


@dataclass(frozen=True, slots=True)
class Offer:
    """What is granted now, or why nothing: `refusal` is a code, and the parts are empty then."""

    cents: Cents
    parts: tuple[Part, ...]
    rule: str
    refusal: str = ""


def offer(
    session: Session,
    account_id: int,
    on: date,
    *,
    production: bool = False,
    rules: ArrangementRules | None = None,
) -> Offer:
    """Say what the rule grants an account today; refusals are codes, for whoever words them.

    "not confirmed", "nothing past due", "too little", "too much", "current", "too many", "broken".
    """
    rules = rules or arrangement_rules()
    cents = session.execute(PAST, {"account": account_id, "on": on}).scalar_one()
    longer = excepted(session, account_id, LONGER, on)
    why = "not confirmed" if production and rules.origin.unverified else ""
    why = why or _size(cents, rules, longer=longer) or _before(session, account_id, on, rules)
    if why:
        return Offer(cents, (), BY_RULE, why)
    count = rules.longer_parts if longer else rules.parts
    return Offer(cents, parts(cents, on, count, rules), LONGER if longer else BY_RULE)


def parts(cents: Cents, on: date, count: int, rules: ArrangementRules) -> tuple[Part, ...]:
    """Split a debt: the first part now, the rest in equal ones; they add up to it."""
    first = percent_of(cents, rules.first_percent) if count > 1 else cents
    rest = share(cents - first, [1] * (count - 1)) if count > 1 else []
    every = timedelta(days=rules.every_days)
    made = (Part(on + place * every, part) for place, part in enumerate((first, *rest)))
    return tuple(part for part in made if part.cents)


def make(session: Session, account_id: int, offered: Offer, on: date, actor: str) -> Arrangement:
    """Make the arrangement that was offered, if the rule grants it still; protects the account.

    The offer made again is the arrangement that was made. Raises NotFound, NotAllowed (refused),
    AnotherBody (it is another offer by now), Conflict.
    """
    charges.lock(session, {account_id})
    current = _current(session, account_id)
    if current is not None and _dues(session, current) == offered.parts:
        return current
    now = offer(session, account_id, on)
    if now.refusal:
        raise NotAllowed("arrangement", f"no arrangement: {now.refusal}", "Ask a supervisor.")
    if replace(now, rule=offered.rule) != offered:
        message = "the account owes something else by now"
        raise AnotherBody("arrangement", message, "Offer it anew.")
    return _write(session, account_id, now, actor)


def check(session: Session, account_id: int, on: date, actor: str) -> Arrangement | None:
    """Look whether the current arrangement is kept or broken by now; gives it, as it stands."""
    charges.lock(session, {account_id})
    current = _current(session, account_id)
    if current is None:
        return None
    grace = timedelta(days=arrangement_rules().grace_days)
    given = {"account": account_id, "since": current.made_at, "on": on}
    paid = session.execute(PAID, given).scalar_one()
    due = sum(part.cents for part in _dues(session, current) if part.due_on + grace < on)
    if paid >= current.cents:
        _close(session, current, "kept", actor)
    elif paid < due:
        _close(session, current, "broken", actor)
    return current


def cancel(session: Session, account_id: int, actor: str) -> Arrangement:
    """End an arrangement at the resident's wish; raises Conflict where there is none."""
    charges.lock(session, {account_id})
    current = _current(session, account_id)
    if current is None:
        raise Conflict("arrangement", "there is no arrangement now", "Look at the account again.")
    _close(session, current, "cancelled", actor)
    return current


def current_accounts(session: Session) -> Sequence[int]:
    """List the accounts that have one, for the nightly check."""
    query = select(Arrangement.account_id).where(Arrangement.state == "current")
    return session.scalars(query.order_by(Arrangement.account_id)).all()


def _size(cents: Cents, rules: ArrangementRules, *, longer: bool) -> str:
    if not cents:
        return "nothing past due"
    if cents < rules.least:
        return "too little"
    return "too much" if cents > rules.most and not longer else ""


def _before(session: Session, account_id: int, on: date, rules: ArrangementRules) -> str:
    since = on - timedelta(days=rules.after_broken_days)
    earlier = session.execute(EARLIER, {"account": account_id, "on": on, "since": since}).one()
    if earlier.current:
        return "current"
    if earlier.broken:
        return "broken"
    return "too many" if earlier.lately >= rules.in_a_year else ""


def _write(session: Session, account_id: int, offered: Offer, actor: str) -> Arrangement:
    made = Arrangement(account_id=account_id, cents=offered.cents, rule=offered.rule, made_by=actor)
    session.add(made)
    session.flush()
    for place, part in enumerate(offered.parts, 1):
        row = ArrangementPart(
            arrangement_id=made.id, position=place, due_on=part.due_on, cents=part.cents
        )
        session.add(row)
    grace = timedelta(days=arrangement_rules().grace_days)
    days = (offered.parts[0].due_on, offered.parts[-1].due_on + grace)
    set_hold(session, _hold(made, days, actor))
    return made


def _hold(made: Arrangement, days: tuple[date, date], actor: str) -> NewHold:
    first, last = days
    return NewHold(
        account_id=made.account_id,
        kind=KIND,
        starts_on=first,
        ends_on=last,
        reason=_reason(made),
        set_by=actor,
    )


def _reason(made: Arrangement) -> str:
    return f"arrangement {made.id}"


def _close(session: Session, made: Arrangement, state: str, actor: str) -> None:
    made.state = state
    made.ended_at = session.execute(select(func.now())).scalar_one()
    session.flush()
    given = {"account": made.account_id, "reason": _reason(made)}
    for hold in session.execute(HOLDS, given).scalars().all():
        release_hold(session, hold, actor)


def _current(session: Session, account_id: int) -> Arrangement | None:
    return session.scalar(
        select(Arrangement).where(
            Arrangement.account_id == account_id, Arrangement.state == "current"
        )
    )


def _dues(session: Session, made: Arrangement) -> tuple[Part, ...]:
    query = (
        select(ArrangementPart)
        .where(ArrangementPart.arrangement_id == made.id)
        .order_by(ArrangementPart.position)
    )
    return tuple(Part(row.due_on, row.cents) for row in session.scalars(query))
