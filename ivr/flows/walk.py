"""Drive every arrow of every flow, in both languages, with stand-ins for verbs and callers.

The verbs' decisions are scripted, the rest is the real thing: the turn engine, the listeners, the
prompts with sample values, so that every reply a flow can give is seen once. Nothing is left out
silently: an arrow that no stand-in could take is reported.
"""

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import product
from typing import Any, Final

from config.words import LANGUAGES, Language
from ivr.ear import NotListening
from ivr.flows import graph
from ivr.flows.shapes import (
    EMERGENCY,
    Ask,
    Book,
    Choose,
    Do,
    HangUp,
    Place,
    Question,
    Step,
    Transfer,
)
from ivr.heard import Heard
from ivr.reply import Reply
from ivr.state import Contact, Conversation, Taken, Where
from ivr.turn import Walk
from ivr.verb import World
from nlp import Understanding

CONTACT: Final = Contact("CA" + "0" * 32, "+18015550142")
DIALLED: Final = {
    "answered": "completed",
    "no answer": "no-answer",
    "busy": "busy",
    "failed": "failed",
}
# What a caller says or keys for each outcome of each listener; both languages where words differ.
ANSWERS: Final[dict[tuple[str, str], Heard]] = {
    ("words", "words"): Heard(words="zebra crossing paint"),
    ("place", "place"): Heard(words="351 West Center Street"),
    ("yes or no", "yes"): Heard(digits="1"),
    ("yes or no", "no"): Heard(digits="2"),
    ("digits", "digits"): Heard(digits="1234"),
    ("account number", "account number"): Heard(digits="12345678"),
    ("ticket number", "ticket number"): Heard(digits="123456786"),
    ("date", "date"): Heard(digits="1201"),
    ("amount", "amount"): Heard(digits="8629"),
}
COMMANDS: Final[dict[str, Heard]] = {
    "representative": Heard(words="representative"),
    "repeat": Heard(words="repeat"),
    "go back": Heard(words="go back"),
    "español": Heard(words="español"),
    "english": Heard(words="english"),
    EMERGENCY: Heard(words="emergency emergency"),
}
MISS_WORDS: Final = Heard(words="zzz zzz")


@dataclass(frozen=True)
class Arrow:
    """One arrow taken: from where, by which outcome, in which language, and what was answered."""

    place: Place
    outcome: str
    language: Language
    reply: Reply
    went_to: Place


@dataclass(frozen=True)
class Standing:
    """Where a walk begins, and what shall happen there."""

    place: Place
    outcome: str
    language: Language


class ScriptedWalk(Walk):
    """A turn whose verbs decide what brings the call on, instead of thinking."""

    script: Mapping[Place, str]

    def decide(self, step: Do) -> str:
        """Give the outcome that stands in the script for this place."""
        return self.script.get(self.where.place) or next(iter(step.when))


class Stranded(Exception):
    """Arrows that no stand-in could take: the flow says they are there, a call never takes them."""


class StandInEar:
    """An ear that hears one emergency, in the words that stand for it."""

    def understand(self, words: str, language: Language | None) -> Understanding:
        """Never asked: the verbs are scripted."""
        raise NotListening(f"nobody understands {words!r} ({language}) in a walk")

    def emergency(self, words: str) -> str | None:
        """Hear the stand-in for every emergency."""
        return "walk" if words == COMMANDS[EMERGENCY].words else None


def walk(talk: Conversation, world: World) -> Iterator[Arrow]:
    """Take every arrow in both languages; raises Stranded with all that could not be taken."""
    deaf = replace(world, ear=StandInEar())
    out = ways_out(talk.book)
    stranded: list[str] = []
    for (place, outcome), language in product(every_arrow(talk.book), LANGUAGES):
        script = {**out, place: outcome}
        taken = take(talk, deaf, script, Standing(place, outcome, language))
        if took(talk.book.step(place), taken, place, outcome):
            yield Arrow(place, outcome, language, taken.reply, taken.where.place)
        else:
            stranded.append(f"{place}: no caller gets to '{outcome}' ({language})")
    if stranded:
        raise Stranded("\n".join(stranded))


