"""The city's named streets as a recogniser writes them: found by name, with small slips."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final

from nlp.spoken.folding import fold
from nlp.spoken.street_words import STREETS

_MOST_WORDS: Final = 3  # of a street's name
_ONE_SLIP: Final = 4  # letters; in shorter names every letter counts
_TWO_SLIPS: Final = 8


@dataclass(frozen=True)
class Named:
    """A street of the list: its name without its kind, folded ("center"), its kind, its sign."""

    name: str
    kind: str
    sign: str


@dataclass(frozen=True)
class Found:
    """A street at the beginning of some words: the sign, and how many words were its name."""

    sign: str
    words: int


@dataclass(frozen=True)
class Index:
    """The streets by name; `signs` says by name and kind."""

    by_name: Mapping[str, tuple[Named, ...]]

    def exact(self, words: Sequence[str]) -> Found | None:
        """Find the street whose name these words begin with, the longest name first."""
        for size in range(min(_MOST_WORDS, len(words)), 0, -1):
            known = self.by_name.get(" ".join(words[:size]))
            if known:
                return Found(_sign(known, words[size : size + 1]), size)
        return None

    def like(self, words: Sequence[str]) -> Found | None:
        """Find the one street whose name sounds nearly like the words; also "free dom"."""
        for size in range(min(_MOST_WORDS, len(words)), 0, -1):
            near = nearest("".join(words[:size]), tuple(self.by_name))
            if near:
                return Found(_sign(self.by_name[near], words[size : size + 1]), size)
        return None


def _sign(known: Sequence[Named], following: Sequence[str]) -> str:
    """Choose among streets of one name by the kind that follows; the first where none tells."""
    kind = STREETS.get(following[0], "") if following else ""
    return next((street.sign for street in known if street.kind == kind), known[0].sign)


@cache
def index_of(signs: tuple[str, ...]) -> Index:
    """Make the index of these streets, once for each list."""
    named = [_named(sign) for sign in signs]
    names = dict.fromkeys(street.name for street in named)
    return Index({name: tuple(one for one in named if one.name == name) for name in names})


def _named(sign: str) -> Named:
    name, _, kind = sign.rpartition(" ")
    return Named(fold(name), kind, sign)


@lru_cache(maxsize=4096)
def nearest(said: str, names: tuple[str, ...]) -> str:
    """Return the name that is the nearest within its slips; "" for none, or for two as near."""
    near = sorted(_near(said, names))
    alone = len(near) == 1 or (len(near) > 1 and near[0][0] < near[1][0])
    return near[0][1] if alone else ""


def _near(said: str, names: Sequence[str]) -> Iterator[tuple[int, str]]:
    letters = set(said)
    for name in names:
        joined = name.replace(" ", "")
        slips = _slips(joined)
        alike = abs(len(joined) - len(said)) <= slips and len(letters ^ set(joined)) <= 2 * slips
        if alike and (away := distance(said, joined)) <= slips:
            yield away, name


def _slips(name: str) -> int:
    return (len(name) > _ONE_SLIP) + (len(name) >= _TWO_SLIPS)


def distance(one: str, other: str) -> int:
    """Count the letters to change, add or drop to make one of the other (Levenshtein)."""
    above = list(range(len(other) + 1))
    for row, letter in enumerate(one, 1):
        line = [row]
        for column, letter_there in enumerate(other, 1):
            changed = above[column - 1] + (letter != letter_there)
            line.append(min(above[column] + 1, line[column - 1] + 1, changed))
        above = line
    return above[-1]
