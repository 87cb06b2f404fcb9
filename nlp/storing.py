"""The folder of a trained model: made once for the same phrases and the same code."""

import hashlib
import json
import uuid
from collections.abc import Iterable, Sequence
from pathlib import Path
from shutil import rmtree

from nlp import pipeline as components
from nlp.answers import TrainingEmergency, TrainingIntent
from nlp.card import card
from nlp.learnt import Learnt
from nlp.vectors import packaged_name

AFTERWARDS = frozenset(
    ("about", "evaluate", "explain", "gate", "measuring", "page", "pictures", "renewal", "service")
)
"""Modules that only look at a finished model: a change in one makes no other model."""


def train(
    intents: Iterable[TrainingIntent], emergencies: Iterable[TrainingEmergency], folder: Path
) -> Path:
    """Train and write the model under `folder`/<hash of phrases and code>/, and return that path.

    Where that folder is there already, it is returned at once. Processes may race: each writes
    its own draft and the first to rename it wins. ValueError unless two intents have phrases.
    """
    intents, emergencies = tuple(intents), tuple(emergencies)
    place = folder / content_hash(intents, emergencies)
    if place.is_dir():
        return place
    draft = folder / f".{place.name}-{uuid.uuid4().hex}"
    draft.mkdir(parents=True)
    try:
        from nlp.training import learn  # noqa: PLC0415  slow, and mostly not needed

        write(learn(intents, emergencies), draft)
        draft.rename(place)
    except OSError:
        if not place.is_dir():  # not lost to another process: a real fault
            raise
    finally:
        rmtree(draft, ignore_errors=True)
    return place


def write(learnt: Learnt, folder: Path) -> None:
    """Write pipeline, card and figures into `folder`."""
    pipeline = components.blank()
    components.part(pipeline, "language", components.LanguageComponent).model = learnt.language
    components.part(pipeline, "emergency", components.EmergencyComponent).rules = learnt.emergencies
    components.part(pipeline, "intents", components.IntentsComponent).linear = learnt.linear
    components.part(pipeline, "vectors", components.VectorsComponent).kernel = learnt.kernel
    components.part(pipeline, "mix", components.MixComponent).judgements = learnt.judgements
    components.part(pipeline, "scope", components.ScopeComponent).judgements = learnt.judgements
    pipeline.to_disk(folder / "pipeline")
    (folder / "card.md").write_text(card(learnt), encoding="utf-8")
    figures = json.dumps(learnt.figures, indent=1, sort_keys=True)
    (folder / "figures.json").write_text(figures, encoding="utf-8")


def content_hash(
    intents: Sequence[TrainingIntent], emergencies: Sequence[TrainingEmergency]
) -> str:
    """Hash all that decides the model: ids, phrases and our code, whatever the intents' order."""
    phrases = [[each.id, [*each.phrases_en], [*each.phrases_es]] for each in intents]
    dangers = [
        [each.id, [*each.phrases_en], [*each.phrases_es], [*each.not_en], [*each.not_es]]
        for each in emergencies
    ]
    content = json.dumps([sorted(phrases), dangers, packaged_name()], ensure_ascii=True)
    digest = hashlib.sha256(content.encode())
    for source in sorted(Path(__file__).parent.rglob("*.*")):
        if source.suffix in {".py", ".txt"} and source.stem not in AFTERWARDS:
            digest.update(source.read_bytes())
    return digest.hexdigest()[:16]
