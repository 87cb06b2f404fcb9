"""What the two voices said, brought together: one score an intent, by weights that are learnt.

    mixed = ngrams * (scores of the words) + vectors * (scores of the meaning)

The weights are those under which the right intents of held-out phrases are likeliest. They are
learnt twice, with the vectors and without, so that a line without the package has its own.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from nlp.features import Numbers, Places
from nlp.kernel import Meant
from nlp.linear import softmax

Way = Literal["both", "alone"]
"""both: words and meaning. alone: words only, where there are no vectors."""

STEPS = 60
SMALLEST_STEP = 1e-6


@dataclass(frozen=True)
class Said:
    """What was said of each row: by the words (rows, labels), and by the meaning or None."""

    ngrams: Numbers
    meant: Meant | None

    @property
    def way(self) -> Way:
        return "alone" if self.meant is None else "both"

    def without_vectors(self) -> "Said":
        return Said(self.ngrams, None)

    def rows(self, which: Places) -> "Said":
        """Return these rows alone."""
        meant = self.meant
        if meant is not None:
            meant = Meant(meant.scores[which], meant.nearness[which])
        return Said(self.ngrams[which], meant)


@dataclass(frozen=True)
class Mix:
    """How much each voice counts."""

    ngrams: float
    vectors: float

    def mixed(self, said: Said) -> Numbers:
        """Mix the scores, (rows, labels); their softmax at temperature 1 is a first guess."""
        words = self.ngrams * said.ngrams
        return words if said.meant is None else words + self.vectors * said.meant.scores


def learn(said: Said, truth: Places) -> Mix:
    """Learn the weights by Newton's method: the likelihood has one peak."""
    voices = [said.ngrams] if said.meant is None else [said.ngrams, said.meant.scores]
    stacked = np.stack(voices, axis=-1)
    weights = np.array([4.0, 10.0][: len(voices)])
    for _ in range(STEPS):
        step = _newton(stacked, truth, weights)
        weights = np.maximum(weights + step, 1e-3)
        if float(np.abs(step).max()) < SMALLEST_STEP:
            break
    return Mix(float(weights[0]), float(weights[1]) if len(voices) > 1 else 0.0)


def _newton(stacked: Numbers, truth: Places, weights: Numbers) -> Numbers:
    """Return the step towards the likeliest weights, no longer than half of them."""
    chances = softmax(stacked @ weights)
    expected = np.einsum("rl,rlv->rv", chances, stacked)
    apart = stacked - expected[:, None, :]
    slope = apart[np.arange(len(truth)), truth].mean(axis=0)
    bend = np.einsum("rl,rlv,rlw->vw", chances, apart, apart) / len(truth)
    step = np.asarray(np.linalg.solve(bend + 1e-6 * np.eye(len(weights)), slope), dtype=np.float64)
    longest = float(np.abs(step / weights).max())
    return step * min(1.0, 0.5 / longest) if longest > 0 else step
