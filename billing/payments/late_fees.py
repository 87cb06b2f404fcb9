"""Late fees: a percentage of what is past due, once a month, shared by the services it is owed to.

Nothing is charged where a hold or an approved exception speaks against it, nor in production by a
rule that nobody has confirmed, nor on budget billing while its parts are paid.
"""

from collections.abc import Collection
from datetime import date, timedelta
from typing import Final

from sqlalchemy.orm import Session

from billing.accounts.holds import protections
from billing.money import Cents, share
from billing.payments import charges
from billing.payments.budget import covered_since
from billing.payments.exceptions import excepted
from billing.payments.fees import LateFee, read_fees
from billing.payments.portions import percent_of

KIND: Final = "late fee"
EXCEPTION: Final = "no late fee"


def charge_late(  # noqa: PLR0913  the account, the day, who, and by which rule
    session: Session,
    account_id: int,
    on: date,
    actor: str,
    *,
    production: bool = False,
    rule: LateFee | None = None,
) -> list[int]:
    """Charge an account's late fee of this month, once; gives the charges, one for each service.

    Raises NotFound, ClosedPeriod.
    """
    rule = rule or read_fees().late
    charges.lock(session, {account_id})
    if production and rule.origin.unverified:
        return []
    late = past_due(session, account_id, on, rule)
    if sum(late.values()) < max(rule.least, 1) or _spared(session, account_id, on, rule.held_by):
        return []
    if charges.any_key(session, account_id, _month(account_id, on)):
        return []
    fee = percent_of(sum(late.values()), rule.percent)
    due = on + timedelta(days=rule.due_in_days)
    return [
        charges.add_fee(
            session,
            _fee(account_id, service, cents, on, due),
            actor,
            f"{_month(account_id, on)}{service}",
        )
        for service, cents in zip(late, share(fee, list(late.values())), strict=True)
        if cents
    ]


def past_due(session: Session, account_id: int, on: date, rule: LateFee) -> dict[str, Cents]:
    """Add up by service what bears a late fee: past its grace, no fee itself, in no budget."""
    before = on - timedelta(days=rule.grace_days)
    covered = covered_since(session, account_id, on, before, rule.not_on)
    until = min(before, covered) if covered else before
    late: dict[str, Cents] = {}
    for charge in charges.open_of(session, account_id):
        if charge.due_on < until and charge.kind not in rule.not_on:
            late[charge.service] = late.get(charge.service, 0) + charge.cents
    return late


def _spared(session: Session, account_id: int, on: date, kinds: Collection[str]) -> bool:
    held = {hold.kind for hold in protections(session, account_id, on)}
    return bool(held & {*kinds}) or excepted(session, account_id, EXCEPTION, on)


def _fee(account_id: int, service: str, cents: Cents, on: date, due: date) -> charges.Fee:
    return charges.Fee(
        account_id=account_id,
        service=service,
        kind=KIND,
        cents=cents,
        on=on,
        due_on=due,
        code=f"{service}.late_fees",
    )


def _month(account_id: int, on: date) -> str:
    """Begin the key of an account's late fees of a month."""
    return f"late fee:{account_id}:{on:%Y-%m}:"
