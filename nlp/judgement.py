"""From what the voices said to a judgement: ranked probabilities, and whether it is ours at all."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from config.words import Language
from nlp.calibration import Temperatures
from nlp.features import Numbers
from nlp.linear import softmax
from nlp.mix import Mix, Said, Way
from nlp.scope import Scope, evidence


@dataclass(frozen=True)
class Judgement:
    """What was learnt from held-out phrases: the mix, the temperatures, the scope."""

    mix: Mix
    temperatures: Temperatures
    scope: Scope

    def probabilities(self, said: Said, languages: Sequence[Language]) -> Numbers:
        """Return (rows, labels), each row in the language given for it."""
        temperatures = np.array([self.temperatures[each] for each in languages])
        return softmax(self.mix.mixed(said) / temperatures[:, None])

    def in_scope(self, probabilities: Numbers, said: Said) -> Numbers:
        """Return for each row how probable it is that it asks for one of ours."""
        return self.scope.probabilities(evidence(probabilities, said))


Judgements = Mapping[Way, Judgement]


def write(judgements: Judgements, path: Path) -> None:
    """Write them as JSON."""
    plain = {way: asdict(each) for way, each in judgements.items()}
    path.write_text(json.dumps(plain, indent=1, sort_keys=True), encoding="utf-8")


def read(path: Path) -> Judgements:
    """Read what `write` wrote."""
    plain = json.loads(path.read_text(encoding="utf-8"))
    return {
        way: Judgement(
            Mix(**each["mix"]),
            each["temperatures"],
            Scope(
                tuple(each["scope"]["weights"]),
                each["scope"]["bias"],
                each["scope"]["thresholds"],
            ),
        )
        for way, each in plain.items()
    }
