"""Letters as the listeners compare them: small, without accents, digits plain."""

import re
import unicodedata
from typing import Final

_APOSTROPHES: Final = re.compile("['’‘`\u00b4]")


def fold(text: str) -> str:
    """Small letters without accents; any script's decimal digits as 0-9.

    Digits go by `unicodedata.decimal`, not `isdigit`: a circled three is a digit to the latter
    and no number to `int`.
    """
    if text.isascii():
        return _APOSTROPHES.sub("", text).lower()
    spread = unicodedata.normalize("NFKD", _APOSTROPHES.sub("", text)).lower()
    return "".join(_plain(letter) for letter in spread if not unicodedata.combining(letter))


def _plain(letter: str) -> str:
    value = unicodedata.decimal(letter, None)
    return letter if value is None else str(value)
