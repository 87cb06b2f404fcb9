"""A linear model: features, a weight for each feature and label, and scores in numpy alone."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nlp.features import Features, Numbers


@dataclass(frozen=True)
class Linear:
    """Scores = features @ weights + bias. `weights` is (features, labels), single precision."""

    features: Features
    labels: tuple[str, ...]
    weights: NDArray[np.float32]
    bias: Numbers

    def scores(self, text: str) -> Numbers:
        """One score for each label; `text` is already plain (normalise.py)."""
        places, values = self.features.row(text)
        return values @ self.weights[places].astype(np.float64) + self.bias

    def reasons(self, text: str, label: str) -> list[tuple[str, float]]:
        """Return the runs of `text` and how far each speaks for `label`, above the mean label."""
        places, values = self.features.row(text)
        rows = self.weights[places].astype(np.float64)
        shares = values * (rows[:, self.labels.index(label)] - rows.mean(axis=1))
        names = self.features.names()
        found = [
            (names[int(place)], float(share)) for place, share in zip(places, shares, strict=True)
        ]
        return sorted(found, key=lambda pair: -pair[1])

    def to_disk(self, folder: Path) -> None:
        """Write features, labels, weights and bias into `folder`."""
        folder.mkdir(parents=True, exist_ok=True)
        self.features.to_disk(folder)
        written = json.dumps(self.labels, ensure_ascii=False)
        (folder / "labels.json").write_text(written, encoding="utf-8")
        np.save(folder / "weights.npy", self.weights)
        np.save(folder / "bias.npy", self.bias)

    @classmethod
    def from_disk(cls, folder: Path) -> "Linear":
        """Read what `to_disk` wrote."""
        labels = json.loads((folder / "labels.json").read_text(encoding="utf-8"))
        weights = np.load(folder / "weights.npy")
        bias = np.load(folder / "bias.npy")
        return cls(Features.from_disk(folder), tuple(labels), weights, bias)


def softmax(scores: Numbers) -> Numbers:
    """Scores -> probabilities, along the last axis."""
    raised = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return raised / raised.sum(axis=-1, keepdims=True)
