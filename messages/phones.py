"""Which numbers may get a text from the city: North American numbers a person can hold."""

from functools import lru_cache
from typing import Final

import phonenumbers
from phonenumbers import PhoneNumberType

HELD: Final = frozenset({PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE})
COUNTRY: Final = 1
ORDINARY: Final = "2222222"
RESERVED: Final = "55501"  # 555-01xx is set aside for stories and demonstrations


@lru_cache(maxsize=4096)
def can_get_texts(phone: str) -> bool:
    """Tell whether a number (E.164) may be texted; toll, premium and foreign numbers may not."""
    try:
        number = phonenumbers.parse(phone)
    except phonenumbers.NumberParseException:
        return False
    if number.country_code != COUNTRY:
        return False
    national = str(number.national_number)
    if national[3:8] == RESERVED:  # as good as any other number of its area, premium or not
        number = phonenumbers.PhoneNumber(COUNTRY, int(national[:3] + ORDINARY))
    region = phonenumbers.region_code_for_number(number)
    return region == "US" and phonenumbers.number_type(number) in HELD
