"""What a training gives."""

from dataclasses import dataclass

from nlp.calibration import Calibrations
from nlp.emergencies import Emergencies
from nlp.language import LanguageModel
from nlp.linear import Linear

FOLDS = 4
"""Into how many parts the phrases are dealt; each is judged by a model of the others."""

Figures = dict[str, dict[str, float]]


@dataclass(frozen=True)
class Learnt:
    """What training gives: the models, and figures by language on held-out phrases."""

    linear: Linear
    calibrations: Calibrations
    language: LanguageModel
    emergencies: Emergencies
    figures: Figures
