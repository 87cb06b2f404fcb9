"""Intents: what callers ask for, how they say it, and where each of them goes."""

from dataclasses import dataclass

from config.words import Both


@dataclass(frozen=True, slots=True)
class TicketDestination:
    """A ticket of this service type is opened."""

    code: str


@dataclass(frozen=True, slots=True)
class DepartmentDestination:
    """The caller is put through to this department, or to its desk queue."""

    id: str


@dataclass(frozen=True, slots=True)
class FlowDestination:
    """The conversation goes on in this flow."""

    name: str


@dataclass(frozen=True, slots=True)
class PersonDestination:
    """The caller waits for a rep in this queue."""

    queue: str


@dataclass(frozen=True, slots=True)
class InformationDestination:
    """The answer is spoken, with where it came from."""

    answer: Both
    source: str
    status: str
    unverified: bool


Destination = (
    TicketDestination
    | DepartmentDestination
    | FlowDestination
    | PersonDestination
    | InformationDestination
)


@dataclass(frozen=True, slots=True)
class Intent:
    """One thing callers ask for.

    `name` is short, for "For X press 1"; hints go to the recogniser, phrases train the classifier.
    """

    id: str
    name: Both
    goes_to: Destination
    hints_en: tuple[str, ...]
    hints_es: tuple[str, ...]
    phrases_en: tuple[str, ...]
    phrases_es: tuple[str, ...]
    menu_key: str | None = None


@dataclass(frozen=True, slots=True)
class Emergency:
    """Words that stop everything else on the first turn.

    `call` is "911", "988", a number to dial (E.164) or None; `service_type` is the code of a ticket
    to open as well, or None; `not_en` and `not_es` sound alike and are no emergency.
    """

    id: str
    name: Both
    advice: Both
    call: str | None
    service_type: str | None
    phrases_en: tuple[str, ...]
    phrases_es: tuple[str, ...]
    not_en: tuple[str, ...]
    not_es: tuple[str, ...]
