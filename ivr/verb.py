"""Verbs: the only place where a conversation thinks.

A verb is a function whose name is the step's words ("open the ticket" is `open_the_ticket`) and
whose return type is a `Literal` of its outcomes. It reads the world, remembers words for the
prompts, and says what is to be written; the turn writes it, all at once, with the answer.
A verb holds no transaction while it waits for anything outside the database.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Literal, Protocol, get_args, get_type_hints

from sqlalchemy.orm import Session

from config.city import City
from config.words import Both, Language
from db.session import Database
from ivr.speaking import Kind
from nlp import Understanding

Effect = Callable[[Session], object]
SpokenKind = Kind | Literal["both"]
LANGUAGE_CHOSEN: Final = "language chosen"  # in the memo once the caller settled it


class Ear(Protocol):
    """The classifier within its time; ivr/ear.py is the one that calls use."""

    def understand(self, words: str, language: Language | None) -> Understanding:
        """Rank what was meant; raises NotListening rather than keep a caller waiting."""
        ...

    def emergency(self, words: str) -> str | None:
        """Name the emergency in the words, if any; fast, and never late."""
        ...


@dataclass(frozen=True)
class World:
    """All that a verb may look at beside the call itself."""

    city: City
    database: Database
    ear: Ear
    now: Callable[[], datetime]
    desk_phone: str | None
    production: bool = False


@dataclass
class Turn:
    """The call as a verb sees it. `remember`, `note` and `will` are its only ways to leave a mark.

    `confidence` is the recogniser's own for this turn's words, 0..1, where it gave one.
    """

    world: World
    call_sid: str
    caller: str
    number: int
    language: Language
    memo: dict[str, Any]
    effects: list[Effect] = field(default_factory=list[Effect])
    confidence: float | None = None
    noted: dict[str, Any] = field(default_factory=dict[str, Any])

    def remember(self, name: str, value: object) -> None:
        """Keep a JSON value under a name that prompts and later verbs may use."""
        self.memo[name] = spoken_value(value)

    def recall(self, name: str) -> str:
        """Return a remembered text, or an empty one."""
        return str(self.memo.get(name) or "")

    def note(self, **why: object) -> None:
        """Write JSON values beside this step's outcome in the turn's trail."""
        self.noted.update(why)

    def will(self, effect: Effect) -> None:
        """Promise a write; it happens in the transaction that stores this turn's answer."""
        self.effects.append(effect)


@dataclass(frozen=True)
class Tell:
    """A name that a verb or listener fills in the memo.

    `sample` stands in where a flow is drawn or walked without a call; `only` are the outcomes
    after which the name is there (none given: all of them).
    """

    kind: SpokenKind
    sample: Any
    only: tuple[str, ...] = ()


@dataclass(frozen=True)
class Verb:
    """A verb with what the checker must know of it."""

    name: str
    decide: Callable[[Turn], str]
    outcomes: tuple[str, ...]
    tells: Mapping[str, Tell]


class Verbs:
    """The verbs of the line, by the words that a flow uses for them."""

    def __init__(self) -> None:
        """Begin with none."""
        self._verbs: dict[str, Verb] = {}

    def __call__(self, **tells: Tell) -> Callable[[Callable[[Turn], str]], Callable[[Turn], str]]:
        """Register a function as a verb; a keyword `ticket_number` tells `{ticket number}`."""

        def register(function: Callable[[Turn], str]) -> Callable[[Turn], str]:
            name = words_of(function.__name__)
            self._verbs[name] = Verb(
                name=name,
                decide=function,
                outcomes=get_args(get_type_hints(function)["return"]),
                tells={words_of(key): tell for key, tell in tells.items()},
            )
            return function

        return register

    def all(self) -> Mapping[str, Verb]:
        """Return every verb by name."""
        return dict(self._verbs)


def words_of(identifier: str) -> str:
    """Write a Python name as the words a flow uses."""
    return identifier.replace("_", " ").strip()


def spoken_value(value: object) -> object:
    """Make a text in two languages fit for JSON; anything else stays what it is."""
    return {"en": value.en, "es": value.es} if isinstance(value, Both) else value


verb = Verbs()
