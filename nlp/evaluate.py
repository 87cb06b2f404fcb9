"""Measures an understander on labelled sentences: how often right, how honest, how fast."""

import csv
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np

from config.city import read_city
from config.decision import Costs
from config.words import LANGUAGES, Language
from nlp.answers import Ranked, Understander, Understanding
from nlp.decision import Decision, decide
from nlp.emergencies import Found
from nlp.figures import ranking_figures, scope_figures
from nlp.learnt import Figures
from nlp.scope import FALSE_REJECT_BUDGET

OUT_OF_SCOPE: Final = "oos"
HARMLESS: Final = "none"
SETS: Final = Path(__file__).parents[1] / "tests" / "evaluation"
"""Where the sets are: city*.tsv (intents), emergencies*.tsv; a deployment may lack them."""


@dataclass(frozen=True)
class Row:
    """One sentence with its language and the intent it has; "oos" when it has none of ours."""

    language: Language
    intent: str
    text: str


@dataclass(frozen=True)
class Answer:
    """A sentence, how it was understood, and how many milliseconds that took."""

    row: Row
    understood: Understanding
    ms: float


def read_rows(path: Path, label: str = "intent") -> list[Row]:
    """Read a set: a header with language, `label` and text; other columns are left alone."""
    with path.open(encoding="utf-8", newline="") as file:
        return [
            Row("es" if row["language"] == "es" else "en", row[label], row["text"])
            for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        ]


def evaluate(understander: Understander, rows: Sequence[Row]) -> Figures:
    """Measure, by language, and under "speed" ms_p50 and ms_p99.

    Of a language: rows (in scope), outside, top1, top3, ece, lost (share), language_right,
    oos_recall (at 5 % false reject), oos_auroc, oos_known; and by what the city's line would do
    next (nlp/decision.py) acted and confirmed (shares), wrong_when_acted, reached (share acted on
    or offered rightly), oos_acted_on. What the rows cannot give is left out. `lost` and `oos_known`
    are by the model's own threshold. The language is not told to the understander.
    """
    return figures_of(answers(understander, rows))


def answers(understander: Understander, rows: Sequence[Row]) -> list[Answer]:
    """Understand every sentence, one at a time."""
    return [_timed(understander, row) for row in rows]


def figures_of(answered: Sequence[Answer], among: Collection[str] | None = None) -> Figures:
    """Compute the figures of `evaluate`; `among`: only sentences and answers of these intents.

    Sentences out of scope are left out then: which they are depends on the intents there are.
    """
    kept = answered if among is None else _only(answered, among)
    times = np.array([each.ms for each in kept] or [0.0])
    speed = {"ms_p50": float(np.quantile(times, 0.5)), "ms_p99": float(np.quantile(times, 0.99))}
    by_language = {
        language: _figures([each for each in kept if each.row.language == language])
        for language in LANGUAGES
    }
    return {**by_language, "speed": speed}


def mistakes(understander: Understander, rows: Sequence[Row]) -> list[tuple[Row, Understanding]]:
    """Return the sentences in scope whose best intent is not the right one."""
    answered = answers(understander, [row for row in rows if row.intent != OUT_OF_SCOPE])
    return [(each.row, each.understood) for each in answered if not is_right(each)]


def is_right(answer: Answer) -> bool:
    """Say whether the best intent is the row's."""
    return answer.understood.intents[0].intent == answer.row.intent


def emergency_figures(find: Callable[[str], Found | None], rows: Sequence[Row]) -> Figures:
    """Count by language ("emergencies en") what is caught, missed, and raised for nothing.

    `asked` of the emergencies and `false_questions` of the false alarms only cost a question.
    """
    return {
        f"emergencies {language}": _alarms(find, [row for row in rows if row.language == language])
        for language in LANGUAGES
    }


def _alarms(find: Callable[[str], Found | None], rows: Sequence[Row]) -> dict[str, float]:
    real = [find(row.text) for row in rows if row.intent != HARMLESS]
    harmless = [find(row.text) for row in rows if row.intent == HARMLESS]
    return {
        "rows": float(len(real)),
        "missed": float(real.count(None)),
        "asked": _questions(real),
        "harmless": float(len(harmless)),
        "false_alarms": float(len(harmless) - harmless.count(None)),
        "false_questions": _questions(harmless),
    }


def _questions(found: Sequence[Found | None]) -> float:
    return float(sum(each is not None and not each.sure for each in found))


def _only(answered: Sequence[Answer], among: Collection[str]) -> list[Answer]:
    return [
        replace(each, understood=_restricted(each.understood, among))
        for each in answered
        if each.row.intent in among
    ]


def _restricted(understood: Understanding, among: Collection[str]) -> Understanding:
    """Leave out the other intents; the rest adds up to 1 again."""
    kept = [each for each in understood.intents if each.intent in among]
    total = sum(each.probability for each in kept) or 1.0
    ranked = tuple(Ranked(each.intent, each.probability / total) for each in kept)
    return replace(understood, intents=ranked)


def _timed(understander: Understander, row: Row) -> Answer:
    started = time.perf_counter()
    understood = understander.understand(row.text)
    return Answer(row, understood, (time.perf_counter() - started) * 1000)


def _figures(answered: Sequence[Answer]) -> dict[str, float]:
    inside = [each for each in answered if each.row.intent != OUT_OF_SCOPE]
    outside = [each for each in answered if each.row.intent == OUT_OF_SCOPE]
    figures = {"outside": float(len(outside))}
    if inside:
        figures |= _inside(inside)
    if inside and outside:
        scopes = [
            np.array([each.understood.in_scope for each in part]) for part in (inside, outside)
        ]
        figures |= scope_figures(scopes[0], scopes[1], FALSE_REJECT_BUDGET)
        figures["oos_known"] = float(np.mean([each.understood.known for each in outside]))
        steps = [_step(each) for each in outside]
        figures["oos_acted_on"] = float(np.mean([step.kind == "act" for step in steps]))
    return figures


def _inside(inside: Sequence[Answer]) -> dict[str, float]:
    labels = sorted(
        {ranked.intent for ranked in inside[0].understood.intents}
        | {each.row.intent for each in inside}
    )
    places = {label: place for place, label in enumerate(labels)}
    probabilities = np.zeros((len(inside), len(labels)))
    for number, each in enumerate(inside):
        for ranked in each.understood.intents:
            probabilities[number, places[ranked.intent]] = ranked.probability
    truth = np.array([places[each.row.intent] for each in inside], dtype=np.float64)
    right_language = [each.understood.language == each.row.language for each in inside]
    return {
        **ranking_figures(probabilities, truth),
        **_next_steps(inside),
        "lost": float(np.mean([not each.understood.known for each in inside])),
        "language_right": float(np.mean(right_language)),
    }


def _next_steps(inside: Sequence[Answer]) -> dict[str, float]:
    """Say how often the line would act, ask, and be right, on sentences that are ours."""
    steps = [(each.row.intent, _step(each)) for each in inside]
    acted = [wanted in step.offered for wanted, step in steps if step.kind == "act"]
    return {
        "acted": len(acted) / len(steps),
        "confirmed": float(np.mean([step.kind == "confirm" for _, step in steps])),
        "wrong_when_acted": 1.0 - sum(acted) / len(acted) if acted else 0.0,
        "reached": float(np.mean([wanted in step.offered for wanted, step in steps])),
    }


def _step(answer: Answer) -> Decision:
    return decide(answer.understood, _costs())


@cache
def _costs() -> Costs:
    """Read what the city's line reckons with, once in a process."""
    return read_city().decision
