"""The room's spaCy pipeline: one for both languages, made of our own registered components.

Each component reads the document and writes one extension attribute; what it knows is a plain
object of this room, so that all of it can be read and tested without spaCy.

    normalise -> language -> emergency -> intents -> entities
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar, cast

import spacy
from spacy.language import Language as Pipeline
from spacy.tokens import Doc

from config.words import Language
from nlp import calibration
from nlp.answers import Ranked
from nlp.calibration import Calibrations
from nlp.emergencies import Emergencies
from nlp.entities import find_entities
from nlp.language import LanguageModel
from nlp.linear import Linear
from nlp.normalise import plain_text

Component = TypeVar("Component")

for _attribute in (
    "call_language",
    "plain",
    "language",
    "emergency",
    "intents",
    "sure",
    "entities",
):
    Doc.set_extension(_attribute, default=None, force=True)


@dataclass
class NormaliseComponent:
    """Writes `doc._.plain`, the folded text that intents are told apart by."""

    def __call__(self, doc: Doc) -> Doc:
        doc._.plain = plain_text(doc.text)
        return doc


@dataclass
class EntitiesComponent:
    """Writes `doc._.entities`."""

    def __call__(self, doc: Doc) -> Doc:
        doc._.entities = find_entities(doc.text)
        return doc


@dataclass
class LanguageComponent:
    """Writes `doc._.language`: the language and how sure (0..1)."""

    model: LanguageModel | None = None

    def __call__(self, doc: Doc) -> Doc:
        if self.model is not None:
            doc._.language = self.model.detect(doc.text, doc._.call_language)
        return doc

    def to_disk(self, path: Path, exclude: tuple[str, ...] = ()) -> None:
        del exclude
        if self.model is not None:
            self.model.to_disk(Path(path))

    def from_disk(self, path: Path, exclude: tuple[str, ...] = ()) -> "LanguageComponent":
        del exclude
        self.model = LanguageModel.from_disk(Path(path))
        return self


@dataclass
class EmergencyComponent:
    """Writes `doc._.emergency`: what was found and where, or None."""

    rules: Emergencies | None = None

    def __call__(self, doc: Doc) -> Doc:
        if self.rules is not None:
            doc._.emergency = self.rules.find(doc.text)
        return doc

    def to_disk(self, path: Path, exclude: tuple[str, ...] = ()) -> None:
        del exclude
        if self.rules is not None:
            self.rules.to_disk(Path(path))

    def from_disk(self, path: Path, exclude: tuple[str, ...] = ()) -> "EmergencyComponent":
        del exclude
        self.rules = Emergencies.from_disk(Path(path))
        return self


@dataclass
class IntentsComponent:
    """Writes `doc._.intents`, all of them ranked, and `doc._.sure`."""

    linear: Linear | None = None
    calibrations: Calibrations | None = None

    def __call__(self, doc: Doc) -> Doc:
        if self.linear is not None and self.calibrations is not None:
            language: Language = doc._.language[0]
            here = self.calibrations[language]
            probabilities = here.probabilities(self.linear.scores(doc._.plain))
            pairs = zip(self.linear.labels, probabilities.tolist(), strict=True)
            doc._.intents = tuple(
                Ranked(*pair) for pair in sorted(pairs, key=lambda each: -each[1])
            )
            doc._.sure = here.verdict(probabilities) if doc._.plain else "lost"
        return doc

    def to_disk(self, path: Path, exclude: tuple[str, ...] = ()) -> None:
        del exclude
        if self.linear is not None and self.calibrations is not None:
            self.linear.to_disk(Path(path))
            calibration.write(self.calibrations, Path(path) / "calibration.json")

    def from_disk(self, path: Path, exclude: tuple[str, ...] = ()) -> "IntentsComponent":
        del exclude
        self.linear = Linear.from_disk(Path(path))
        self.calibrations = calibration.read(Path(path) / "calibration.json")
        return self


COMPONENTS: dict[str, Callable[[], Callable[[Doc], Doc]]] = {
    "normalise": NormaliseComponent,
    "language": LanguageComponent,
    "emergency": EmergencyComponent,
    "intents": IntentsComponent,
    "entities": EntitiesComponent,
}


def _factory(component: Callable[[], Callable[[Doc], Doc]]) -> Callable[..., Callable[[Doc], Doc]]:
    """Make what spaCy calls for a component: it insists on these two names."""

    def make(nlp: Pipeline, name: str) -> Callable[[Doc], Doc]:
        del nlp, name
        return component()

    return make


for _name, _component in COMPONENTS.items():
    Pipeline.factory(f"cityline_{_name}", func=_factory(_component))  # pyright: ignore[reportUnknownMemberType]  spaCy leaves it open


def blank() -> Pipeline:
    """Make the pipeline; its components have learnt nothing yet."""
    pipeline = spacy.blank("xx")
    for name in COMPONENTS:
        pipeline.add_pipe(f"cityline_{name}", name=name)
    return pipeline


def part(pipeline: Pipeline, name: str, kind: type[Component]) -> Component:
    """Return the component of this name. TypeError when it is of another kind: not our pipeline."""
    found = cast("object", pipeline.get_pipe(name))
    if not isinstance(found, kind):
        raise TypeError(f"the pipeline's {name} is no {kind.__name__}")
    return found
