"""What to do with a sentence that was understood so and so well: the step that costs least.

Every possible step has an expected cost in seconds of the caller's time (config/decision.yaml):

    act        chance that the best intent is wrong x (what a wrong turn wastes + what follows)
    confirm n  hearing n options and a key + chance that none of them is wanted x what follows
    rephrase   a question + chance that it does not help x a person; only once
    person     a person's time

where "what follows" is the cheaper of the last two. An intent that moves money or changes something
is never acted on without a key, and nothing is that looks like none of ours.
"""

from dataclasses import dataclass
from itertools import accumulate
from typing import Final, Literal

from config.decision import Costs
from nlp.answers import Understanding

OFFERED_MOST: Final = 3
OFFERED_LEAST: Final = 0.3  # an offer that is hardly ever wanted sounds foolish, whatever it costs

Step = Literal["act", "confirm", "rephrase", "person"]


@dataclass(frozen=True)
class Decision:
    """The cheapest step. `offered`: the intent to act on, or those to choose from, best first.

    `costs` are the expected seconds of every step that was allowed, the cheapest first.
    """

    kind: Step
    offered: tuple[str, ...]
    costs: tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class _Way:
    """A step that may be taken, with what it is expected to cost."""

    name: str
    kind: Step
    offered: tuple[str, ...]
    cost: float


def decide(
    understanding: Understanding,
    costs: Costs,
    *,
    rephrased: int = 0,
    confidence: float | None = None,
) -> Decision:
    """Choose the step; `rephrased` counts how often the caller was asked for other words.

    `confidence` (0..1) is the recogniser's own, where it gave one: words that were heard well and
    are none of ours will not be ours in another wording.
    """
    ours = share_of_ours(understanding.in_scope, costs.ours)
    ways = _after_nothing(ours, costs, rephrased, confidence)
    follows = min(way.cost for way in ways)
    ways = sorted([*_guesses(understanding, ours, costs, follows), *ways], key=_cost)
    best = ways[0]
    return Decision(best.kind, best.offered, tuple((way.name, way.cost) for way in ways))


def share_of_ours(in_scope: float, ours: float) -> float:
    """Turn `in_scope`, for which both kinds count alike, into a chance among real callers."""
    mine, other = in_scope * ours, (1.0 - in_scope) * (1.0 - ours)
    return mine / (mine + other) if mine + other > 0 else in_scope


def _after_nothing(
    ours: float, costs: Costs, rephrased: int, confidence: float | None
) -> list[_Way]:
    """List what is left when nothing that was understood is wanted."""
    person = _Way("person", "person", (), costs.person)
    if rephrased:
        return [person]
    misheard = costs.misheard if confidence is None else 1.0 - min(max(confidence, 0.0), 1.0)
    helps = costs.helps * (ours + (1.0 - ours) * misheard)
    return [
        _Way("rephrase", "rephrase", (), costs.question + (1.0 - helps) * costs.person),
        person,
    ]


def _guesses(understanding: Understanding, ours: float, costs: Costs, follows: float) -> list[_Way]:
    """List the steps that go on with one or more of the likeliest intents."""
    best = understanding.intents[:OFFERED_MOST]
    names = tuple(each.intent for each in best)
    hit = [ours * chance for chance in accumulate(each.probability for each in best)]
    ways = [
        _Way(f"confirm {n}", "confirm", names[:n], _asking(n, costs) + (1.0 - chance) * follows)
        for n, chance in enumerate(hit, start=1)
        if chance >= OFFERED_LEAST
    ]
    if not best or not understanding.known or costs.kind(names[0]).confirm_first:
        return ways
    wrong = costs.kind(names[0]).wrong + follows
    return [_Way("act", "act", names[:1], (1.0 - hit[0]) * wrong), *ways]


def _asking(options: int, costs: Costs) -> float:
    return costs.press + options * costs.option


def _cost(way: _Way) -> float:
    return way.cost
