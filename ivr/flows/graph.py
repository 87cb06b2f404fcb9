"""The book as a graph: what can be reached, what never ends, what is told before it is said."""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from ivr.flows.shapes import (
    MOVES,
    Ask,
    Book,
    Choose,
    Do,
    Place,
    Prompt,
    Step,
)
from ivr.listening import LISTENERS
from ivr.verb import Tell, Verb

# What listeners and menus leave in the memo, with how it is spoken and what stands in for it.
LISTENER_TELLS: Final[dict[str, Tell]] = {
    "words": Tell("plain", "there is a pothole on Center Street"),
    "place": Tell("plain", "Center Street & 500 West"),
    "digits": Tell("digits", "1234"),
    "date": Tell("date", "2026-12-01"),
    "amount": Tell("money", 8629),
    "yes or no": Tell("plain", "yes"),
    "account number": Tell("digits", "12345678"),
    "ticket number": Tell("threes", "123456786"),
    "phone number": Tell("phone", "+18015550142"),
    "choice": Tell("plain", "something else"),
}
NAME: Final = re.compile(r"\{([^{}]*)\}")

Arrow = tuple[Place, str, Place]


def arrows(book: Book) -> list[Arrow]:
    """List every arrow of every step; targets that do not exist are left to the checker."""
    return [
        (Place(flow.name, name), outcome, there)
        for flow in book.flows.values()
        for name, step in flow.steps.items()
        for outcome, target in step.targets().items()
        if (there := book.find(flow.name, target)) is not None
    ]


def places(book: Book) -> list[Place]:
    """List every step of every flow."""
    return [Place(flow.name, name) for flow in book.flows.values() for name in flow.steps]


def asides(book: Book) -> list[Arrow]:
    """List the arrows of `at any question`: from every question of a flow, but for the moves."""
    return [
        (Place(flow.name, name), word, place)
        for flow in book.flows.values()
        for name, step in flow.steps.items()
        if isinstance(step, Ask | Choose)
        for word, target in flow.anywhere.items()
        if target not in MOVES and (place := book.find(flow.name, target)) is not None
    ]


def unreachable(book: Book) -> Iterator[str]:
    """Name steps that no call can come to."""
    ahead: dict[Place, set[Place]] = {}
    for here, _, there in (*arrows(book), *asides(book)):
        ahead.setdefault(here, set()).add(there)
    seen: set[Place] = set()
    waiting = [book.opening_place(), book.person_place()]
    while waiting:
        place = waiting.pop()
        if place not in seen:
            seen.add(place)
            waiting.extend(ahead.get(place, ()))
    for place in places(book):
        if place not in seen:
            yield f"{place}: no call can come here."


def endless(book: Book) -> Iterator[str]:
    """Name rings of steps with nothing in them that counts the rounds.

    What counts a round is a `do` with `at most`, and only its `otherwise` leads out of the count. A
    ring of questions alone is the caller's own walking, and is refused as well: somebody must
    end it.
    """
    ahead: dict[Place, set[Place]] = {}
    for here, outcome, there in arrows(book):
        if outcome == "otherwise" or not counts_rounds(book.step(here)):
            ahead.setdefault(here, set()).add(there)
    done: set[Place] = set()
    rings: list[list[Place]] = []
    for place in list(ahead):
        ring = ring_from(place, ahead, done)
        if ring and set(ring) not in map(set, rings):
            rings.append(ring)
            names = " -> ".join(str(step) for step in ring)
            yield f"{ring[0]}: this ring never ends, nothing in it says 'at most': {names}."


def counts_rounds(step: Step | None) -> bool:
    """Tell whether a step bounds how often a call passes through it."""
    return isinstance(step, Do) and step.at_most is not None


def ring_from(start: Place, ahead: Mapping[Place, set[Place]], done: set[Place]) -> list[Place]:
    """Walk depth first; return the first ring met, or nothing. `done` is shared between walks."""
    path: list[Place] = []
    stack: list[tuple[Place, bool]] = [(start, False)]
    while stack:
        place, leaving = stack.pop()
        if leaving:
            path.pop()
            done.add(place)
        elif place in path:
            return path[path.index(place) :]
        elif place not in done:
            path.append(place)
            stack.append((place, True))
            stack.extend((there, False) for there in sorted(ahead.get(place, ())))
    return []


def untold(book: Book, verbs: Mapping[str, Verb]) -> Iterator[str]:
    """Name prompts that speak of something which some way to them has not yet filled."""
    told = told_at(book, verbs)
    for here in places(book):
        spoken = spoken_in(book.step(here))
        for missing in sorted(spoken - told.get(here, spoken)):
            yield f"{here}: a call can come here before anything has filled {{{missing}}}."


def told_at(book: Book, verbs: Mapping[str, Verb]) -> dict[Place, set[str]]:
    """For each step that a call can reach: the names filled on every way to it (a fixed point)."""
    ways = [(here, outcome, there) for here, outcome, there in (*arrows(book), *asides(book))]
    told: dict[Place, set[str]] = {book.opening_place(): set()}
    before: dict[Place, set[str]] = {}
    while before != told:
        before = dict(told)
        for here, outcome, there in [way for way in ways if way[0] in told]:
            brought = told[here] | fills(book.step(here), outcome, verbs)
            told[there] = told[there] & brought if there in told else brought
    return told


def fills(step: Step | None, outcome: str, verbs: Mapping[str, Verb]) -> set[str]:
    """Name what a step leaves in the memo when it ends with this outcome."""
    match step:
        case Ask(listen_for=name) if name in LISTENERS and outcome in LISTENERS[name].outcomes:
            return {name}
        case Choose(options=options) if outcome in {option.name for option in options}:
            return {"choice"}
        case Do(verb=name) if name in verbs and outcome != "otherwise":
            tells = verbs[name].tells.items()
            return {name for name, tell in tells if not tell.only or outcome in tell.only}
        case _:
            return set()


def spoken_in(step: Step | None) -> set[str]:
    """Return every name that a step speaks of, its re-prompts included."""
    prompts = [getattr(step, "prompt", None), *getattr(step, "again", ())]
    return {
        name
        for prompt in prompts
        if isinstance(prompt, Prompt)
        for piece in (*prompt.en, *prompt.es)
        for name in NAME.findall(piece.text)
    }
