"""English or Spanish? A small linear model over letters and words, and how sure it is."""

import math
from dataclasses import dataclass
from pathlib import Path

from config.words import Language
from nlp.linear import Linear
from nlp.normalise import spoken_words

LEANING = 1.5
"""How far (in log odds) we lean towards the language that the call is already held in."""


@dataclass(frozen=True)
class LanguageModel:
    """`linear` scores "en" and "es": the difference is log odds, 0 where nothing is known."""

    linear: Linear

    def detect(self, text: str, call: Language | None = None) -> tuple[Language, float]:
        """Name the language and how sure: 0 a guess, 1 certain. Without evidence: the call's."""
        scores = self.linear.scores(" ".join(spoken_words(text)))
        odds = float(scores[1] - scores[0])
        leaning = {None: 0.0, "en": -LEANING, "es": LEANING}[call]
        towards_spanish = odds + leaning
        language: Language = "es" if towards_spanish > 0 else "en"
        return language, _sureness(odds, towards_spanish)

    def to_disk(self, folder: Path) -> None:
        self.linear.to_disk(folder)

    @classmethod
    def from_disk(cls, folder: Path) -> "LanguageModel":
        return cls(Linear.from_disk(folder))


def _sureness(odds: float, leant: float) -> float:
    """0..1. A leaning alone is no evidence: words that say nothing leave us guessing."""
    if odds == 0.0:
        return 0.0
    return abs(2.0 / (1.0 + math.exp(-max(-50.0, min(50.0, leant)))) - 1.0)
