"""The check digit of ticket numbers: Damm's algorithm, pure.

A ticket number is nine digits, the last a check digit. Damm's quasigroup of order ten catches
every single wrong digit and every swap of two neighbours, which are the slips people make when
they read a number aloud or key it. Source: H. M. Damm, "Total anti-symmetric quasigroups"
(Marburg 2004), the table given there for order ten.
"""

from typing import Final

_TABLE: Final = (
    "0317598642",
    "7092154863",
    "4206871359",
    "1750983426",
    "6123045978",
    "3674209581",
    "5869720134",
    "8945362017",
    "9438617205",
    "2581436790",
)
_TICKET_DIGITS: Final = 9
_DIGITS: Final = frozenset("0123456789")


def check_digit(eight: str) -> str:
    """Return the digit to write after these digits (a ticket number has eight before it).

    Raises ValueError for anything but ASCII digits: `"❸".isdigit()` is true, so sets are used.
    """
    if not eight or not set(eight) <= _DIGITS:
        raise ValueError(f"a check digit is made from digits only, not {eight!r}")
    interim = "0"
    for digit in eight:
        interim = _TABLE[int(interim)][int(digit)]
    return interim


def is_ticket_number(number: str) -> bool:
    """Say whether these are nine ASCII digits, the last the check digit of the others."""
    shaped = len(number) == _TICKET_DIGITS and set(number) <= _DIGITS
    return shaped and check_digit(number[:-1]) == number[-1]
