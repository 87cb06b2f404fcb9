"""What goes wrong in a simulated city, drawn from one seed: the database, the worker, the carrier.

A worker that is killed is a `Killed` raised where the real one would have died: before a
transaction or right after its commit. It passes through everything, as a kill does.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal, TypeVar

from sqlalchemy.orm import Session

from config.words import Language
from db.errors import DatabaseUnavailable
from db.session import Database
from ivr.ear import NotListening
from ivr.verb import Ear
from messages.carrier import Taken, Unknown
from nlp import Understanding

T = TypeVar("T")
Doom = Literal["killed before", "killed after", "away before", "away after"]
DOOMS: Final[tuple[Doom, ...]] = ("killed before", "killed after", "away before", "away after")


class Killed(BaseException):
    """The worker is dead; nobody catches this but the network, who hears nothing more."""


@dataclass
class Fate:
    """Draws what goes wrong. `chance` is that of each transaction while `armed`."""

    draw: random.Random = field(default_factory=random.Random)
    chance: float = 0.0
    armed: bool = False
    struck: dict[Doom, int] = field(default_factory=lambda: dict.fromkeys(DOOMS, 0))

    def strike(self) -> Doom | None:
        """Say what becomes of this transaction; nothing, mostly."""
        if not self.armed or self.draw.random() >= self.chance:
            return None
        doom = self.draw.choice(DOOMS)
        self.struck[doom] += 1
        return doom


class MortalDatabase(Database):
    """A database among mortals: now and then it is away, or whoever uses it dies."""

    def __init__(self, url: str, fate: Fate) -> None:
        super().__init__(url, statement_ms=20_000, pool=4)
        self._fate = fate

    def run(self, work: Callable[[Session], T]) -> T:
        """Run a transaction, if fate lets it happen, and tell of it, if fate lets that happen."""
        doom = self._fate.strike()
        befall(doom, "before")
        done = super().run(work)
        befall(doom, "after")
        return done


def befall(doom: Doom | None, when: str) -> None:
    """Raise what was drawn, if this is its moment."""
    if doom == f"killed {when}":
        raise Killed
    if doom == f"away {when}":
        raise DatabaseUnavailable("fate")


@dataclass
class DistractedEar:
    """The real classifier, which now and then does not answer; it remembers what it heard."""

    inner: Ear
    fate: Fate
    known: dict[tuple[str, Language | None], Understanding] = field(
        default_factory=dict[tuple[str, Language | None], Understanding]
    )

    def understand(self, words: str, language: Language | None) -> Understanding:
        """Rank what was meant, or do not listen."""
        if self.fate.armed and self.fate.draw.random() < self.fate.chance:
            raise NotListening("fate")
        if (words, language) not in self.known:
            self.known[words, language] = self.inner.understand(words, language)
        return self.known[words, language]

    def emergency(self, words: str) -> str | None:
        """Name the emergency in the words, if any."""
        return self.inner.emergency(words)


@dataclass
class Postbox:
    """A carrier of texts that loses one request, and one answer, in ten."""

    draw: random.Random
    sent: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])

    def send(self, phone: str, body: str) -> Taken:
        """Take a text, unless the request is lost; the answer may be lost as well."""
        if self.draw.random() < 0.1:  # noqa: PLR2004  one in ten
            raise Unknown("the request was lost")
        self.sent.append((phone, body))
        if self.draw.random() < 0.1:  # noqa: PLR2004  one in ten
            raise Unknown("the answer was lost")
        return Taken(f"SM{len(self.sent):032x}")

    def find(self, phone: str, body: str, since: datetime) -> Taken | None:
        """Find a text that was taken."""
        del since
        place = next((at for at, one in enumerate(self.sent) if one == (phone, body)), None)
        return None if place is None else Taken(f"SM{place + 1:032x}")
