"""What a training gives."""

from dataclasses import dataclass

from nlp.emergencies import Emergencies
from nlp.judgement import Judgements
from nlp.kernel import Kernel
from nlp.language import LanguageModel
from nlp.linear import Linear

FOLDS = 3
"""Into how many parts the phrases are dealt; each is judged by a model of the others."""

Figures = dict[str, dict[str, float]]


@dataclass(frozen=True)
class Learnt:
    """What training gives: the models, and figures by language on held-out phrases.

    `kernel` is None where there were no vectors. `vectors` names the package that made them.
    """

    linear: Linear
    kernel: Kernel | None
    judgements: Judgements
    language: LanguageModel
    emergencies: Emergencies
    figures: Figures
    vectors: str
