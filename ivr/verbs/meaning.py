"""What does the caller want? From words or a menu to an intent, from there to a destination."""

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

SURE_OF_LANGUAGE: Final = 0.8
FAR_BEHIND: Final = 0.1  # a second guess below this is not worth a caller's time
WORDS_FOR_LANGUAGE: Final = 3  # one or two words ("hola", "no") are a greeting, not a choice


@verb(
    first_guess=Tell("both", {"en": "a pothole", "es": "un bache"}, only=("nearly sure", "unsure")),
    second_guess=Tell("both", {"en": "a street light", "es": "una lámpara"}, only=("unsure",)),
)
def understand(
    turn: Turn,
) -> Literal["sure", "nearly sure", "unsure", "lost", "emergency", "not listening"]:
    """Find the intent in what was said; the first sentence may also settle the language.

    Nearly sure: one guess, and nothing else comes near it. Unsure: two guesses to choose from.
    """
    words = turn.recall("words")
    try:
        heard = turn.world.ear.understand(words, turn.language)
    except NotListening:
        return "not listening"
    chosen = turn.memo.get(LANGUAGE_CHOSEN)
    clear = heard.language_sure >= SURE_OF_LANGUAGE
    if not chosen and clear and len(words.split()) >= WORDS_FOR_LANGUAGE:
        turn.language = heard.language
        turn.remember(LANGUAGE_CHOSEN, value=True)
    if heard.emergency:
        turn.remember("emergency", heard.emergency)
        return "emergency"
    guesses = [one.intent for one in heard.intents if one.intent in turn.world.city.intents][:2]
    turn.remember("guesses", guesses)
    turn.remember("intents", [[one.intent, round(one.probability, 4)] for one in heard.intents[:3]])
    if heard.sure == "lost" or not guesses:
        return "lost"
    if heard.sure == "sure":
        turn.remember("intent", guesses[0])
        return "sure"
    turn.remember("first guess", intent_name(turn, guesses[0]))
    turn.remember("second guess", intent_name(turn, guesses[-1]))
    return "nearly sure" if heard.intents[1].probability < FAR_BEHIND else "unsure"


@verb()
def take_the_first_guess(turn: Turn) -> Literal["taken"]:
    """Act on what we thought first: the caller confirmed it."""
    return take_guess(turn, 0)


@verb()
def take_the_second_guess(turn: Turn) -> Literal["taken"]:
    """Act on our second thought: the caller chose it."""
    return take_guess(turn, -1)


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
