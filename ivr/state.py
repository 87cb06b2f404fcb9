"""What a turn is taken from and what it comes to: the call's state, and the line's knowledge."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from config.words import Language
from ivr.flows.checker import Knowledge
from ivr.flows.shapes import Book, Place
from ivr.reply import Reply
from ivr.verb import Effect


@dataclass(frozen=True)
class Where:
    """Where a call stands. The memo holds what flows speak of; `tries` and `passes` count.

    `asked` are the questions put so far, newest last, so that "go back" has somewhere to go.
    """

    place: Place
    language: Language
    memo: dict[str, Any]
    tries: int = 0
    passes: dict[str, int] = field(default_factory=dict[str, int])
    asked: tuple[Place, ...] = ()


@dataclass(frozen=True)
class Passed:
    """A step the call went through, and with what outcome: one line of the turn's trail.

    `noted` is what the verb wrote down of how it came to that; JSON values, and few.
    """

    place: Place
    outcome: str
    noted: Mapping[str, Any] = field(default_factory=dict[str, Any])

    def line(self) -> list[Any]:
        """Write it as `call_turns.trail` keeps it."""
        noted = [dict(self.noted)] if self.noted else []
        return [str(self.place), self.outcome, *noted]


@dataclass(frozen=True)
class Taken:
    """What a turn came to."""

    where: Where
    reply: Reply
    trail: tuple[Passed, ...]
    effects: tuple[Effect, ...]
    ending: str = ""


@dataclass(frozen=True)
class Conversation:
    """What the line knows: flows, verbs, and the recogniser's hints by name and language."""

    book: Book
    knowledge: Knowledge
    hints: Mapping[tuple[str, Language], tuple[str, ...]]


@dataclass(frozen=True)
class Contact:
    """Who is on the line, as the carrier says."""

    call_sid: str
    caller: str
