"""The shapes every listener shares: what it reads, which keys it takes, how it is named."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from config.words import Language
from ivr.heard import Heard

Outcome = Literal[
    "english",
    "spanish",
    "yes",
    "no",
    "account number",
    "ticket number",
    "phone number",
    "zip code",
    "house number",
    "digits",
    "amount",
    "date",
    "place",
    "words",
]
Value = str | int | bool | Mapping[str, str]


@dataclass(frozen=True)
class Reading:
    """What a listener understood. `value` is JSON-able and goes into the memo by its name."""

    outcome: Outcome
    value: Value


@dataclass(frozen=True)
class Keys:
    """How the question is asked of the phone.

    most            most digits taken; 0 means keys are not an answer here
    finish          the key that ends the entry: "#", or "" when the count ends it
    speech          may the caller speak the answer?
    seconds         how long to wait for the answer to start
    speech_seconds  silence that ends speech. A number, never "auto", which cuts people off
    """

    most: int
    finish: str
    speech: bool
    seconds: int
    speech_seconds: int


Read = Callable[[Heard, Language, date], Reading | None]


@dataclass(frozen=True)
class Listener:
    """One kind of answer. `read(heard, language, today)` gives None when not understood."""

    name: str
    outcomes: tuple[Outcome, ...]
    keys: Keys
    read: Read
