"""The trained understander: the spaCy pipeline behind the room's public shape."""

import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import spacy
from spacy.language import Language as Pipeline

from config.words import Language
from nlp import pipeline as components
from nlp.answers import Understanding
from nlp.calibration import Calibrations
from nlp.emergencies import Emergencies
from nlp.linear import Linear
from nlp.normalise import clean

Learnt = TypeVar("Learnt")


@dataclass(frozen=True)
class PipelineUnderstander:
    """Understands by the spaCy pipeline. Threads may share it and take turns.

    One at a time because spaCy's memory zone, without which every odd word heard would stay in its
    store for good, belongs to the pipeline and not to the thread.
    """

    pipeline: Pipeline
    _turn: threading.Lock = field(default_factory=threading.Lock)

    def understand(self, words: str, language: Language | None = None) -> Understanding:
        """See `nlp.answers.Understander`."""
        with self._turn, self.pipeline.memory_zone():  # pyright: ignore[reportUnknownMemberType]  spaCy leaves it open
            doc = self.pipeline.make_doc(clean(words))
            doc._.call_language = language
            heard = self.pipeline(doc)._
            detected, language_sure = heard.language
            return Understanding(
                language=detected,
                language_sure=language_sure,
                intents=heard.intents,
                entities=heard.entities,
                emergency=heard.emergency and heard.emergency.rule.emergency,
                sure=heard.sure,
            )

    @property
    def linear(self) -> Linear:
        """The intent model (for explaining)."""
        found = components.part(self.pipeline, "intents", components.IntentsComponent).linear
        return _present(found)

    @property
    def calibrations(self) -> Calibrations:
        """What turns its scores into probabilities and verdicts (for explaining)."""
        found = components.part(self.pipeline, "intents", components.IntentsComponent)
        return _present(found.calibrations)

    @property
    def emergencies(self) -> Emergencies:
        """The emergency rules (for explaining)."""
        found = components.part(self.pipeline, "emergency", components.EmergencyComponent)
        return _present(found.rules)


def load(folder: Path) -> PipelineUnderstander:
    """Load the model that `train` wrote at `folder`. OSError when it is not there."""
    return PipelineUnderstander(spacy.load(folder / "pipeline"))


def _present(learnt: Learnt | None) -> Learnt:
    if learnt is None:
        raise ValueError("this pipeline has not been trained")
    return learnt
