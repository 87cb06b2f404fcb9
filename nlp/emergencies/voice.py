"""The learned voice beside the emergency rules: a linear score over ideas, sounds and meaning.

It knows indirect wordings and broken words that no rule foresaw; the rules know what must never be
missed. Ideas and sounds are counted in plain numpy; the meaning is a sentence vector's, where the
package for them is installed. Each way has limits of its own: above the higher one it is sure.
"""

import json
import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import astuple, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nlp.emergencies.features import ideas, letters
from nlp.emergencies.rules import SMALL_WORDS
from nlp.normalise import heard_text
from nlp.vectors import Singles, packaged

Grams = Callable[[Sequence[str]], Iterable[str]]
BLOCKS: tuple[Grams, ...] = (ideas, letters)
MOST_AT_ONCE = 16
"""A longer sentence is heard in pieces of so many words that overlap by half."""


@dataclass(frozen=True)
class Counts:
    """One block: its known grams with their places, and their rarity (idf)."""

    known: dict[str, int]
    rarity: NDArray[np.float64]

    def row(self, grams: Iterable[str]) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
        """Return places and values, of length one together, as scikit-learn's TF-IDF does."""
        counts = Counter(gram for gram in grams if gram in self.known)
        places = np.fromiter((self.known[gram] for gram in counts), np.intp, len(counts))
        often = np.fromiter(counts.values(), np.float64, len(counts))
        values = (1.0 + np.log(often)) * self.rarity[places]
        return places, values / (np.linalg.norm(values) or 1.0)


@dataclass(frozen=True)
class Limits:
    """Scores from which an emergency is worth a question, and from which it is sure.

    Below `doubted` not even a rule's word is enough: the caller is asked.
    """

    asked: float
    sure: float
    doubted: float = -math.inf


@dataclass(frozen=True)
class Heard:
    """The likeliest emergency; `sure` or only worth asking about, or neither; and its score."""

    emergency: str
    score: float
    limits: Limits

    @property
    def sure(self) -> bool:
        return self.score > self.limits.sure

    @property
    def worth_asking(self) -> bool:
        return self.score > self.limits.asked

    @property
    def doubted(self) -> bool:
        return self.score < self.limits.doubted


@dataclass(frozen=True)
class Voice:
    """Weights (grams of all blocks, emergencies) against "none of them", and where it alarms.

    `meaning` (dimensions of a vector and one, emergencies) is added to that, and `together` are the
    limits then; without it, or without the package, `alone` are.
    """

    names: tuple[str, ...]
    counts: tuple[Counts, ...]
    weights: tuple[NDArray[np.float32], ...]
    bias: NDArray[np.float64]
    meaning: Singles | None
    alone: Limits
    together: Limits

    def hear(self, words: Sequence[str], said: str) -> Heard:
        """Return the likeliest emergency, however unlikely; `words` are those of `said`, plain."""
        cut = pieces(words)
        scores = np.array([self._counted(piece) for piece in cut])
        vectors = packaged() if self.meaning is not None else None
        if vectors is not None and self.meaning is not None:
            whole = [" ".join(piece) for piece in cut] if len(cut) > 1 else [heard_text(said)]
            meant = vectors.encode(whole)
            scores += meanings(meant, self.meaning)
        best = int(scores.max(axis=0).argmax())
        limits = self.alone if vectors is None else self.together
        return Heard(self.names[best], float(scores[:, best].max()), limits)

    def _counted(self, words: Sequence[str]) -> NDArray[np.float64]:
        scores = self.bias.copy()
        for grams, counts, weights in zip(BLOCKS, self.counts, self.weights, strict=True):
            places, values = counts.row(grams(words))
            scores += values @ weights[places]
        return scores

    def to_disk(self, folder: Path) -> None:
        """Write names, grams and threshold as JSON, weights as arrays."""
        folder.mkdir(parents=True, exist_ok=True)
        told = {
            "names": self.names,
            "alone": astuple(self.alone),
            "together": astuple(self.together),
            "grams": [[*counts.known] for counts in self.counts],
        }
        (folder / "voice.json").write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")
        np.save(folder / "bias.npy", self.bias)
        if self.meaning is not None:
            np.save(folder / "meaning.npy", self.meaning)
        for place, (counts, weights) in enumerate(zip(self.counts, self.weights, strict=True)):
            np.save(folder / f"rarity{place}.npy", counts.rarity)
            np.save(folder / f"weights{place}.npy", weights)

    @classmethod
    def from_disk(cls, folder: Path) -> "Voice":
        """Read what `to_disk` wrote."""
        told = json.loads((folder / "voice.json").read_text(encoding="utf-8"))
        counts = tuple(
            Counts({gram: at for at, gram in enumerate(grams)}, np.load(folder / f"rarity{n}.npy"))
            for n, grams in enumerate(told["grams"])
        )
        weights = tuple(np.load(folder / f"weights{n}.npy") for n in range(len(counts)))
        there = (folder / "meaning.npy").is_file()
        return cls(
            tuple(told["names"]),
            counts,
            weights,
            np.load(folder / "bias.npy"),
            np.load(folder / "meaning.npy") if there else None,
            Limits(*told["alone"]),
            Limits(*told["together"]),
        )


def meanings(vectors: Singles, weights: Singles) -> NDArray[np.float64]:
    """Score each vector for each emergency against none of them; the last weight is a constant."""
    return (vectors @ weights[:-1] + weights[-1]).astype(np.float64)


def pieces(words: Sequence[str]) -> list[Sequence[str]]:
    """Cut what is long, so that an emergency in a story is not drowned by the rest of it."""
    heavy = [place for place, word in enumerate(words) if word not in SMALL_WORDS]
    if len(heavy) <= MOST_AT_ONCE:
        return [words]
    starts = heavy[: -MOST_AT_ONCE // 2 : MOST_AT_ONCE // 2]
    ends = [*heavy[MOST_AT_ONCE :: MOST_AT_ONCE // 2], len(words)]
    return [words[start:end] for start, end in zip(starts, ends, strict=False)]
