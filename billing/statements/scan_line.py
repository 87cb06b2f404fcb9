"""The scan line of a remittance slip: 42 digits, the last a check digit. Pure.

Account (11), day due as MMDDYY (6), rate code (4), gross and net amount in cents (10 each), all
filled up with zeros, no blanks. The check digit: every other digit from the first is doubled, the
digits of all products are added up, and what is missing to the next ten is written. Source: the
fields and the "Sample Check Digit" page of a maker of remittance scanners (creditron.com).
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from billing.errors import BadAmount
from billing.money import Cents

LENGTH: Final = 42
RATE_CODE: Final = "0000"
MOST: Final = 10**10
DIGITS: Final = frozenset("0123456789")


@dataclass(frozen=True, slots=True)
class Slip:
    """What a scan line says: the account's eight digits, the day due, the amount asked for."""

    account: str
    due_on: date
    cents: Cents


def scan_line(slip: Slip) -> str:
    """Write a slip's scan line; a credit asks for nothing. Raises BadAmount beyond ten digits."""
    cents = max(slip.cents, 0)
    if cents >= MOST:
        raise BadAmount("size", f"{cents} cents do not fit a scan line", "Send a bill by hand.")
    amount = f"{cents:010}"
    digits = f"{slip.account:0>11}{slip.due_on:%m%d%y}{RATE_CODE}{amount}{amount}"
    return digits + check_digit(digits)


def read_scan_line(line: str) -> Slip:
    """Read a scan line back; raises BadAmount where a digit of it was misread."""
    shaped = len(line) == LENGTH and set(line) <= DIGITS
    if not shaped or check_digit(line[:-1]) != line[-1]:
        raise BadAmount("scan line", f"{line!r} is no scan line of ours", "Key the slip by hand.")
    try:
        due_on = datetime.strptime(line[11:17] + "+0000", "%m%d%y%z").date()
    except ValueError:
        raise BadAmount("scan line", f"{line!r} has no day", "Key the slip by hand.") from None
    return Slip(line[3:11], due_on, int(line[31:41]))


def check_digit(digits: str) -> str:
    """Give the digit to write after these."""
    total = 0
    for place, digit in enumerate(digits):
        product = int(digit) * (1 if place % 2 else 2)
        total += product // 10 + product % 10
    return str(-total % 10)
