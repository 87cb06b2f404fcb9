"""Says in plain words why a sentence was understood as it was, and what is done about it."""

from collections.abc import Iterator

from config.city import read_city
from config.decision import Costs
from nlp.answers import Understanding
from nlp.decision import Decision, decide
from nlp.emergencies import Emergencies
from nlp.model import PipelineUnderstander
from nlp.normalise import clean, plain_text
from nlp.scope import FALSE_REJECT_BUDGET

MOST_INTENTS = 3
MOST_RUNS = 8
MOST_NEIGHBOURS = 3
LONGEST_HEARD = 200  # characters of what was said that are shown again


def explain(
    understander: PipelineUnderstander,
    words: str,
    costs: Costs | None = None,
) -> str:
    """Return a few lines; `costs` are this city's where none are given."""
    answer = understander.understand(words)
    decision = decide(answer, costs or read_city().decision)
    return "\n".join(
        [
            f"heard: {clean(words)[:LONGEST_HEARD]!r}",
            f"language: {answer.language}, sure {answer.language_sure:.2f}",
            f"emergency: {_emergency(understander.emergencies, words)}",
            *_intents(understander, words, answer),
            f"one of ours: {_scope(understander, answer)}",
            *_entities(answer),
            f"decision: {_decision(decision)}",
            f"seconds: {', '.join(f'{name} {cost:.1f}' for name, cost in decision.costs)}",
        ]
    )


def _emergency(rules: Emergencies, words: str) -> str:
    found = rules.find(clean(words))
    return f"{found.rule.emergency}, by the phrase {found.rule.phrase!r}" if found else "none"


def _intents(
    understander: PipelineUnderstander, words: str, answer: Understanding
) -> Iterator[str]:
    """Say how likely the likeliest are, and what spoke for the first."""
    best = answer.intents[:MOST_INTENTS]
    yield "intents: " + ", ".join(f"{each.intent} {each.probability:.3f}" for each in best)
    if best:
        first = best[0].intent
        yield f"for {first}: {_reasons(understander, words, first)}"
        yield from _nearest(understander, words)


def _reasons(understander: PipelineUnderstander, words: str, intent: str) -> str:
    reasons = understander.linear.reasons(plain_text(clean(words)), intent)[:MOST_RUNS]
    spoke = [f"{run!r} {share:+.2f}" for run, share in reasons if share > 0]
    return ", ".join(spoke) or "nothing known was said"


def _nearest(understander: PipelineUnderstander, words: str) -> Iterator[str]:
    """Name the nearest phrases that were learnt; a line without vectors knows none."""
    for phrase, intent, cosine in understander.neighbours(words)[:MOST_NEIGHBOURS]:
        yield f"near: {phrase!r} ({intent}), cosine {cosine:.2f}"


def _scope(understander: PipelineUnderstander, answer: Understanding) -> str:
    threshold = understander.judgement.scope.thresholds[answer.language]
    verdict = "known" if answer.known else "not known"
    return (
        f"{answer.in_scope:.3f}, {verdict}: the threshold is {threshold:.3f} "
        f"(at most {FALSE_REJECT_BUDGET:.0%} of good sentences lost)"
    )


def _entities(answer: Understanding) -> Iterator[str]:
    for entity in answer.entities:
        yield f"{entity.kind}: {entity.value} (from {entity.text!r})"


def _decision(decision: Decision) -> str:
    match decision.kind:
        case "act":
            return f"act on {decision.offered[0]}"
        case "confirm":
            return "confirm by key: " + ", ".join(decision.offered)
        case "rephrase":
            return "ask once for other words"
        case "person":
            return "a person"
