"""Which phrases of an intent are most like some words: by the letters they share, without a model.

Enough for a person who decides whether a phrase is new; the line itself compares otherwise.
"""

from collections.abc import Iterable
from typing import Final

from learning.wording import folded

LETTERS: Final = 3


def nearest(words: str, phrases: Iterable[str], most: int = 3) -> list[str]:
    """Give the phrases that share most with the words, the likest first."""
    pieces = _pieces(words)
    scored = [(_alike(pieces, _pieces(phrase)), phrase) for phrase in phrases]
    return [phrase for score, phrase in sorted(scored, key=lambda each: -each[0])[:most] if score]


def _alike(one: frozenset[str], other: frozenset[str]) -> float:
    """Compute Dice's coefficient: 1 for the same pieces, 0 for none in common."""
    return 2 * len(one & other) / (len(one) + len(other) or 1)


def _pieces(words: str) -> frozenset[str]:
    padded = f" {' '.join(folded(word) for word in words.split())} "
    return frozenset(padded[at : at + LETTERS] for at in range(len(padded) - LETTERS + 1))
