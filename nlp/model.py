"""The trained understander: the spaCy pipeline behind the room's public shape."""

import threading
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TypeVar

import spacy
from spacy.language import Language as Pipeline

from config.words import Language
from nlp import pipeline as components
from nlp.answers import Ranked, Understanding
from nlp.emergencies import Emergencies
from nlp.features import Numbers
from nlp.judgement import Judgement
from nlp.linear import Linear
from nlp.normalise import clean, heard_text

Learnt = TypeVar("Learnt")


@dataclass(frozen=True)
class PipelineUnderstander:
    """Understands by the spaCy pipeline. Threads may share it and take turns.

    One at a time because spaCy's memory zone, without which every odd word heard would stay in its
    store for good, belongs to the pipeline and not to the thread.
    """

    pipeline: Pipeline
    _turn: threading.Lock = field(default_factory=threading.Lock)

    def understand(
        self, words: str, language: Language | None = None, today: date | None = None
    ) -> Understanding:
        """See `nlp.answers.Understander`; without the city's day "next Friday" says nothing."""
        with self._turn, self.pipeline.memory_zone():  # pyright: ignore[reportUnknownMemberType]  spaCy leaves it open
            doc = self.pipeline.make_doc(clean(words))
            doc._.call_language, doc._.today = language, today
            heard = self.pipeline(doc)._
            detected, language_sure = heard.language
            danger, sure = heard.emergency, heard.emergency and heard.emergency.sure
            return Understanding(
                language=detected,
                language_sure=language_sure,
                intents=self._ranked(heard.chances[0]),
                entities=heard.entities,
                emergency=danger.rule.emergency if sure else None,
                perhaps_emergency=danger.rule.emergency if danger and not sure else None,
                in_scope=heard.in_scope,
                known=heard.known,
            )

    def _ranked(self, chances: Numbers) -> tuple[Ranked, ...]:
        pairs = zip(self.linear.labels, chances.tolist(), strict=True)
        return tuple(Ranked(*pair) for pair in sorted(pairs, key=lambda each: -each[1]))

    def neighbours(self, words: str, intent: str | None = None) -> list[tuple[str, str, float]]:
        """Return the nearest phrases learnt (of `intent` alone, if given): phrase, intent, cosine.

        None where the line has no sentence vectors.
        """
        part = components.part(self.pipeline, "vectors", components.VectorsComponent)
        if part.kernel is None or part.vectors is None:
            return []
        with self._turn:
            vector = part.vectors.encode([heard_text(clean(words))])[0]
            return part.kernel.neighbours(vector, intent)

    @property
    def linear(self) -> Linear:
        """The intent model (for explaining)."""
        found = components.part(self.pipeline, "intents", components.IntentsComponent).linear
        return _present(found)

    @property
    def judgement(self) -> Judgement:
        """What turns scores into probabilities, as this line is (for explaining)."""
        vectors = components.part(self.pipeline, "vectors", components.VectorsComponent).vectors
        ways = _present(components.part(self.pipeline, "mix", components.MixComponent).judgements)
        return ways["both"] if vectors is not None and "both" in ways else ways["alone"]

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
