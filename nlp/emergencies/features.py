"""What the learned voice for emergencies counts in a sentence: concepts, pairs of them, sounds.

A concept (emergency_concepts.txt) is one idea in either language: "cable" and "wire" speak for
each other. Pairs need no order, so that a lost or a strange word costs one pair and not the phrase.
Letters are those of the words as they sound, the same for "leek" and "leak", "vuelve" and "buelbe".
"""

import re
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from itertools import combinations

from nlp.emergencies.rules import SMALL_WORDS
from nlp.tables import table

WIDEST_PAIR = 12
"""How many words apart two concepts may be and still be a pair."""
IN_ORDER = 3
SHORTEST_RUN, LONGEST_RUN = 2, 5
WORDS_KEPT = 4096
"""How many words' runs and concepts are remembered: people say few different ones."""

_SOUNDS = tuple(
    (re.compile(written), heard)
    for written, heard in (
        ("sch", "sk"), ("t?ch", "C"), ("sh", "S"), ("ph", "f"), ("th", "t"), ("gh", ""),
        ("qu|ck|q", "k"), ("^kn", "n"), ("^wr", "r"), ("gu(?=[ei])", "g"), ("c(?=[eiy])", "s"),
        ("g(?=[ei])", "j"), ("c", "k"), ("x", "ks"), ("z", "s"), ("v", "b"), ("h", ""),
        ("j", "h"), ("y", "i"), (r"(.)\1+", r"\1"),
    )
)  # fmt: skip


def sounds(word: str) -> str:
    """Write a folded word nearly as it sounds in both languages: "leak" stays, "ceja" is "seha"."""
    for written, heard in _SOUNDS:
        word = written.sub(heard, word)
    return word


def ideas(words: Sequence[str]) -> Iterator[str]:
    """Yield the concepts of the words, the pairs of them, and the near pairs in their order."""
    found = [(place, idea) for place, word in enumerate(words) for idea in _ideas_of(word)]
    yield from (idea for _, idea in found)
    for (place, idea), (later, other) in combinations(found, 2):
        if idea == other or not 0 < later - place <= WIDEST_PAIR:
            continue
        yield "&".join(sorted((idea, other)))
        if later - place <= IN_ORDER:
            yield f"{idea}>{other}"


def letters(words: Sequence[str]) -> Iterator[str]:
    """Yield the runs of 2 to 5 letters of each word of weight, as it sounds, ends marked."""
    for word in words:
        if word not in SMALL_WORDS:
            yield from _runs(word)


@lru_cache(WORDS_KEPT)
def _runs(word: str) -> tuple[str, ...]:
    heard = f" {sounds(word)} "
    sizes = range(SHORTEST_RUN, LONGEST_RUN + 1)
    return tuple(
        heard[start : start + size] for size in sizes for start in range(len(heard) - size + 1)
    )


@lru_cache(WORDS_KEPT)
def _ideas_of(word: str) -> tuple[str, ...]:
    whole, begun = _lexicon()
    named = [*whole.get(word, ())]
    for length in range(2, len(word) + 1):
        named += begun.get(word[:length], ())
    return tuple(dict.fromkeys(named))


@cache
def _lexicon() -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """Read the table as whole words and as beginnings, each with its concepts."""
    whole: dict[str, list[str]] = {}
    begun: dict[str, list[str]] = {}
    for idea, ways in table("emergency_concepts").items():
        for way in ways:
            place = begun if way.endswith("*") else whole
            place.setdefault(way.rstrip("*"), []).append(idea)
    return whole, begun
