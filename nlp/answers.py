"""What understanding a sentence gives, and what it is learnt from: the room's public shapes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from config.words import Language

Sureness = Literal["sure", "unsure", "lost"]
"""sure: act. unsure: offer the best two or three by key. lost: ask once more, then a person."""


@dataclass(frozen=True)
class Ranked:
    """An intent and the calibrated probability (0..1) that it is what the resident wants."""

    intent: str
    probability: float


@dataclass(frozen=True)
class Entity:
    """Something named in the sentence: `kind` is account | ticket | phone | amount | address.

    `text` is what was said; `value` is its plain form: digits only, an amount as "148.92", an
    address as heard with its spaces tidied.
    """

    kind: str
    text: str
    value: str


@dataclass(frozen=True)
class Understanding:
    """One sentence understood. `intents` holds every intent, best first, adding up to 1.

    `language_sure` is 0 for a pure guess and 1 for certain. `emergency` is the id of an emergency
    of config/emergencies.yaml, or None.
    """

    language: Language
    language_sure: float
    intents: tuple[Ranked, ...]
    entities: tuple[Entity, ...]
    emergency: str | None
    sure: Sureness


class Understander(Protocol):
    """Understands any text whatever, calmly: it never raises for what was said."""

    def understand(self, words: str, language: Language | None = None) -> Understanding:
        """Understand `words`; `language` is the call's, and is leant towards, not obeyed."""
        ...


class TrainingIntent(Protocol):
    """What an intent is learnt from; `config.city.Intent` is one."""

    @property
    def id(self) -> str: ...
    @property
    def phrases_en(self) -> Sequence[str]: ...
    @property
    def phrases_es(self) -> Sequence[str]: ...


class TrainingEmergency(Protocol):
    """What an emergency is caught by, and its look-alikes; `config.city.Emergency` is one."""

    @property
    def id(self) -> str: ...
    @property
    def phrases_en(self) -> Sequence[str]: ...
    @property
    def phrases_es(self) -> Sequence[str]: ...
    @property
    def not_en(self) -> Sequence[str]: ...
    @property
    def not_es(self) -> Sequence[str]: ...
