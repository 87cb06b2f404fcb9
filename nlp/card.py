"""The model card: what was learnt from, how good it is on phrases it never saw, what is ours."""

from config.words import LANGUAGES, Language
from nlp.learnt import FOLDS, Learnt
from nlp.scope import FALSE_REJECT_BUDGET

_HEADER = (
    "| language | sentences | top 1 | top 3 | ece | strangers noticed | temperature "
    "| in scope from |"
)
_SHARES = ("top1", "top3", "ece", "oos_recall")


def card(learnt: Learnt) -> str:
    """Write a page of Markdown; the same phrases give the same page."""
    phrases = len(learnt.kernel.phrases) if learnt.kernel else 0
    lines = [
        "# The line's understanding of sentences",
        "",
        f"{len(learnt.linear.labels)} intents, {len(learnt.linear.weights)} features,",
        f"{len(learnt.emergencies.rules)} emergency rules.",
        f"Sentence vectors: {learnt.vectors}, {phrases} phrases compared with."
        if learnt.kernel
        else "Sentence vectors: none; the package is not installed, so words alone decide.",
        "",
        f"Held out by phrase in {FOLDS} folds, clean and misheard (fillers, lost words, words that",
        "sound alike); strangers are intents held out whole, or rows given as out of scope:",
        "",
        _HEADER,
        "|---|---|---|---|---|---|---|---|",
        *(_row(learnt, language) for language in LANGUAGES),
        "",
        f"In scope from: where {FALSE_REJECT_BUDGET:.0%} of the clean ones are lost.",
        "The table of concepts was written with these phrases in view, so these figures flatter;",
        "tests/evaluation holds sentences written apart.",
        "",
    ]
    return "\n".join(lines)


def _row(learnt: Learnt, language: Language) -> str:
    figures = learnt.figures[language]
    judgement = learnt.judgements["both" if learnt.kernel else "alone"]
    shares = " | ".join(f"{figures.get(name, 0.0):.3f}" for name in _SHARES)
    temperature = judgement.temperatures[language]
    thresholds = f"{temperature:.3f} | {judgement.scope.thresholds[language]:.3f}"
    return f"| {language} | {figures['rows']:.0f} | {shares} | {thresholds} |"
