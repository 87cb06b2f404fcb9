"""What the line understood on a ticket's call, for the rep who holds it to confirm or correct."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from sqlalchemy.orm import Session

from config.intents import Emergency
from desk import here
from learning.hearing import Hearing, hearing_of
from learning.tables import WrapUp
from learning.wrapping_up import standing
from nlp.emergencies import Emergencies
from nlp.emergencies.rules import rules_of
from tickets.reading import Listed

NONE_OF_THEM: Final = "none of them"  # how a form says what the database keeps as ""
_RIGHT: Final = 0.995  # a percentage above it is shown as 99: the line is never certain


@dataclass(frozen=True, slots=True)
class Choice:
    """An intent to choose, by its id and its name in the page's language."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Understood:
    """The card: the caller's words, what they were taken for, and what else they could be."""

    hearing: Hearing
    guess: Choice
    percent: int | None
    others: tuple[Choice, ...]
    choices: tuple[Choice, ...]
    said: WrapUp | None
    said_name: str


def understood(ticket: Listed) -> Understood | None:
    """Make the card of a ticket; None where there is nothing to confirm, or it is not theirs."""
    if ticket.owner != here.rep().id:
        return None

    def both(db: Session) -> tuple[Hearing | None, WrapUp | None]:
        return hearing_of(db, ticket.id), standing(db, ticket.id)

    hearing, said = here.run(both)
    if hearing is None or is_an_emergency(hearing.words):
        return None
    chances = dict(hearing.guesses)
    return Understood(
        hearing=hearing,
        guess=Choice(hearing.intent, intent_name(hearing.intent)),
        percent=_percent(chances.get(hearing.intent)),
        others=_named([each for each in chances if each != hearing.intent]),
        choices=by_name(),
        said=said,
        said_name=intent_name(said.intent) if said and said.intent else "",
    )


def is_an_emergency(words: str) -> bool:
    """Tell whether the emergency rules find anything: such words are never learnt from here."""
    return _rules(tuple(here.ports().city.emergencies.values())).find(words) is not None


def intent_name(intent: str) -> str:
    """Name an intent; by its id when the city no longer has it."""
    found = here.ports().city.intents.get(intent)
    return found.name.get(here.language()) if found else intent


def by_name() -> tuple[Choice, ...]:
    """List every intent, by its name in the page's language."""
    named = _named(list(here.ports().city.intents))
    return tuple(sorted(named, key=lambda choice: choice.name.casefold()))


def _named(intents: Sequence[str]) -> tuple[Choice, ...]:
    return tuple(Choice(intent, intent_name(intent)) for intent in intents)


def _percent(chance: float | None) -> int | None:
    return None if chance is None else round(100 * min(chance, _RIGHT - 0.005))


@cache
def _rules(emergencies: tuple[Emergency, ...]) -> Emergencies:
    """Compile the rules once in a process."""
    return Emergencies(rules_of(emergencies))
