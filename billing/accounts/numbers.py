"""Account numbers: eight digits, the last a check digit, and never one after the other.

Next to a mistyped digit there is then no neighbour's account: Damm's check digit catches every
single wrong digit and every swap of two, and numbers in no order cannot be counted up.
"""

import secrets
from typing import Final

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from billing.accounts.tables import Account
from billing.errors import Conflict
from config.check_digits import check_digit

LENGTH: Final = 8
LEAST: Final = 1_000_000  # no number begins with 0: spreadsheets and people drop it
MANY: Final = 9_000_000
STEP: Final = 5_549_281  # shares no factor with MANY, so every number comes once
DIGITS: Final = frozenset("0123456789")
TRIES: Final = 20
DRAWN_FROM: Final = 1_000_000  # the places before it are for numbers given in order, as by a seed


def numbered(place: int) -> str:
    """Give the account number at a place of a fixed, mixed-up order; places are 0..8,999,999."""
    seven = str(LEAST + place * STEP % MANY)
    return seven + check_digit(seven)


def is_account_number(number: str) -> bool:
    """Say whether these are eight digits, the last the check digit of the others."""
    shaped = len(number) == LENGTH and set(number) <= DIGITS
    return shaped and check_digit(number[:-1]) == number[-1]


def free_number(session: Session) -> str:
    """Draw a number that no account has; the table itself keeps two from taking one."""
    for _ in range(TRIES):
        number = numbered(DRAWN_FROM + secrets.randbelow(MANY - DRAWN_FROM))
        if not session.scalar(select(exists().where(Account.number == number))):
            return number
    raise Conflict("free number", "no free account number was found", "Try again.")
