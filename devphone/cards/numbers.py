"""The test numbers that the stand-in takes, and what happens to each.

The plain ones are the payment networks' published test numbers; those under 4000 00 follow the
custom of processors' sandboxes. No real card has any of them.
"""

import hashlib
from dataclasses import dataclass
from typing import Final

DIGITS: Final = frozenset("0123456789")
ROUTING: Final = "110000000"  # the sandbox's bank; its number is given to no real one
LAST: Final = 4


@dataclass(frozen=True)
class Fate:
    """What happens to money drawn on a number.

    decline: the reason it is refused with.
    slow_s: so many seconds pass before the answer.
    lose_answer: the charge is made and the answer never leaves.
    settles_late: so many days after the others of its day.
    chargeback: taken back in the report of the next day.
    duplicate_line: stands twice in the report.
    returned: the code with which a bank sends it back, in the report of the next day.
    """

    decline: str = ""
    slow_s: float = 0.0
    lose_answer: bool = False
    settles_late: int = 0
    chargeback: bool = False
    duplicate_line: bool = False
    returned: str = ""


CARDS: Final[dict[str, Fate]] = {
    "4242424242424242": Fate(),
    "4111111111111111": Fate(),
    "5555555555554444": Fate(),
    "378282246310005": Fate(),
    "6011111111111117": Fate(),
    "4000000000000002": Fate(decline="card declined"),
    "4000000000009995": Fate(decline="insufficient funds"),
    "4000000000000069": Fate(decline="expired card"),
    "4000000000000127": Fate(decline="incorrect security code"),
    "4000000000000051": Fate(slow_s=3.0),
    "4000000000000077": Fate(lose_answer=True),
    "4000000000000085": Fate(settles_late=4),
    "4000000000000259": Fate(chargeback=True),
    "4000000000000093": Fate(duplicate_line=True),
}
BANK_ACCOUNTS: Final[dict[str, Fate]] = {
    "000123456789": Fate(),
    "000222222227": Fate(returned="R01"),
    "000333333335": Fate(returned="R03"),
    "000111111116": Fate(decline="account closed"),
}


@dataclass(frozen=True)
class Known:
    """A number that was taken: what may be said of it, and its fate. The number is not in it."""

    tender: str
    last_four: str
    mark: str  # a digest, to tell two numbers apart
    fate: Fate


def card(number: str) -> Known | None:
    """Take a card's number if it is one of the test numbers."""
    digits = "".join(one for one in number if one in DIGITS)
    fate = CARDS.get(digits)
    return Known("card", digits[-LAST:], mark(digits), fate) if fate else None


def bank_account(routing: str, account: str) -> Known | None:
    """Take a bank account if it is one of the test accounts at the test bank."""
    fate = BANK_ACCOUNTS.get(account) if routing == ROUTING else None
    return Known("ach", account[-LAST:], mark(f"{routing}/{account}"), fate) if fate else None


def mark(digits: str) -> str:
    """Tell numbers apart without keeping them."""
    return hashlib.sha256(digits.encode()).hexdigest()[:16]
