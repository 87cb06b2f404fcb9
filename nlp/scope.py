"""Does this sentence ask for one of ours at all? A probability, and a threshold with a stated cost.

Evidence: how probable the best intent is, how far before the second, how strongly each voice spoke,
and how near the nearest phrases are. A small logistic model weighs it; it has learnt from held-out
phrases against sentences of no intent, or where there are none, of intents held out whole. Both
kinds count alike, so 0.5 means "as like the one as the other".
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from config.words import Language
from nlp.features import Numbers
from nlp.mix import Said

FALSE_REJECT_BUDGET = 0.05
"""Of clean sentences that ask for something we know, how many may be called out of scope."""


@dataclass(frozen=True)
class Scope:
    """The logistic model, and for each language the probability from which on it is one of ours."""

    weights: tuple[float, ...]
    bias: float
    thresholds: Mapping[Language, float]

    def probabilities(self, seen: Numbers) -> Numbers:
        """Evidence (rows, kinds) -> how probable it is that the sentence is in scope."""
        odds = seen @ np.array(self.weights) + self.bias
        return 1.0 / (1.0 + np.exp(-np.clip(odds, -30.0, 30.0)))


def evidence(probabilities: Numbers, said: Said) -> Numbers:
    """Gather the evidence on each row: (rows, 3) without vectors, (rows, 5) with them."""
    ordered = np.sort(probabilities, axis=-1)
    best = ordered[:, -1]
    columns = [np.log(best), best - ordered[:, -2], said.ngrams.max(axis=-1)]
    if said.meant is not None:
        columns += [said.meant.scores.max(axis=-1), said.meant.nearness]
    return np.stack(columns, axis=-1)


def threshold(inside: Numbers) -> float:
    """Find the probability below which the budgeted share of sentences in scope lies."""
    return float(np.quantile(inside, FALSE_REJECT_BUDGET))
