"""Ticket numbers: eight random digits and a check digit; none can be guessed from another."""

import secrets
from typing import Final

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from config.check_digits import check_digit
from tickets.tables import Ticket

TRIES_MOST: Final = 20
DIGITS: Final = 8


def free_number(session: Session) -> str:
    """Draw a number that no ticket has; with a million tickets one draw in a hundred is taken."""
    for _ in range(TRIES_MOST):
        drawn = f"{secrets.randbelow(9 * 10 ** (DIGITS - 1)) + 10 ** (DIGITS - 1)}"
        number = drawn + check_digit(drawn)
        if not session.execute(select(exists().where(Ticket.number == number))).scalar():
            return number
    raise RuntimeError(
        f"{TRIES_MOST} ticket numbers in a row were taken: nine digits are not enough"
    )
