"""Tables of words, written as the text they are rather than as long Python lists."""

import re


def table(words: str) -> tuple[str, ...]:
    """Split the words at blanks, in order."""
    return tuple(words.split())


def word_set(words: str) -> frozenset[str]:
    """Split the words at blanks, for asking whether one is among them."""
    return frozenset(words.split())


def split_phrases(lines: str) -> frozenset[tuple[str, ...]]:
    """Split phrases at commas and line ends, each into its words."""
    parts = re.split("[,\n]", lines)
    return frozenset(tuple(part.split()) for part in parts if part.strip())
