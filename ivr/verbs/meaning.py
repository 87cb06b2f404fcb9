"""What does the caller want? From words or a menu to an intent, from there to a destination."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final, Literal

from config.city import (
    DepartmentDestination,
    FlowDestination,
    InformationDestination,
    Intent,
    PersonDestination,
    TicketDestination,
)
from config.words import Both
from ivr.ear import NotListening
from ivr.verb import LANGUAGE_CHOSEN, Tell, Turn, verb
from nlp import Understanding
from nlp.decision import Decision, decide

SURE_OF_LANGUAGE: Final = 0.8
WORDS_FOR_LANGUAGE: Final = 3  # one or two words ("hola", "no") are a greeting, not a choice
GUESSES: Final = ("first guess", "second guess", "third guess")
TRACED: Final = 3  # intents that a turn's trail keeps
OFFERS: Final[Mapping[int, Literal["nearly sure", "between two", "between three"]]] = {
    1: "nearly sure",
    2: "between two",
    3: "between three",
}

NO_DANGER: Final = "no danger"

Meant = Literal[
    "sure",
    "nearly sure",
    "between two",
    "between three",
    "person",
    "emergency",
    "perhaps an emergency",
    "not listening",
]

Further = Literal[Meant, "lost"]

TOLD: Final = {
    "first_guess": Tell("both", {"en": "a pothole", "es": "un bache"}, only=tuple(OFFERS.values())),
    "second_guess": Tell(
        "both", {"en": "a street light", "es": "una lámpara"}, only=("between two", "between three")
    ),
    "third_guess": Tell("both", {"en": "a leak", "es": "una fuga"}, only=("between three",)),
    "danger": Tell("both", {"en": "a fire", "es": "un incendio"}, only=("perhaps an emergency",)),
}


@verb(**TOLD)
def understand(turn: Turn) -> Further:
    """Find the intent in what was said, and the cheapest next step for the caller.

    The first sentence may also settle the language. Lost: the caller is asked for other words.
    """
    turn.remember("rephrased", value=False)
    return next_step(turn)


@verb(**TOLD)
def understand_once_more(turn: Turn) -> Meant:
    """Understand other words for the same wish; nobody is asked for a third wording."""
    turn.remember("rephrased", value=True)
    step = next_step(turn)
    return "person" if step == "lost" else step


@verb(**TOLD)
def understand_without_danger(turn: Turn) -> Further:
    """Understand the same words anew: the caller says that nobody is in danger."""
    turn.remember(NO_DANGER, value=True)
    step = next_step(turn)
    return "person" if step == "lost" and turn.memo.get("rephrased") else step


@verb()
def ask_for_other_words(turn: Turn) -> Literal["once", "enough"]:
    """See whether the caller, who wants none of what we offered, may be asked once more."""
    return "enough" if turn.memo.get("rephrased") else "once"


def next_step(turn: Turn) -> Further:
    """Understand, decide, and write down why."""
    words = turn.recall("words")
    try:
        heard = known_here(turn, turn.world.ear.understand(words, turn.language))
    except NotListening:
        return "not listening"
    settle_the_language(turn, heard, words)
    if heard.emergency:
        turn.remember("emergency", heard.emergency)
        return "emergency"
    if heard.perhaps_emergency and not turn.memo.get(NO_DANGER):
        turn.remember("emergency", heard.perhaps_emergency)
        turn.remember("danger", turn.world.city.emergencies[heard.perhaps_emergency].name)
        return "perhaps an emergency"
    decision = decide(
        heard,
        turn.world.city.decision,
        rephrased=int(bool(turn.memo.get("rephrased"))),
        confidence=turn.confidence,
    )
    write_down(turn, heard, decision)
    return go_on(turn, decision)


def known_here(turn: Turn, heard: Understanding) -> Understanding:
    """Leave out intents that this city no longer has: a model may be older than its files."""
    mine = tuple(one for one in heard.intents if one.intent in turn.world.city.intents)
    return replace(heard, intents=mine)


def settle_the_language(turn: Turn, heard: Understanding, words: str) -> None:
    """Go on in the language of a first sentence that is clearly in one."""
    clear = heard.language_sure >= SURE_OF_LANGUAGE
    if clear and not turn.memo.get(LANGUAGE_CHOSEN) and len(words.split()) >= WORDS_FOR_LANGUAGE:
        turn.language = heard.language
        turn.remember(LANGUAGE_CHOSEN, value=True)


def write_down(turn: Turn, heard: Understanding, decision: Decision) -> None:
    """Leave the likeliest intents for whoever reads this call, and why the step was chosen."""
    intents = [[one.intent, round(one.probability, 4)] for one in heard.intents[:TRACED]]
    turn.remember("intents", intents)
    turn.note(
        language=[heard.language, round(heard.language_sure, 2)],
        in_scope=round(heard.in_scope, 3),
        intents=intents,
        decision=decision.kind,
        seconds={name: round(cost, 1) for name, cost in decision.costs},
        model=heard.model,
    )


def go_on(turn: Turn, decision: Decision) -> Further:
    """Leave in the memo what the next step speaks of."""
    turn.remember("guesses", list(decision.offered))
    match decision.kind:
        case "act":
            turn.remember("intent", decision.offered[0])
            return "sure"
        case "confirm":
            for name, intent in zip(GUESSES, decision.offered, strict=False):
                turn.remember(name, intent_name(turn, intent))
            return OFFERS[len(decision.offered)]
        case "rephrase":
            return "lost"
        case "person":
            return "person"


@verb()
def take_the_first_guess(turn: Turn) -> Literal["taken"]:
    """Act on what we thought first: the caller chose it."""
    return take_guess(turn, 0)


@verb()
def take_the_second_guess(turn: Turn) -> Literal["taken"]:
    """Act on our second thought: the caller chose it."""
    return take_guess(turn, 1)


@verb()
def take_the_third_guess(turn: Turn) -> Literal["taken"]:
    """Act on our third thought: the caller chose it."""
    return take_guess(turn, 2)


@verb()
def take_the_chosen_intent(turn: Turn) -> Literal["taken", "no such intent"]:
    """Act on an option of a keypad menu; those options are named after intents."""
    choice = turn.recall("choice")
    if choice not in turn.world.city.intents:
        return "no such intent"
    turn.remember("intent", choice)
    turn.remember("words", "")
    return "taken"


@verb(
    answer=Tell(
        "both",
        {"en": "The offices are open on weekdays.", "es": "Las oficinas abren de lunes a viernes."},
        only=("information",),
    ),
    matter=Tell("both", {"en": "a pothole", "es": "un bache"}),
)
def find_the_destination(
    turn: Turn,
) -> Literal["information", "not verified", "ticket", "department", "person", "ticket status"]:
    """Look up where this intent goes, and leave what the next steps need in the memo."""
    intent = turn.world.city.intents[turn.recall("intent")]
    turn.remember("matter", intent.name)
    match intent.goes_to:
        case InformationDestination(answer=answer, unverified=unverified):
            if unverified and turn.world.production:
                return "not verified"
            turn.remember("answer", answer)
            return "information"
        case TicketDestination(code=code):
            turn.remember("service type", code)
            return "ticket"
        case DepartmentDestination(id=department):
            turn.remember("department", department)
            return "department"
        case PersonDestination(queue=queue):
            turn.remember("queue", queue)
            return "person"
        case FlowDestination():
            return "ticket status"


@verb(
    advice=Tell("both", {"en": "Leave the building.", "es": "Salga del edificio."}),
)
def name_the_emergency(turn: Turn) -> Literal["report", "advice only"]:
    """Find what to tell the caller first, and whether a crew takes a report as well."""
    emergency = turn.world.city.emergencies[turn.recall("emergency")]
    turn.remember("advice", emergency.advice)
    if emergency.service_type is None:
        return "advice only"
    turn.remember("service type", emergency.service_type)
    turn.remember("matter", emergency.name)
    return "report"


def take_guess(turn: Turn, place: int) -> Literal["taken"]:
    """Act on one of the guesses."""
    turn.remember("intent", turn.memo["guesses"][place])
    return "taken"


def intent_name(turn: Turn, intent: str) -> Both:
    """Return an intent's short name."""
    found: Intent = turn.world.city.intents[intent]
    return found.name
