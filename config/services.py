"""Service types: what a resident can ask the city to do, and the fields of such a ticket."""

from dataclasses import dataclass
from typing import Final, Literal, get_args

from config.words import Both

FieldKind = Literal["place", "words", "yes no", "digits", "date", "choice"]
AskedBy = Literal["voice", "desk"]
FIELD_KINDS: Final[tuple[FieldKind, ...]] = get_args(FieldKind)
MOST_VOICE_QUESTIONS: Final = 4  # a caller's patience; the rest is asked by a rep


@dataclass(frozen=True, slots=True)
class Option:
    """One answer of a choice: `value` is stored, `name` is spoken."""

    value: str
    name: Both


@dataclass(frozen=True, slots=True)
class Field:
    """One typed field. `asked` is "desk" where a caller cannot answer; `ask` is then the label."""

    name: str
    kind: FieldKind
    ask: Both
    required: bool
    label: Both
    asked: AskedBy = "voice"
    options: tuple[Option, ...] = ()


@dataclass(frozen=True, slots=True)
class ServiceType:
    """One kind of ticket. Its clocks run in the opening hours `hours`, an id in `City.hours`.

    `first_response_hours` are business hours, `resolve_days` business days; `spoken` is a noun
    phrase with its article ("a pothole", "un bache"); `priority` is 1 (first) to 5.
    """

    code: str
    name: Both
    spoken: Both
    team: str
    department: str
    queue: str
    priority: int
    first_response_hours: float
    resolve_days: int
    hours: str
    kind: str
    fields: tuple[Field, ...]

    @property
    def voice_fields(self) -> tuple[Field, ...]:
        """The fields asked on the phone, in order; at most four."""
        return tuple(field for field in self.fields if field.asked == "voice")
