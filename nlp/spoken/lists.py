"""Tables of words, written as people write them and folded as the listeners compare them."""

import re

from nlp.spoken.folding import fold


def table(words: str) -> tuple[str, ...]:
    """Split the words at blanks, in order. Not folded: the voice says these too."""
    return tuple(words.split())


def word_set(words: str) -> frozenset[str]:
    """Split the words at blanks, for asking whether a token is among them."""
    return frozenset(fold(words).split())


def split_phrases(lines: str) -> frozenset[tuple[str, ...]]:
    """Split phrases at commas and line ends, each into its words."""
    parts = re.split("[,\n]", fold(lines))
    return frozenset(tuple(part.split()) for part in parts if part.strip())
