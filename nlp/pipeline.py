"""The room's spaCy pipeline: one for both languages, made of our own registered components.

Each component reads the document and writes one extension attribute; what it knows is a plain
object of this room, so that all of it can be read and tested without spaCy.

    normalise -> language -> emergency -> intents -> vectors -> mix -> scope -> entities
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar, cast

import spacy
from spacy.language import Language as Pipeline
from spacy.tokens import Doc

from nlp import judgement
from nlp.emergencies import Emergencies
from nlp.entities import find_entities
from nlp.judgement import Judgements
from nlp.kernel import Kernel
from nlp.language import LanguageModel
from nlp.linear import Linear
from nlp.mix import Said
from nlp.normalise import heard_text, plain_text
from nlp.vectors import Vectors, packaged

Component = TypeVar("Component")

for _attribute in (
    "call_language",
    "today",
    "plain",
    "language",
    "emergency",
    "ngrams",
    "meant",
    "said",
    "chances",
    "in_scope",
    "known",
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
        doc._.entities = find_entities(doc.text, doc._.today)
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
    """Writes `doc._.ngrams`: a score for each intent, by the words."""

    linear: Linear | None = None

    def __call__(self, doc: Doc) -> Doc:
        if self.linear is not None:
            doc._.ngrams = self.linear.scores(doc._.plain)
        return doc

    def to_disk(self, path: Path, exclude: tuple[str, ...] = ()) -> None:
        del exclude
        if self.linear is not None:
            self.linear.to_disk(Path(path))

    def from_disk(self, path: Path, exclude: tuple[str, ...] = ()) -> "IntentsComponent":
        del exclude
        self.linear = Linear.from_disk(Path(path))
        return self


@dataclass
class VectorsComponent:
    """Writes `doc._.meant`, by the meaning; None where the package of vectors is not installed."""

    kernel: Kernel | None = None
    vectors: Vectors | None = None

    def __call__(self, doc: Doc) -> Doc:
        if self.kernel is not None and self.vectors is not None:
            doc._.meant = self.kernel.hear(self.vectors.encode([heard_text(doc.text)]))
        return doc

    def to_disk(self, path: Path, exclude: tuple[str, ...] = ()) -> None:
        del exclude
        if self.kernel is not None:
            self.kernel.to_disk(Path(path))

    def from_disk(self, path: Path, exclude: tuple[str, ...] = ()) -> "VectorsComponent":
        del exclude
        if Path(path).is_dir():
            self.kernel, self.vectors = Kernel.from_disk(Path(path)), packaged()
        return self


@dataclass
class MixComponent:
    """Writes `doc._.said`, both voices, and `doc._.chances`, the calibrated probabilities."""

    judgements: Judgements | None = None

    def __call__(self, doc: Doc) -> Doc:
        if self.judgements is not None:
            meant = doc._.meant if "both" in self.judgements else None
            doc._.said = Said(doc._.ngrams[None, :], meant)
            here = self.judgements[doc._.said.way]
            doc._.chances = here.probabilities(doc._.said, [doc._.language[0]])
        return doc

    def to_disk(self, path: Path, exclude: tuple[str, ...] = ()) -> None:
        del exclude
        if self.judgements is not None:
            Path(path).mkdir(parents=True, exist_ok=True)
            judgement.write(self.judgements, Path(path) / "judgements.json")

    def from_disk(self, path: Path, exclude: tuple[str, ...] = ()) -> "MixComponent":
        del exclude
        self.judgements = judgement.read(Path(path) / "judgements.json")
        return self


@dataclass
class ScopeComponent:
    """Writes `doc._.in_scope` and `doc._.known`."""

    judgements: Judgements | None = None

    def __call__(self, doc: Doc) -> Doc:
        if self.judgements is not None:
            here, language = self.judgements[doc._.said.way], doc._.language[0]
            chance = float(here.in_scope(doc._.chances, doc._.said)[0])
            doc._.in_scope = chance if doc._.plain else 0.0
            doc._.known = doc._.in_scope >= here.scope.thresholds[language]
        return doc

    def to_disk(self, path: Path, exclude: tuple[str, ...] = ()) -> None:
        del exclude
        if self.judgements is not None:
            Path(path).mkdir(parents=True, exist_ok=True)
            judgement.write(self.judgements, Path(path) / "judgements.json")

    def from_disk(self, path: Path, exclude: tuple[str, ...] = ()) -> "ScopeComponent":
        del exclude
        self.judgements = judgement.read(Path(path) / "judgements.json")
        return self


COMPONENTS: dict[str, Callable[[], Callable[[Doc], Doc]]] = {
    "normalise": NormaliseComponent,
    "language": LanguageComponent,
    "emergency": EmergencyComponent,
    "intents": IntentsComponent,
    "vectors": VectorsComponent,
    "mix": MixComponent,
    "scope": ScopeComponent,
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
