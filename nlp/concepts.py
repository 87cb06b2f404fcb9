"""Words -> what they mean, the same in both languages: "lamp post" and "farol" are one concept.

The table is concepts.txt. With it a phrase that was learnt in one wording, or in one language,
speaks for its other wordings too.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from nlp.tables import table

LONGEST_EXPRESSION = 4
SHORTEST_BEGINNING = 3


@dataclass(frozen=True)
class Concepts:
    """Expressions (their words joined by a space) and word beginnings, each with its concepts."""

    expressions: Mapping[str, tuple[str, ...]]
    beginnings: Mapping[str, tuple[str, ...]]

    def found(self, words: Sequence[str]) -> Iterator[str]:
        """Name the concepts in `words` in order; an expression inside another counts too."""
        for start, word in enumerate(words):
            for size in range(1, min(LONGEST_EXPRESSION, len(words) - start) + 1):
                yield from self.expressions.get(" ".join(words[start : start + size]), ())
            yield from self._begun(word)

    def _begun(self, word: str) -> Iterator[str]:
        for length in range(SHORTEST_BEGINNING, len(word) + 1):
            yield from self.beginnings.get(word[:length], ())


@cache
def concepts() -> Concepts:
    """Read concepts.txt, once."""
    expressions: dict[str, tuple[str, ...]] = {}
    beginnings: dict[str, tuple[str, ...]] = {}
    for concept, ways in table("concepts").items():
        for way in dict.fromkeys(ways):
            place = beginnings if way.endswith("*") else expressions
            place[way.rstrip("*")] = (*place.get(way.rstrip("*"), ()), concept)
    return Concepts(expressions, beginnings)
