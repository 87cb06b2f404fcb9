"""What understanding a sentence gives, and what it is learnt from: the room's public shapes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from config.words import Language


@dataclass(frozen=True)
class Ranked:
    """An intent and the calibrated probability (0..1) that it is what the resident wants."""

    intent: str
    probability: float


@dataclass(frozen=True)
class Entity:
    """Something named in the sentence.

    `kind` is account | ticket | phone | number | amount | date | address | crossing | street |
    service | bin. `text` is what was said; `value` its plain form: digits; a phone in E.164;
    "148.92"; a date in ISO 8601; places as on the signs ("351 West Center Street", "Center Street
    & 500 West"); a service power | water | sewer | storm | garbage | recycling | fiber; a bin
    garbage | recycling | green_waste.
    """

    kind: str
    text: str
    value: str


@dataclass(frozen=True)
class Understanding:
    """One sentence understood. `intents` holds every intent, best first, adding up to 1.

    `language_sure` is 0 for a pure guess and 1 for certain. `emergency` is the id of an emergency
    of config/emergencies.yaml, or None; `perhaps_emergency` is one that is worth a question.
    `in_scope` (0..1) is how probable it is that the sentence asks for any of the intents at all;
    `known` is whether that passes the threshold that a stated budget of false rejects gave. `model`
    names the model that understood, where one is known.
    """

    language: Language
    language_sure: float
    intents: tuple[Ranked, ...]
    entities: tuple[Entity, ...]
    emergency: str | None
    in_scope: float = 1.0
    known: bool = True
    model: str = ""
    perhaps_emergency: str | None = None


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
