"""What an account owes: the one figure that phone, desk, statement and ledger share."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from billing.money import Cents

OWED: Final = text("""
SELECT account_id, code, cents FROM balances
WHERE account_id = ANY (CAST(:accounts AS bigint[]))
AND (code LIKE '%.receivable' OR code = 'pool.unapplied') AND cents <> 0
ORDER BY account_id, code""")
HELD: Final = text("SELECT cents FROM balances WHERE account_id = :account AND code = :code")


@dataclass(frozen=True, slots=True)
class Owed:
    """What an account owes now, in cents.

    `by_service` is what each fund's receivable holds (general: fees of no service), zeros left out.
    `unapplied` is as the ledger has it: below zero is the account's credit. `total` is their sum.
    """

    by_service: dict[str, Cents]
    unapplied: Cents
    total: Cents

    @property
    def credit(self) -> Cents:
        """Give the credit that is not applied yet, zero or above."""
        return -self.unapplied


def owed(session: Session, account_id: int) -> Owed:
    """Say what an account owes; nothing for one that never had an entry."""
    return owed_by_each(session, (account_id,))[account_id]


def owed_by_each(session: Session, account_ids: Collection[int]) -> dict[int, Owed]:
    """Say what each of these accounts owes, in one statement."""
    held: dict[int, dict[str, Cents]] = {account: {} for account in account_ids}
    for account, code, cents in session.execute(OWED, {"accounts": list(account_ids)}):
        held[account][code] = cents
    return {account: _owed(codes) for account, codes in held.items()}


def deposits(session: Session, account_id: int) -> Cents:
    """Say how much is held as an account's deposit, zero or above."""
    return kept(session, account_id, "pool.deposits")


def refunds_payable(session: Session, account_id: int) -> Cents:
    """Say how much is approved to be paid back to an account, zero or above."""
    return kept(session, account_id, "pool.refunds_payable")


def kept(session: Session, account_id: int, code: str) -> Cents:
    """Say what the pool holds for an account under a liability, zero or above."""
    given = {"account": account_id, "code": code}
    return -(session.execute(HELD, given).scalar_one_or_none() or 0)


def _owed(codes: dict[str, Cents]) -> Owed:
    unapplied = codes.get("pool.unapplied", 0)
    by_service = {
        code.partition(".")[0]: cents for code, cents in codes.items() if code != "pool.unapplied"
    }
    return Owed(by_service, unapplied, sum(codes.values()))
