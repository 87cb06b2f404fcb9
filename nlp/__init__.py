"""Words -> ranked intents, entities, language, emergencies. Pure; knows no call and no database.

folder = train(city.intents.values(), city.emergencies.values(), var / "nlp")  # at once if there
understander = load(folder)
understander.understand("hay un bache en mi calle")
"""

from collections.abc import Iterable
from pathlib import Path

from nlp.answers import (
    Entity,
    Ranked,
    TrainingEmergency,
    TrainingIntent,
    Understander,
    Understanding,
)

__all__ = [
    "Entity",
    "Ranked",
    "TrainingEmergency",
    "TrainingIntent",
    "Understander",
    "Understanding",
    "load",
    "train",
]


def train(
    intents: Iterable[TrainingIntent], emergencies: Iterable[TrainingEmergency], folder: Path
) -> Path:
    """Train under `folder`/<content hash>/ unless that is there already; return that path.

    Safe for processes that race. ValueError unless there are two intents with phrases.
    """
    from nlp import storing  # noqa: PLC0415  scikit-learn, and only when there is something to train

    return storing.train(intents, emergencies, folder)


def load(folder: Path) -> Understander:
    """Load the model at `folder`, for any number of threads. OSError when it is not there."""
    from nlp import model  # noqa: PLC0415  spaCy takes a second that programs without calls do not owe

    return model.load(folder)
