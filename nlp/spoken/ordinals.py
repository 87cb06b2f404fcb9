"""Ordinals in both languages: "third", "tercera", "3rd", "1ro"."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from nlp.spoken.lists import table

_ENGLISH: Final = table(
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth "
    "fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth"
)
_SPANISH: Final = table("primer segund tercer cuart quint sext septim octav noven decim")
_UNITS: Final = table("one two three four five six seven eight nine")
_TENS: Final = frozenset({"twenty", "thirty"})

ORDINALS: Final[Mapping[str, int]] = {
    **{word: place for place, word in enumerate(_ENGLISH, 1)},
    **{f"{stem}{end}": place for place, stem in enumerate(_SPANISH, 1) for end in "oa"},
    "primer": 1,
    "tercer": 3,
    "setimo": 7,
    "thirtieth": 30,
}
WRITTEN_ENDING: Final = r"(?:st|nd|rd|th|r[oa]|d[oa]|t[oa]|m[oa]|v[oa]|n[oa]|er|[oa])\b"
_SUFFIX: Final = re.compile(rf"(?<=[0-9]){WRITTEN_ENDING}")


def without_suffixes(text: str) -> str:
    """Folded text with written ordinals as plain digits: "3rd", "1ro" (and "1º", folded "1o")."""
    return _SUFFIX.sub(" ", text)


def as_cardinals(words: Sequence[str]) -> list[str]:
    """Return the tokens with ordinals as numbers: "twenty first" is said as "twenty one"."""
    before = ["", *words]
    return [
        _cardinal(word, previous) if word in ORDINALS else word
        for word, previous in zip(words, before, strict=False)
    ]


def _cardinal(word: str, previous: str) -> str:
    value = ORDINALS[word]
    joins = previous in _TENS and value <= len(_UNITS)
    return _UNITS[value - 1] if joins else str(value)
