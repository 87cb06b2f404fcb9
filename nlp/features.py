"""Text -> TF-IDF of words, letters and concepts, in numpy; equal to scikit-learn's.

Words 1-2 at a time, letters 2-5 at a time inside words, and what the words mean (concepts.py).
Each block is tf (1 + ln count) times idf, brought to length one, and they stand side by side. A
text costs a fraction of a millisecond.
"""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

from nlp.concepts import concepts

Numbers = NDArray[np.float64]
Places = NDArray[np.intp]
Flags = NDArray[np.bool_]
Unit = Literal["words", "letters", "concepts"]
Item = TypeVar("Item")


def picked(items: Sequence[Item], places: Places) -> list[Item]:
    """Pick the items at these places, in the places' order."""
    numbers: list[int] = places.tolist()
    return [items[number] for number in numbers]


@dataclass(frozen=True)
class Shape:
    """What one block counts: runs of `low`..`high` words, or letters inside words, or concepts."""

    unit: Unit
    low: int
    high: int

    def grams(self, text: str) -> Iterator[str]:
        """Yield every run in `text`, repeats included."""
        words = text.split()
        if self.unit == "concepts":
            return concepts().found(words)
        runs = word_runs if self.unit == "words" else letter_runs
        return runs(words, self.low, self.high)


def word_runs(words: Sequence[str], low: int, high: int) -> Iterator[str]:
    """Yield runs of `low`..`high` neighbouring words, joined by a space."""
    for size in range(low, high + 1):
        for start in range(len(words) - size + 1):
            yield " ".join(words[start : start + size])


def letter_runs(words: Sequence[str], low: int, high: int) -> Iterator[str]:
    """Yield runs of `low`..`high` letters inside each word with a space at both its ends."""
    for word in words:
        yield from _runs_in_word(f" {word} ", low, high)


def _runs_in_word(padded: str, low: int, high: int) -> Iterator[str]:
    for size in range(low, high + 1):
        for start in range(max(1, len(padded) - size + 1)):
            yield padded[start : start + size]
        if len(padded) <= size:  # a word shorter than the run counts once, as scikit-learn has it
            return


@dataclass(frozen=True)
class Block:
    """One kind of run with the runs that are known and the weight (idf) of each."""

    shape: Shape
    known: dict[str, int]
    idf: Numbers

    def row(self, text: str) -> tuple[Places, Numbers]:
        """Return the places of the known runs in `text`, and values of length one together."""
        counts = Counter(self.shape.grams(text))
        known = self.known
        found = sorted((known[gram], count) for gram, count in counts.items() if gram in known)
        places = np.array([place for place, _ in found], dtype=np.intp)
        values = (1.0 + np.log([count for _, count in found])) * self.idf[places]
        return places, values / (np.linalg.norm(values) or 1.0)


@dataclass(frozen=True)
class Features:
    """The blocks side by side: a text is a short list of places and the values there."""

    blocks: tuple[Block, ...]

    def row(self, text: str) -> tuple[Places, Numbers]:
        """Places (0..size) and values of `text`, which is already plain (normalise.py)."""
        rows = [block.row(text) for block in self.blocks]
        shifted = [places + start for (places, _), start in zip(rows, self._starts(), strict=True)]
        return np.concatenate(shifted), np.concatenate([values for _, values in rows])

    def names(self) -> list[str]:
        """Name the run at each place."""
        return [
            gram
            for block in self.blocks
            for gram in sorted(block.known, key=block.known.__getitem__)
        ]

    def _starts(self) -> list[int]:
        sizes = [len(block.known) for block in self.blocks]
        return [sum(sizes[:position]) for position in range(len(sizes))]

    def to_disk(self, folder: Path) -> None:
        """Write the runs as JSON and their weights as one array."""
        shapes = [[block.shape.unit, block.shape.low, block.shape.high] for block in self.blocks]
        runs = [sorted(block.known, key=block.known.__getitem__) for block in self.blocks]
        written = json.dumps({"shapes": shapes, "runs": runs}, ensure_ascii=False)
        (folder / "runs.json").write_text(written, encoding="utf-8")
        np.save(folder / "idf.npy", np.concatenate([block.idf for block in self.blocks]))

    @classmethod
    def from_disk(cls, folder: Path) -> "Features":
        """Read what `to_disk` wrote."""
        written = json.loads((folder / "runs.json").read_text(encoding="utf-8"))
        weights: Numbers = np.load(folder / "idf.npy")
        blocks: list[Block] = []
        for (unit, low, high), runs in zip(written["shapes"], written["runs"], strict=True):
            known = {run: place for place, run in enumerate(runs)}
            blocks.append(Block(Shape(unit, low, high), known, weights[: len(known)]))
            weights = weights[len(known) :]
        return cls(tuple(blocks))
