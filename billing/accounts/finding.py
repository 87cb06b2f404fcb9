"""Finding accounts: by number, by a phone on file, by how an address begins.

A pending account is not found: until its import is live, nobody knows what it owes.
"""

import re
from typing import Final

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from billing.accounts.numbers import is_account_number
from billing.accounts.tables import Account, AccountResident, Premise
from billing.errors import NotFound
from config.phones import dialled
from people.tables import ResidentPhone

MOST: Final = 20
PENDING: Final = "pending"
BY_NUMBER: Final = "Look the account up by its number, a phone on file or its address."


def find(session: Session, number: str) -> Account:
    """Find an account by its eight digits, blanks and dashes aside; raises NotFound.

    The message says whether the digits were wrong in themselves, nobody has them, or the account
    waits for its import.
    """
    told = re.sub(r"[\s-]", "", number)
    found = session.scalar(select(Account).where(Account.number == told))
    if found is None:
        wrong = "" if is_account_number(told) else ": its check digit is wrong"
        raise NotFound("known account", f"there is no account {told!r}{wrong}", BY_NUMBER)
    return _live(found)


def get(session: Session, account_id: int, *, locked: bool = False) -> Account:
    """Give an account by its row, `locked` until the transaction ends; raises NotFound."""
    found = session.get(Account, account_id, with_for_update=locked, populate_existing=locked)
    if found is None:
        raise NotFound("known account", f"there is no account with id {account_id}", BY_NUMBER)
    return _live(found)


def by_phone(session: Session, phone: str, *, most: int = MOST) -> list[Account]:
    """List the accounts of whoever has this phone, active ones first.

    Holders, co-holders, owners and authorised people count; former ones do not.
    """
    number = dialled(phone)
    theirs = select(ResidentPhone.resident_id).where(ResidentPhone.phone == number)
    joined = select(AccountResident.account_id).where(
        AccountResident.resident_id.in_(theirs), AccountResident.part != "former"
    )
    mine = or_(Account.resident_id.in_(theirs), Account.id.in_(joined))
    order = (Account.status != "active", Account.opened_on.desc(), Account.id)
    found = select(Account).where(mine, Account.status != PENDING).order_by(*order).limit(most)
    return list(session.scalars(found)) if number else []


def by_address(session: Session, beginning: str, *, most: int = MOST) -> list[Account]:
    """List the accounts at addresses that begin so, active ones first; none for no words."""
    said = " ".join(beginning.split())
    found = (
        select(Account)
        .join(Premise, Premise.id == Account.premise_id)
        .where(func.lower(Premise.address).startswith(said.lower(), autoescape=True))
        .where(Account.status != PENDING)
        .order_by(Account.status != "active", Premise.address, Account.opened_on.desc())
        .limit(most)
    )
    return list(session.scalars(found)) if said else []


def _live(account: Account) -> Account:
    """Refuse an account that waits for its import."""
    if account.status == PENDING:
        message = f"account {account.number} waits for its import to go live"
        raise NotFound("live account", message, "Go live with the import first.")
    return account
