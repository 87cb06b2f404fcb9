"""A phrase of config/emergencies.yaml as a rule: words in order, each with its ways to be said.

One that begins with `~` is a whole sentence: the learned voice learns from it, no rule is made.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from nlp.answers import TrainingEmergency
from nlp.normalise import plain_words
from nlp.tables import table

SMALL_WORDS = frozenset(table("small_words")["small"])
DENIALS = frozenset(table("small_words")["denials"])
DENIAL_REACH = frozenset(table("small_words")["reach"])
ENDINGS = ("ing", "ed", "es", "s", "e", "o", "a")
SHORTEST_STEM = 3
LONG_WORD = 7
SENTENCE = "~"
MOST_WAYS = 6


@dataclass(frozen=True)
class Rule:
    """One phrase of one emergency. `strong`: one word counts whatever else is said."""

    emergency: str
    phrase: str
    look_alike: bool
    words: tuple[frozenset[str], ...]
    strong: bool


def rules_of(emergencies: Sequence[TrainingEmergency]) -> tuple[Rule, ...]:
    """Make the rules in the order of the city's file. ValueError for a phrase without weight."""
    return tuple(
        make_rule(each.id, phrase, look_alike=look_alike)
        for each in emergencies
        for phrases, look_alike in (
            ((*each.phrases_en, *each.phrases_es), False),
            ((*each.not_en, *each.not_es), True),
        )
        for phrase in phrases
        if not phrase.startswith(SENTENCE)
    )


def make_rule(emergency: str, phrase: str, *, look_alike: bool) -> Rule:
    """Make a rule: `a|b` is one word, `=word` keeps a small word, a last `!` makes it strong."""
    words = tuple(ways for word in phrase.rstrip("!").split() if (ways := _ways(word)))
    if not words:
        raise ValueError(f"emergency {emergency}: the phrase '{phrase}' has only small words")
    return Rule(emergency, phrase, look_alike, words, phrase.endswith("!"))


def plain_phrases(phrase: str) -> Iterator[str]:
    """Yield a phrase as it may be said: once for each way of its word with most ways, up to six."""
    words = [word.lstrip("=").split("|") for word in phrase.strip("!~ ").split()]
    most = min(MOST_WAYS, max(map(len, words), default=0))
    for turn in range(most):
        yield " ".join(ways[(turn * max(1, len(ways) // most)) % len(ways)] for ways in words)


def stem(word: str) -> str:
    """Cut the commonest endings: "wires" and "wire" become one, as do "caídos" and "caída"."""
    for ending in ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= SHORTEST_STEM:
            shorter = word[: -len(ending)]
            return stem(shorter) if ending == "s" else shorter
    return word


def one_slip(heard: str, known: str) -> bool:
    """Whether one letter more, less, other or swapped makes one stem the other (same beginning)."""
    if len(known) < LONG_WORD or heard[0] != known[0] or abs(len(heard) - len(known)) > 1:
        return False
    shorter = min(len(heard), len(known))
    alike = next((place for place in range(shorter) if heard[place] != known[place]), shorter)
    rest, wanted = heard[alike:], known[alike:]
    swapped = rest[1:2] + rest[:1] + rest[2:]
    return wanted in (swapped, rest[1:]) or rest == wanted[1:] or rest[1:] == wanted[1:]


def _ways(word: str) -> frozenset[str]:
    """Return the stems of one word's ways; none for a small word that is not marked as needed."""
    plain = plain_words(word.replace("|", " "))
    small = all(way in SMALL_WORDS for way in plain) and not word.startswith("=")
    return frozenset() if small else frozenset(stem(way) for way in plain)
