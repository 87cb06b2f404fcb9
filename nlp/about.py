"""What is known of a trained model: `about.json` in its folder, beside the pipeline.

Written after the training, so that the folder can be judged and gone back to without loading it.
"""

import json
import os
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from config.intents import Intent
from nlp.learnt import Figures
from nlp.taught import Taught

FILE = "about.json"


@dataclass(frozen=True)
class About:
    """A model: when it was trained, from what, and how it did on evaluation sets.

    `intents` are the ids it may answer with; `phrases` counts what it learnt from, by language;
    `taught` are the phrases that came from the desk. `measured` holds figures by what they were
    measured on (see nlp/measuring.py), the newest last.
    """

    trained_at: datetime
    intents: tuple[str, ...]
    phrases: Mapping[str, int]
    taught: tuple[Taught, ...] = ()
    measured: Mapping[str, Figures] = field(default_factory=dict[str, Figures])

    @property
    def figures(self) -> Figures:
        """The newest figures; none where it was never measured."""
        return list(self.measured.values())[-1] if self.measured else {}


def about_training(intents: Sequence[Intent], taught: Sequence[Taught], at: datetime) -> About:
    """Say what a model learns from; `intents` have the taught phrases in them already."""
    counts = {
        "en": sum(len(intent.phrases_en) for intent in intents),
        "es": sum(len(intent.phrases_es) for intent in intents),
    }
    return About(at, tuple(sorted(each.id for each in intents)), counts, tuple(taught))


def read(folder: Path) -> About | None:
    """Read what is known of the model in `folder`; None where that cannot be read."""
    try:
        plain = json.loads((folder / FILE).read_text(encoding="utf-8"))
        return _about(plain)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write(folder: Path, about: About) -> None:
    """Write it, all at once: whoever reads meanwhile sees the old or the new."""
    plain = asdict(about) | {"trained_at": about.trained_at.isoformat()}
    draft = folder / f".{FILE}-{uuid.uuid4().hex}"
    draft.write_text(json.dumps(plain, indent=1), encoding="utf-8")
    os.replace(draft, folder / FILE)  # noqa: PTH105  says that it replaces


def with_figures(about: About, key: str, figures: Figures) -> About:
    """Add figures, as the newest."""
    others = {name: known for name, known in about.measured.items() if name != key}
    return replace(about, measured={**others, key: figures})


def _about(plain: Mapping[str, Any]) -> About:
    return About(
        trained_at=datetime.fromisoformat(plain["trained_at"]),
        intents=tuple(plain["intents"]),
        phrases=plain["phrases"],
        taught=tuple(Taught(**each) for each in plain["taught"]),
        measured=plain["measured"],
    )
