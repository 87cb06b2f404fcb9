"""The model card: what was learnt from, how good it is on phrases it never saw, when it is sure."""

from nlp.calibration import FALSE_REJECT_BUDGET, WRONG_WHEN_SURE_BUDGET
from nlp.learnt import FOLDS, Learnt

_SHARES = ("top1", "top3", "ece")


def card(learnt: Learnt) -> str:
    """Write a page of Markdown; the same phrases give the same page."""
    lines = [
        "# The line's understanding of sentences",
        "",
        f"{len(learnt.linear.labels)} intents, {len(learnt.linear.weights)} features,",
        f"{len(learnt.emergencies.rules)} emergency rules.",
        "",
        f"Held out by phrase in {FOLDS} folds, clean and noised (fillers, lost words):",
        "",
        "| language | sentences | top 1 | top 3 | ece | temperature | unsure from | sure from |",
        "|---|---|---|---|---|---|---|---|",
        *(_row(learnt, language) for language in sorted(learnt.calibrations)),
        "",
        f"Unsure from: where {FALSE_REJECT_BUDGET:.0%} of these sentences are called lost.",
        f"Sure from: where {WRONG_WHEN_SURE_BUDGET:.0%} of those acted on are misunderstood.",
        "The table of concepts was written with these phrases in view, so these figures flatter;",
        "tests/evaluation holds sentences written apart.",
        "",
    ]
    return "\n".join(lines)


def _row(learnt: Learnt, language: str) -> str:
    figures = learnt.figures[language]
    here = next(each for name, each in learnt.calibrations.items() if name == language)
    shares = " | ".join(f"{figures.get(name, 0.0):.3f}" for name in _SHARES)
    thresholds = f"{here.temperature:.3f} | {here.unsure:.3f} | {here.sure:.3f}"
    return f"| {language} | {figures['rows']:.0f} | {shares} | {thresholds} |"
