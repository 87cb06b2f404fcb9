"""Receipt numbers: nine digits that are easily said, the last a check digit, in no visible order.

The number of a payment is carried to a place among 10^8 by a multiplication that is its own kind of
shuffle (the factor shares no divisor with 10^8, so no two payments meet), and checked by Damm's
algorithm, as ticket numbers are.
"""

from typing import Final

from config.check_digits import check_digit

PLACES: Final = 10**8
FACTOR: Final = 61_803_399  # odd and no multiple of five: a permutation of the places
FROM: Final = 27_182_818


def receipt(payment_id: int) -> str:
    """Give the receipt number of a payment."""
    eight = f"{(payment_id * FACTOR + FROM) % PLACES:08}"
    return eight + check_digit(eight)
