"""Scores -> probabilities that mean what they say, and when to act, ask, or say "I am lost".

One temperature and one pair of thresholds for each language, chosen on phrases that the model had
not seen. The signal is ln(best probability) + (best - second): far below zero for a sentence that
belongs to nothing we know, near one for a plain one.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from config.words import Language
from nlp.answers import Sureness
from nlp.features import Numbers
from nlp.linear import softmax

FALSE_REJECT_BUDGET = 0.05
"""Of sentences that do ask for something we know, how many may be called lost."""

WRONG_WHEN_SURE_BUDGET = 0.03
"""Of sentences that are acted on without asking, how many may be misunderstood."""


@dataclass(frozen=True)
class Calibration:
    """For one language: the temperature, and the signal from which on we are unsure, and sure."""

    temperature: float
    unsure: float
    sure: float

    def probabilities(self, scores: Numbers) -> Numbers:
        """Along the last axis; they add up to 1."""
        return softmax(scores / self.temperature)

    def verdict(self, probabilities: Numbers) -> Sureness:
        """Say what may be done with one sentence."""
        seen = float(signal(probabilities))
        if seen >= self.sure:
            return "sure"
        return "unsure" if seen >= self.unsure else "lost"


Calibrations = dict[Language, Calibration]


def signal(probabilities: Numbers) -> Numbers:
    """How plainly one intent stands out, for each row of probabilities."""
    if probabilities.shape[-1] < 2:  # noqa: PLR2004  with one intent there is no second
        return np.log(probabilities[..., 0])
    ordered = np.sort(probabilities, axis=-1)
    best, second = ordered[..., -1], ordered[..., -2]
    return np.log(best) + best - second


def calibrate(scores: Numbers, truth: Numbers) -> Calibration:
    """Choose temperature and thresholds on held-out `scores` (rows, labels) and label numbers."""
    temperature = _temperature(scores, truth)
    probabilities = softmax(scores / temperature)
    signals = signal(probabilities)
    right = probabilities.argmax(axis=-1) == truth
    unsure = float(np.quantile(signals, FALSE_REJECT_BUDGET))
    return Calibration(temperature, unsure, max(unsure, _sure_from(signals, right)))


def _temperature(scores: Numbers, truth: Numbers) -> float:
    """Find the one under which the held-out answers are likeliest, to 4 %."""
    rows = np.arange(len(truth))
    candidates = np.geomspace(0.02, 2.0, 120)
    likelihoods = [
        float(np.log(softmax(scores / each)[rows, truth.astype(np.intp)] + 1e-12).mean())
        for each in candidates
    ]
    return float(candidates[int(np.argmax(likelihoods))])


def _sure_from(signals: Numbers, right: Numbers) -> float:
    """Find the lowest signal above which at most the budgeted share is wrong."""
    order = np.argsort(-signals, kind="stable")
    wrong_share = np.cumsum(~right[order].astype(bool)) / np.arange(1, len(order) + 1)
    within = np.flatnonzero(wrong_share <= WRONG_WHEN_SURE_BUDGET)
    return float(signals[order][within[-1]]) if len(within) else float(signals.max())


def write(calibrations: Calibrations, path: Path) -> None:
    plain = {language: asdict(each) for language, each in calibrations.items()}
    path.write_text(json.dumps(plain, indent=1, sort_keys=True), encoding="utf-8")


def read(path: Path) -> Calibrations:
    plain = json.loads(path.read_text(encoding="utf-8"))
    return {language: Calibration(**each) for language, each in plain.items()}
