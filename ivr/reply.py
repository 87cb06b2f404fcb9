"""The closed set of things the line can answer with; webhooks/twiml.py writes each of them."""

from dataclasses import dataclass, field

from config.words import Language
from ivr.listening import Keys


@dataclass(frozen=True, slots=True)
class Said:
    """Words, ready to be spoken, and the voice they are for."""

    language: Language
    text: str


@dataclass(frozen=True, slots=True)
class Listen:
    """Speak, let the caller interrupt, and wait for keys or words."""

    said: tuple[Said, ...]
    language: Language
    keys: Keys
    hints: tuple[str, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class PutThrough:
    """Speak, then ring this number (E.164) for so many seconds, and tell us how it ended."""

    said: tuple[Said, ...]
    number: str
    seconds: int


@dataclass(frozen=True, slots=True)
class Goodbye:
    """Speak and hang up."""

    said: tuple[Said, ...]


Reply = Listen | PutThrough | Goodbye
