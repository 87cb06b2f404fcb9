"""The usual entries, by what happened. Every function gives lines that balance in every fund.

Amounts are whole cents above zero; services that get nothing are left out. Each raises BadAmount.
"""

from collections.abc import Iterator, Mapping

from billing.errors import BadAmount
from billing.ledger.postings import Line
from billing.money import Cents, above_zero, whole

Lines = tuple[Line, ...]


def charged(service: str, cents: Cents, account_id: int, revenue_code: str) -> Lines:
    """Charge an account: it owes the service's fund, which earned it under `revenue_code`.

    `revenue_code` is of the same fund: revenue, late_fees, fees, or tax_payable.
    """
    above_zero(cents)
    return Line(f"{service}.receivable", cents, account_id), Line(revenue_code, -cents)


def received(
    cash_code: str, by_service: Mapping[str, Cents], unapplied: Cents, account_id: int | None
) -> Lines:
    """Take money in under `cash_code`, for these services, the rest kept as the account's credit.

    Without an account nothing can be applied, and all of it waits in suspense.
    """
    total = whole(sum(by_service.values()) + unapplied)
    kept = _kept("pool.unapplied", unapplied, account_id) if unapplied else ()
    return Line(cash_code, above_zero(total)), *_paid(by_service, account_id), *kept


def applied(
    by_service: Mapping[str, Cents], account_id: int, source: str = "pool.unapplied"
) -> Lines:
    """Use what is held for an account (its credit; or `source` pool.deposits) for what it owes."""
    total = above_zero(sum(by_service.values()))
    return Line(source, total, account_id), *_paid(by_service, account_id)


def adjusted(service: str, cents: Cents, account_id: int) -> Lines:
    """Forgive part of what an account owes a service; against the fund's adjustments."""
    return _forgiven(f"{service}.adjustments", service, cents, account_id)


def written_off(service: str, cents: Cents, account_id: int) -> Lines:
    """Give up part of what an account owes a service, as bad debt of its fund."""
    return _forgiven(f"{service}.bad_debt", service, cents, account_id)


def moved(service: str, cents: Cents, from_account: int, to_account: int) -> Lines:
    """Move what one account owes a service to another account."""
    code = f"{service}.receivable"
    return Line(code, above_zero(cents), to_account), Line(code, -cents, from_account)


def deposited(cash_code: str, cents: Cents, account_id: int) -> Lines:
    """Take a deposit in; it stays the resident's money."""
    return Line(cash_code, above_zero(cents)), Line("pool.deposits", -cents, account_id)


def held_over(from_code: str, to_code: str, cents: Cents, account_id: int) -> Lines:
    """Move what the pool holds for an account, as from its deposit to its credit."""
    return (
        Line(from_code, above_zero(cents), account_id),
        Line(to_code, -cents, account_id),
    )


def refunded(cash_code: str, cents: Cents, account_id: int) -> Lines:
    """Pay out a refund that is payable to an account."""
    return Line("pool.refunds_payable", above_zero(cents), account_id), Line(cash_code, -cents)


def banked(from_code: str, to_code: str, cents: Cents) -> Lines:
    """Move cash within the pool: drawer to vault, undeposited to bank."""
    return Line(to_code, above_zero(cents)), Line(from_code, -cents)


def _forgiven(code: str, service: str, cents: Cents, account_id: int) -> Lines:
    return Line(code, above_zero(cents)), Line(f"{service}.receivable", -cents, account_id)


def _kept(code: str, cents: Cents, account_id: int | None) -> Lines:
    if account_id is None:
        return (Line("pool.suspense", -above_zero(cents)),)
    return (Line(code, -above_zero(cents), account_id),)


def _paid(by_service: Mapping[str, Cents], account_id: int | None) -> Iterator[Line]:
    """Hand money of the pool to the funds of these services, and lessen what the account owes."""
    for service, cents in by_service.items():
        if account_id is None:
            message = f"{cents} cents for {service} are of no account"
            raise BadAmount("known account", message, "Keep it in suspense until it is known.")
        if cents == 0:
            continue
        yield Line(f"pool.due_to_{service}", -above_zero(cents))
        yield Line(f"{service}.due_from_pool", cents)
        yield Line(f"{service}.receivable", -cents, account_id)
