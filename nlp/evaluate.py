"""Measures an understander on labelled sentences: how often right, how honest, how fast."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from config.words import LANGUAGES, Language
from nlp.answers import Understander, Understanding
from nlp.calibration import FALSE_REJECT_BUDGET, signal
from nlp.figures import ranking_figures, scope_figures
from nlp.learnt import Figures

OUT_OF_SCOPE = "oos"


@dataclass(frozen=True)
class Row:
    """One sentence with its language and the intent it has; "oos" when it has none of ours."""

    language: Language
    intent: str
    text: str


def evaluate(understander: Understander, rows: Sequence[Row]) -> Figures:
    """Measure, by language, and under "speed" ms_p50 and ms_p99.

    Of a language: rows, top1, top3, ece, sure and lost (shares), wrong_when_sure, language_right,
    oos_recall (at 5 % false reject), oos_auroc, oos_acted_on; what the rows cannot give is left
    out. The language is not told to the understander.
    """
    answers = [_timed(understander, row.text) for row in rows]
    figures = {
        language: _figures(
            [
                (row, answer)
                for row, (answer, _) in zip(rows, answers, strict=True)
                if row.language == language
            ]
        )
        for language in LANGUAGES
    }
    times = np.array([milliseconds for _, milliseconds in answers] or [0.0])
    speed = {"ms_p50": float(np.quantile(times, 0.5)), "ms_p99": float(np.quantile(times, 0.99))}
    return {**figures, "speed": speed}


def mistakes(understander: Understander, rows: Sequence[Row]) -> list[tuple[Row, Understanding]]:
    """Return the sentences in scope whose best intent is not the right one."""
    answered = [
        (row, understander.understand(row.text)) for row in rows if row.intent != OUT_OF_SCOPE
    ]
    return [(row, answer) for row, answer in answered if answer.intents[0].intent != row.intent]


def _timed(understander: Understander, text: str) -> tuple[Understanding, float]:
    started = time.perf_counter()
    answer = understander.understand(text)
    return answer, (time.perf_counter() - started) * 1000


def _figures(answered: Sequence[tuple[Row, Understanding]]) -> dict[str, float]:
    inside = [pair for pair in answered if pair[0].intent != OUT_OF_SCOPE]
    outside = [pair for pair in answered if pair[0].intent == OUT_OF_SCOPE]
    figures = {"rows": float(len(answered))}
    if inside:
        figures |= _inside(inside)
    if inside and outside:
        signals = [np.array([_signal(answer) for _, answer in part]) for part in (inside, outside)]
        figures |= scope_figures(signals[0], signals[1], FALSE_REJECT_BUDGET)
        figures["oos_acted_on"] = float(np.mean([answer.sure == "sure" for _, answer in outside]))
    return figures


def _inside(inside: Sequence[tuple[Row, Understanding]]) -> dict[str, float]:
    labels = sorted(
        {ranked.intent for ranked in inside[0][1].intents} | {row.intent for row, _ in inside}
    )
    places = {label: place for place, label in enumerate(labels)}
    probabilities = np.zeros((len(inside), len(labels)))
    for number, (_, answer) in enumerate(inside):
        for ranked in answer.intents:
            probabilities[number, places[ranked.intent]] = ranked.probability
    truth = np.array([places[row.intent] for row, _ in inside], dtype=np.float64)
    sure = np.array([answer.sure == "sure" for _, answer in inside])
    wrong = probabilities.argmax(axis=-1) != truth
    return {
        **ranking_figures(probabilities, truth),
        "sure": float(sure.mean()),
        "wrong_when_sure": float(wrong[sure].mean()) if sure.any() else 0.0,
        "lost": float(np.mean([answer.sure == "lost" for _, answer in inside])),
        "language_right": float(
            np.mean([answer.language == row.language for row, answer in inside])
        ),
    }


def _signal(answer: Understanding) -> float:
    return float(signal(np.array([ranked.probability for ranked in answer.intents])))
