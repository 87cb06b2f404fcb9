"""Says in plain words why a sentence was understood as it was."""

from config.words import Language
from nlp.calibration import FALSE_REJECT_BUDGET, signal
from nlp.emergencies import Emergencies
from nlp.model import PipelineUnderstander
from nlp.normalise import clean, plain_text

MOST_INTENTS = 3
MOST_RUNS = 8


def explain(
    understander: PipelineUnderstander, words: str, language: Language | None = None
) -> str:
    """Return a few lines: language, emergency, intents, what spoke for the best, thresholds."""
    answer = understander.understand(words, language)
    best = answer.intents[0].intent
    ranked = answer.intents[:MOST_INTENTS]
    return "\n".join(
        [
            f"heard: {clean(words)!r}",
            f"language: {answer.language}, sure {answer.language_sure:.2f}",
            f"emergency: {_emergency(understander.emergencies, words)}",
            "intents: " + ", ".join(f"{each.intent} {each.probability:.3f}" for each in ranked),
            f"for {best}: {_reasons(understander, words, best)}",
            f"{answer.sure}: {_thresholds(understander, words, answer.language)}",
            *(
                f"{entity.kind}: {entity.value} (from {entity.text!r})"
                for entity in answer.entities
            ),
        ]
    )


def _emergency(rules: Emergencies, words: str) -> str:
    found = rules.find(clean(words))
    return f"{found.rule.emergency}, by the phrase {found.rule.phrase!r}" if found else "none"


def _reasons(understander: PipelineUnderstander, words: str, intent: str) -> str:
    reasons = understander.linear.reasons(plain_text(clean(words)), intent)[:MOST_RUNS]
    spoke = [f"{run!r} {share:+.2f}" for run, share in reasons if share > 0]
    return ", ".join(spoke) or "nothing known was said"


def _thresholds(understander: PipelineUnderstander, words: str, language: Language) -> str:
    here = understander.calibrations[language]
    scores = understander.linear.scores(plain_text(clean(words)))
    seen = float(signal(here.probabilities(scores)))
    return (
        f"signal {seen:+.2f}; sure from {here.sure:+.2f}, unsure from {here.unsure:+.2f} "
        f"(at most {FALSE_REJECT_BUDGET:.0%} of good sentences lost)"
    )
