"""The second voice: who is near the phrases of an intent in meaning, whatever the words.

A Gaussian kernel over sentence vectors: a sentence is compared with every phrase learnt, and each
phrase speaks for and against the intents as far as it is near. The same comparison says how near
the nearest phrases are, which tells what is out of scope, and names them for an explanation.
Half of a vector's directions say nearly nothing of these phrases: they are left out (`basis`).
"""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from nlp.features import Numbers, Places
from nlp.vectors import Singles

GAMMA = 1.0
"""The kernel is exp(-GAMMA * squared distance); vectors have length one."""

NEAREST = 3


@dataclass(frozen=True)
class Meant:
    """What this voice says of each row of vectors: scores of the labels, and nearness -1..1."""

    scores: Numbers
    nearness: Numbers


@dataclass(frozen=True)
class Kernel:
    """`rows` (phrases, kept) of length one, in `basis` (dimensions, kept).

    `weights` (phrases, labels) say how each phrase speaks; `owners` gives the label it is of.
    """

    basis: Singles
    rows: Singles
    weights: Singles
    labels: tuple[str, ...]
    owners: Places
    phrases: tuple[str, ...]

    def hear(self, vectors: Singles) -> Meant:
        """Score each row of `vectors`; nearness is the mean cosine to the 3 nearest phrases."""
        cosines = turned(vectors, self.basis) @ self.rows.T
        scores = nearness_weights(cosines) @ self.weights
        return Meant(scores.astype(np.float64), mean_of_nearest(cosines))

    def neighbours(
        self, vector: Singles, label: str | None = None, most: int = 5
    ) -> list[tuple[str, str, float]]:
        """Return the nearest phrases (of `label` alone, if given): phrase, label, cosine."""
        cosines = self.rows @ turned(vector[None, :], self.basis)[0]
        if label is not None:
            cosines = np.where(self.owners == self.labels.index(label), cosines, -np.inf)
        order = np.argsort(-cosines, kind="stable")[:most]
        return [
            (self.phrases[place], self.labels[self.owners[place]], float(cosines[place]))
            for place in order.tolist()
            if np.isfinite(cosines[place])
        ]

    def to_disk(self, folder: Path) -> None:
        """Write it into `folder`, the rows in half precision."""
        folder.mkdir(parents=True, exist_ok=True)
        np.save(folder / "basis.npy", self.basis)
        np.save(folder / "rows.npy", self.rows.astype(np.float16))
        np.save(folder / "weights.npy", self.weights)
        np.save(folder / "owners.npy", self.owners)
        written = json.dumps({"labels": self.labels, "phrases": self.phrases}, ensure_ascii=False)
        (folder / "phrases.json").write_text(written, encoding="utf-8")

    @classmethod
    def from_disk(cls, folder: Path) -> "Kernel":
        """Read what `to_disk` wrote."""
        written = json.loads((folder / "phrases.json").read_text(encoding="utf-8"))
        return cls(
            np.load(folder / "basis.npy"),
            np.load(folder / "rows.npy").astype(np.float32),
            np.load(folder / "weights.npy"),
            tuple(written["labels"]),
            np.load(folder / "owners.npy"),
            tuple(written["phrases"]),
        )


def turned(vectors: Singles, basis: Singles) -> Singles:
    """Express vectors in `basis`, of length one again."""
    there = vectors @ basis
    lengths = np.linalg.norm(there, axis=-1, keepdims=True)
    return there / np.maximum(lengths, np.float32(1e-9))


def nearness_weights(cosines: Singles) -> Singles:
    """Cosines -> kernel values, 0..1."""
    return np.exp(np.float32(2.0 * GAMMA) * (cosines - np.float32(1.0)))


def mean_of_nearest(cosines: Singles) -> Numbers:
    """Take the mean of the few highest cosines of each row."""
    count = min(NEAREST, cosines.shape[-1])
    highest = np.partition(cosines, -count, axis=-1)[..., -count:]
    return highest.mean(axis=-1).astype(np.float64)
