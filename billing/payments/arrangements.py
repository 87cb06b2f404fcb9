"""Payment arrangements: what the rule grants, kept while its parts are paid, broken when not.

An arrangement is about the charges that were past due when it was made, and asks for its parts of
them. The bills that fall due meanwhile are paid besides: money that goes to those keeps nothing.
Where the city's order put a newer bill's money on the older charges, it is counted for that bill.
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
# What came since the making on the charges that it is about, less what was taken back of it, and of
# no charge more than was open. An older payment that comes back is a new debt, and no part of it.
PAID: Final = text("""
SELECT CAST(coalesce(sum(least(cents, greatest(paid, 0))), 0) AS bigint) FROM (
    SELECT c.cents, sum(a.cents) AS paid FROM arrangement_charges c
    JOIN allocations a ON a.charge_id = c.charge_id JOIN journal j ON j.id = a.transaction_id
    LEFT JOIN payments p ON p.id = a.payment_id
    WHERE c.arrangement_id = :arrangement AND j.effective_on <= :on
    AND coalesce(p.transaction_id, a.transaction_id) > :after
    GROUP BY c.charge_id, c.cents) each_charge""")
BESIDES: Final = text("""
SELECT CAST(coalesce(sum(c.open_cents), 0) AS bigint) FROM charges c
WHERE c.account_id = :account AND c.open_cents > 0 AND c.due_on >= :since AND c.due_on < :before
AND NOT EXISTS (SELECT FROM arrangement_charges m
    WHERE m.arrangement_id = :arrangement AND m.charge_id = c.id)""")
ABOUT: Final = text("""
INSERT INTO arrangement_charges (arrangement_id, charge_id, cents)
SELECT :arrangement, id, open_cents FROM charges
WHERE account_id = :account AND open_cents > 0 AND due_on < :on""")
NEWEST: Final = text("SELECT coalesce(max(id), 0) FROM journal")
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


def make(  # noqa: PLR0913, PLR0917  the offer, when, by whom, once for this key
    session: Session,
    account_id: int,
    offered: Offer,
    on: date,
    actor: str,
    key: str | None = None,
) -> Arrangement:
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
    made = Arrangement(
        account_id=account_id, cents=now.cents, rule=now.rule, made_by=actor, key=key
    )
    return _write(session, made, now, on)


def check(session: Session, account_id: int, on: date, actor: str) -> Arrangement | None:
    """Look whether the current arrangement is kept or broken by now; gives it, as it stands."""
    charges.lock(session, {account_id})
    current = _current(session, account_id)
    if current is None:
        return None
    stands = _stands(session, current, on)
    if stands != "current":
        _close(session, current, stands, actor)
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


def _stands(session: Session, made: Arrangement, on: date) -> str:
    """Say how it stands: by its parts, and by the bills that fell due besides."""
    rules = arrangement_rules()
    before, dues = on - timedelta(days=rules.grace_days), _dues(session, made)
    given = {"arrangement": made.id, "after": made.after, "on": on}
    paid = session.execute(PAID, given).scalar_one()
    given = {"arrangement": made.id, "account": made.account_id, "before": before}
    since = {"since": dues[0].due_on}
    besides = session.execute(BESIDES, {**given, **since}).scalar_one()
    ahead = paid - sum(part.cents for part in dues if part.due_on < before)
    if ahead < (besides if rules.bills_besides else 0):
        return "broken"
    return "current" if paid < made.cents or (besides and rules.bills_besides) else "kept"


def _write(session: Session, made: Arrangement, offered: Offer, on: date) -> Arrangement:
    made.after = session.execute(NEWEST).scalar_one()
    session.add(made)
    session.flush()
    about = {"arrangement": made.id, "account": made.account_id, "on": on}
    session.execute(ABOUT, about)
    for place, part in enumerate(offered.parts, 1):
        row = ArrangementPart(
            arrangement_id=made.id, position=place, due_on=part.due_on, cents=part.cents
        )
        session.add(row)
    grace = timedelta(days=arrangement_rules().grace_days)
    days = (offered.parts[0].due_on, offered.parts[-1].due_on + grace)
    set_hold(session, _hold(made, days, made.made_by))
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
