"""Telephone numbers as the city writes them, turned into what can be dialled."""

import re

_SHORT_CODE = re.compile(r"[2-9]\d\d")  # N11 and 988: dialled as they are
_NORTH_AMERICAN = re.compile(r"1?([2-9]\d{2}[2-9]\d{6})")


def dialled(written: str) -> str | None:
    """Return "801-852-6000" as "+18018526000" and "911" as it is; None when it is no number."""
    digits = re.sub(r"[\s().+-]", "", written)
    if _SHORT_CODE.fullmatch(digits):
        return digits
    found = _NORTH_AMERICAN.fullmatch(digits)
    return f"+1{found.group(1)}" if found else None
