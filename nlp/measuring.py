"""Every evaluation set that is there, and one model measured on all of them.

Groups of figures: "en" and "es" (the clean sets together), "en noise07" (a noised set by its name),
"emergencies en" (all sets of emergencies together).
"""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from config.words import LANGUAGES
from nlp.evaluate import (
    SETS,
    Answer,
    Row,
    answers,
    emergency_figures,
    figures_of,
    read_rows,
)
from nlp.learnt import Figures
from nlp.service import Model

CLEAN: Final = ""
NOISED: Final = "noise"


@dataclass(frozen=True)
class Sets:
    """Sentences by noise ("" for clean ones), those about emergencies, and a name for it all."""

    sentences: dict[str, list[Row]] = field(default_factory=dict[str, list[Row]])
    dangers: list[Row] = field(default_factory=list[Row])
    name: str = ""

    @property
    def clean(self) -> list[Row]:
        """The sentences that no recogniser has garbled."""
        return self.sentences.get(CLEAN, [])


def read_sets(folder: Path = SETS) -> Sets:
    """Read what is in the folder; nothing where it is not there."""
    digest = hashlib.sha256()
    sentences: dict[str, list[Row]] = {}
    dangers: list[Row] = []
    for path in sorted(folder.glob("*.tsv")):
        kind, _, rest = path.stem.partition("_")
        digest.update(path.read_bytes())
        if kind == "city":
            noise = rest if rest.startswith(NOISED) else CLEAN
            sentences.setdefault(noise, []).extend(read_rows(path))
        elif kind == "emergencies":
            dangers.extend(read_rows(path, "emergency"))
    return Sets(sentences, dangers, digest.hexdigest()[:16])


@dataclass(frozen=True)
class Measured:
    """The answers of one model to every set, and what it made of emergencies."""

    by_noise: dict[str, list[Answer]]
    alarms: Figures

    def figures(self, among: Collection[str] | None = None) -> Figures:
        """Give the figures of every group; `among`: as `nlp.evaluate.figures_of` has it."""
        found: Figures = {}
        for noise, answered in self.by_noise.items():
            here = figures_of(answered, among)
            found |= {f"{group} {noise}".strip(): here[group] for group in LANGUAGES}
            if noise == CLEAN:
                found["speed"] = here["speed"]
        return found | self.alarms


NOTHING: Final = Measured({}, {})


def measure(model: Model, sets: Sets) -> Measured:
    """Let a model answer every sentence."""
    by_noise = {noise: answers(model, rows) for noise, rows in sets.sentences.items()}
    return Measured(by_noise, _alarms(model, sets.dangers))


def _alarms(model: Model, dangers: Sequence[Row]) -> Figures:
    return emergency_figures(model.emergencies.find, dangers) if dangers else {}