def every_arrow(book: Book) -> Iterator[tuple[Place, str]]:
    """List every outcome of every step, what may be said at any question included."""
    for place in graph.places(book):
        step, flow = book.step(place), book.flows[place.flow]
        outcomes = list(step.targets() if step else ()) or ["end"]
        if isinstance(step, Ask | Choose):
            outcomes += [*flow.anywhere, "silence"]
        yield from ((place, outcome) for outcome in outcomes)


def take(
    talk: Conversation, world: World, script: Mapping[Place, str], standing: Standing
) -> Taken:
    """Put a call at a step and let the outcome happen."""
    place, outcome = standing.place, standing.outcome
    step = talk.book.step(place)
    last_try = isinstance(step, Ask | Choose) and outcome == "otherwise"
    where = Where(
        place=place,
        language=standing.language,
        memo=samples(talk),
        tries=step.at_most - 1 if last_try and isinstance(step, Ask | Choose) else 0,
        passes=passed_already(step, place, outcome),
    )
    walker = ScriptedWalk(talk, world, CONTACT, where, 1)
    walker.script = script
    if isinstance(step, Ask | Choose | Transfer):
        return walker.hear(heard_for(step, outcome))
    return walker.run(place)


def passed_already(step: Step | None, place: Place, outcome: str) -> dict[str, int]:
    """Let a verb have been passed so often that its way out is the one taken, if that is wanted."""
    if isinstance(step, Do) and outcome == "otherwise":
        return {str(place): step.at_most or 0}
    return {}


def heard_for(step: Question | Transfer, outcome: str) -> Heard:
    """Say or key what brings this outcome about."""
    if isinstance(step, Transfer):
        return Heard(dialled=DIALLED[outcome])
    if outcome in {"silence", "otherwise"}:
        return Heard()
    if isinstance(step, Choose):
        keys = {option.name: option.key for option in step.options}
        return Heard(digits=keys[outcome]) if outcome in keys else COMMANDS[outcome]
    keyed = next((key for key, name in step.keys.items() if name == outcome), None)
    if keyed is not None:
        return Heard(digits=keyed)
    return ANSWERS.get((step.listen_for, outcome)) or COMMANDS.get(outcome) or MISS_WORDS


def took(step: Step | None, taken: Taken, place: Place, outcome: str) -> bool:
    """Tell whether the arrow was taken; moves and words without a choice leave no trail."""
    moves = {"repeat", "go back", "español", "english"}
    if outcome in moves or not isinstance(step, Ask | Choose | Do | Transfer):
        return True
    wanted = {outcome, "silence"} if outcome == "otherwise" else {outcome}
    return any(one.place == place and one.outcome in wanted for one in taken.trail)


def samples(talk: Conversation) -> dict[str, Any]:
    """Fill a memo with a sample of everything that prompts may speak of."""
    return {name: tell.sample for name, tell in talk.knowledge.tells().items()}


def ways_out(book: Book) -> dict[Place, str]:
    """For every step: the outcome on the shortest way to a step that waits or ends the call."""
    back: dict[Place, list[tuple[Place, str]]] = {}
    for here, outcome, there in graph.arrows(book):
        if outcome != "otherwise":
            back.setdefault(there, []).append((here, outcome))
    waiting = Ask | Choose | Transfer | HangUp
    rest = deque(place for place in graph.places(book) if isinstance(book.step(place), waiting))
    found: dict[Place, str] = {}
    seen = set(rest)
    while rest:
        near = [way for way in back.get(rest.popleft(), []) if way[0] not in seen]
        for here, outcome in near:
            found.setdefault(here, outcome)
        seen.update(here for here, _ in near)
        rest.extend(here for here, _ in near)
    return found
