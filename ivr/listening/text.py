"""Text as the listeners compare it: small letters, no accents, plain digits, split in tokens."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Final

from ivr.listening.lists import word_set

_APOSTROPHES: Final = re.compile("['’‘`\u00b4]")
_TOKEN: Final = re.compile("[a-z]+|[0-9]+")

FILLERS: Final = word_set(
    "um uh er ah eh hmm hm mm este pues bueno please por favor hi hello hola ok okay well so like "
    "just actually thanks thank you gracias mire oiga senor senorita senora sir maam"
)


def fold(text: str) -> str:
    """Small letters without accents; any script's decimal digits as 0-9.

    Digits go by `unicodedata.decimal`, not `isdigit`: a circled three is a digit to the latter
    and no number to `int`.
    """
    spread = unicodedata.normalize("NFKD", _APOSTROPHES.sub("", text)).lower()
    return "".join(_plain(letter) for letter in spread if not unicodedata.combining(letter))


def _plain(letter: str) -> str:
    value = unicodedata.decimal(letter, None)
    return letter if value is None else str(value)


def tokens(text: str) -> list[str]:
    """Words and digit groups, folded; everything between them is dropped."""
    return _TOKEN.findall(fold(text))


def trimmed(words: Sequence[str], loose: Iterable[str] = FILLERS) -> list[str]:
    """Return the tokens without the fillers and courtesies at either end."""
    loose = frozenset(loose)
    keep = [place for place, word in enumerate(words) if word not in loose]
    return list(words[keep[0] : keep[-1] + 1]) if keep else []


def starts_at(words: Sequence[str], phrase: Sequence[str]) -> list[int]:
    """Find every place where the phrase begins among the words."""
    if phrase[0] not in words:
        return []
    size = len(phrase)
    last = len(words) - size
    return [place for place in range(last + 1) if list(words[place : place + size]) == [*phrase]]


def holds(words: Sequence[str], phrases: Iterable[Sequence[str]]) -> bool:
    """Say whether any of the phrases stands somewhere among the words."""
    spaced = f" {' '.join(words)} "
    return any(f" {' '.join(phrase)} " in spaced for phrase in phrases)
