"""A linear model: features, a weight for each feature and label, and scores in numpy alone."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nlp.features import Features, Numbers

MOST = 127
"""The largest weight that eight bits hold."""


@dataclass(frozen=True)
class Linear:
    """Scores = features @ weights + bias. A weight is `weights` (features, labels) times `scales`.

    Weights are kept in eight bits with a scale for each feature: a quarter of the memory, and the
    same answers but for the third digit of a probability.
    """

    features: Features
    labels: tuple[str, ...]
    weights: NDArray[np.int8]
    scales: NDArray[np.float32]
    bias: Numbers

    @classmethod
    def of(
        cls, features: Features, labels: tuple[str, ...], weights: Numbers, bias: Numbers
    ) -> "Linear":
        """Make it of plain weights (features, labels)."""
        highest = np.abs(weights).max(axis=1)
        scales = np.where(highest > 0, highest / MOST, 1.0).astype(np.float32)
        return cls(
            features, labels, np.rint(weights / scales[:, None]).astype(np.int8), scales, bias
        )

    def scores(self, text: str) -> Numbers:
        """One score for each label; `text` is already plain (normalise.py)."""
        places, values = self.features.row(text)
        scaled = (values * self.scales[places]).astype(np.float32)
        return (scaled @ self.weights[places].astype(np.float32)).astype(np.float64) + self.bias

    def reasons(self, text: str, label: str) -> list[tuple[str, float]]:
        """Return the runs of `text` and how far each speaks for `label`, above the mean label."""
        places, values = self.features.row(text)
        rows = self.weights[places].astype(np.float64) * self.scales[places][:, None]
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
        np.save(folder / "scales.npy", self.scales)
        np.save(folder / "bias.npy", self.bias)

    @classmethod
    def from_disk(cls, folder: Path) -> "Linear":
        """Read what `to_disk` wrote."""
        labels = json.loads((folder / "labels.json").read_text(encoding="utf-8"))
        weights, scales = np.load(folder / "weights.npy"), np.load(folder / "scales.npy")
        bias = np.load(folder / "bias.npy")
        return cls(Features.from_disk(folder), tuple(labels), weights, scales, bias)


def softmax(scores: Numbers) -> Numbers:
    """Scores -> probabilities, along the last axis."""
    raised = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return raised / raised.sum(axis=-1, keepdims=True)
