"""Text as the listeners compare it: small letters, no accents, plain digits, split in tokens."""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from nlp.spoken.folding import fold
from nlp.spoken.lists import word_set

_TOKEN: Final = re.compile("[a-z]+|[0-9]+")

FILLERS: Final = word_set(
    "um uh er ah eh hmm hm mm este pues bueno please por favor hi hello hola ok okay well so like "
    "just actually thanks thank you gracias mire oiga señor señorita señora sir ma'am"
)


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
