"""Writes the page: one HTML file that needs nothing else, to be opened, kept or sent."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template, select_autoescape

from config.words import LANGUAGES
from nlp.about import About
from nlp.evaluate import OUT_OF_SCOPE, Answer, is_right
from nlp.gate import EMERGENCIES, group_name
from nlp.learnt import Figures
from nlp.measuring import CLEAN, Measured
from nlp.reporting.pictures import calibration, confusion

WORST: Final = 40
PAIRS: Final = 15
SHARES: Final = {
    "top1": "best guess right",
    "top3": "among the best three",
    "ece": "calibration error",
    "lost": "of ours, taken for none",
    "oos_recall": "none of ours, told at 5 %",
    "oos_auroc": "AUROC of scope",
    "language_right": "language told",
}


@dataclass(frozen=True)
class Mistake:
    """A sentence that was misunderstood: what was meant, what was understood and how surely."""

    language: str
    text: str
    meant: str
    taken: str
    sure: float


def report(name: str, about: About | None, measured: Measured) -> str:
    """Write the page about the model of this name."""
    figures, clean = measured.figures(), measured.by_noise.get(CLEAN, [])
    pictures = {
        group_name(language): calibration(
            [each for each in clean if each.row.language == language], group_name(language)
        )
        for language in LANGUAGES
    }
    return _template().render(
        name=name,
        about=about,
        shares=SHARES,
        spoken=_groups(figures, emergencies=False),
        dangers=_groups(figures, emergencies=True),
        speed=figures.get("speed", {}),
        confusion=confusion(clean),
        pairs=confused_pairs(clean),
        calibrations=pictures,
        mistakes=worst_mistakes(clean),
    )


def worst_mistakes(answered: Sequence[Answer]) -> list[Mistake]:
    """List the sentences in scope that were misunderstood most surely."""
    wrong = [each for each in answered if each.row.intent != OUT_OF_SCOPE and not is_right(each)]
    wrong.sort(key=lambda each: -each.understood.intents[0].probability)
    return [
        Mistake(
            each.row.language,
            each.row.text,
            each.row.intent,
            each.understood.intents[0].intent,
            each.understood.intents[0].probability,
        )
        for each in wrong[:WORST]
    ]


def confused_pairs(answered: Sequence[Answer]) -> list[tuple[str, str, int]]:
    """List which intent is taken for which, the most frequent first."""
    pairs = Counter(
        (each.row.intent, each.understood.intents[0].intent)
        for each in answered
        if each.row.intent != OUT_OF_SCOPE and not is_right(each)
    )
    return [(meant, taken, count) for (meant, taken), count in pairs.most_common(PAIRS)]


def _groups(figures: Figures, *, emergencies: bool) -> dict[str, dict[str, float]]:
    """Choose the groups of sentences, or of emergencies, that have any rows, by their names."""
    return {
        group_name(group): found
        for group, found in figures.items()
        if group.startswith(EMERGENCIES) == emergencies and found.get("rows")
    }


@cache
def _template() -> Template:
    made = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return made.get_template("report.html")
