"""Measures the city's own pipeline on any labelled sentences: train, load, ask one at a time."""

import csv
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from zlib import crc32

import numpy as np

from config.words import LANGUAGES, Language
from nlp import model, storing
from nlp.answers import Understander
from nlp.features import Numbers
from nlp.figures import calibration_error, scope_figures
from nlp.lessons import OUT_OF_SCOPE, Row
from nlp.scope import FALSE_REJECT_BUDGET
from nlp.training import Tell, learn_rows, silent

MEGABYTE = 1_000_000
NEWS_EVERY = 500


class BadRows(ValueError):
    """A file that cannot be measured on; says which and why."""


@dataclass(frozen=True)
class Asked:
    """One sentence asked: wanted intent, answer, its probability, in-scope probability, ms."""

    wanted: str
    best: str
    chance: float
    in_scope: float
    ms: float


@dataclass(frozen=True)
class Trial:
    """One training and what its model answered."""

    asked: tuple[Asked, ...]
    train_seconds: float
    model_mb: float


def read(path: Path) -> list[Row]:
    """Read a TSV with a header holding `intent` and `text`, and `language` if it has one.

    Other columns are ignored. BadRows when there is no such header or no row.
    """
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        if not {"intent", "text"} <= set(reader.fieldnames or ()):
            raise BadRows(f"{path}: the header must hold intent and text, separated by tabs")
        rows = [
            Row(each["intent"], _language(each.get("language")), each["text"] or "")
            for each in reader
        ]
    if not rows:
        raise BadRows(f"{path}: there is no row below the header")
    return rows


def parts(rows: Sequence[Row], folds: int) -> list[tuple[list[Row], list[Row]]]:
    """Deal rows into `folds`, every intent evenly; gives (learnt from, tested on) for each."""
    order = sorted(
        range(len(rows)), key=lambda place: (rows[place].intent, _draw(rows[place]), place)
    )
    fold_of = {place: number % folds for number, place in enumerate(order)}
    return [
        (
            [row for place, row in enumerate(rows) if fold_of[place] != fold],
            [row for place, row in enumerate(rows) if fold_of[place] == fold],
        )
        for fold in range(folds)
    ]


def trial(
    learnt_from: Sequence[Row], tested_on: Sequence[Row], judges: Sequence[Row], tell: Tell = silent
) -> Trial:
    """Train, write, load and ask, as the line does it. ValueError unless there are two intents."""
    with TemporaryDirectory() as scratch:
        started = time.perf_counter()
        storing.write(learn_rows(learnt_from, judges=judges, tell=tell), Path(scratch))
        seconds = time.perf_counter() - started
        files = [each.stat().st_size for each in Path(scratch).rglob("*") if each.is_file()]
        understander = model.load(Path(scratch))
    tell(f"trained in {seconds:.0f} s; asking {len(tested_on)} sentences one at a time")
    understander.understand("warm up")
    asked: list[Asked] = []
    for row in tested_on:
        asked.append(_ask(understander, row))
        if len(asked) % NEWS_EVERY == 0:
            tell(f"asked {len(asked)} of {len(tested_on)}")
    return Trial(tuple(asked), seconds, sum(files) / MEGABYTE)


def figures(trials: Sequence[Trial]) -> dict[str, float | None]:
    """Compute all figures over the answers of all trials together.

    The two of out-of-scope rows are None where there are no such rows.
    """
    asked = [each for one in trials for each in one.asked]
    inside = [each for each in asked if each.wanted != OUT_OF_SCOPE]
    outside = [each for each in asked if each.wanted == OUT_OF_SCOPE]
    if not inside:
        raise BadRows("there is no sentence in scope to test on")
    right = np.array([each.best == each.wanted for each in inside])
    times = np.array([each.ms for each in asked])
    return {
        "accuracy": float(right.mean()),
        "macro_f1": macro_f1(inside),
        **_scope(inside, outside),
        "ece": calibration_error(np.array([each.chance for each in inside]), right),
        "ms_p50": float(np.quantile(times, 0.5)),
        "ms_p99": float(np.quantile(times, 0.99)),
        "train_seconds": float(np.mean([one.train_seconds for one in trials])),
        "model_mb": float(np.mean([one.model_mb for one in trials])),
    }


def macro_f1(inside: Sequence[Asked]) -> float:
    """Average F1 over the intents that were wanted."""
    wanted = Counter(each.wanted for each in inside)
    given = Counter(each.best for each in inside)
    right = Counter(each.wanted for each in inside if each.best == each.wanted)
    return float(np.mean([2 * right[name] / (wanted[name] + given[name]) for name in wanted]))


def _scope(inside: Sequence[Asked], outside: Sequence[Asked]) -> dict[str, float | None]:
    if not outside:
        return {"oos_recall_at_5": None, "oos_auroc": None}
    found = scope_figures(_chances(inside), _chances(outside), FALSE_REJECT_BUDGET)
    return {"oos_recall_at_5": found["oos_recall"], "oos_auroc": found["oos_auroc"]}


def _chances(asked: Sequence[Asked]) -> Numbers:
    return np.array([each.in_scope for each in asked])


def _ask(understander: Understander, row: Row) -> Asked:
    started = time.perf_counter()
    answer = understander.understand(row.words)
    ms = (time.perf_counter() - started) * 1000
    best = answer.intents[0]
    return Asked(row.intent, best.intent, best.probability, answer.in_scope, ms)


def _language(said: str | None) -> Language | None:
    return said if said in LANGUAGES else None


def _draw(row: Row) -> int:
    return crc32(row.words.encode("utf-8", "ignore"))
