"""What a conversation is made of once read: prompts, steps, flows, the book that holds them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from config.words import Language

# Moves: targets that are words of the language and not names of steps.
AGAIN: Final = "again"
BACK: Final = "back"
IN_SPANISH: Final = "in spanish"
IN_ENGLISH: Final = "in english"
MOVES: Final = frozenset({AGAIN, BACK, IN_SPANISH, IN_ENGLISH})

SILENCE: Final = "silence"
NOT_UNDERSTOOD: Final = "not understood"
EMERGENCY: Final = "emergency"
MISSES: Final = (SILENCE, NOT_UNDERSTOOD)
DIALLED: Final = ("answered", "no answer", "busy", "failed")


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A step of a flow, by the names of both."""

    flow: str
    step: str

    def __str__(self) -> str:
        return f"{self.flow} / {self.step}"


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of words in one voice. `{a name}` in it is filled from the call's memo."""

    language: Language
    text: str


@dataclass(frozen=True, slots=True)
class Prompt:
    """What is spoken, for a call in English and for a call in Spanish."""

    en: tuple[Piece, ...]
    es: tuple[Piece, ...]

    def get(self, language: Language) -> tuple[Piece, ...]:
        """Return the pieces for a call in the given language."""
        return self.es if language == "es" else self.en


@dataclass(frozen=True, slots=True)
class Say:
    """Speak and go on."""

    name: str
    prompt: Prompt
    then: str

    def targets(self) -> dict[str, str]:
        """List the arrows that leave this step: outcome -> target."""
        return {"then": self.then}


@dataclass(frozen=True, slots=True)
class Ask:
    """Ask a question and listen; `when` holds the good outcomes, and misses not asked again.

    `again` are the re-prompts, each shorter than the one before; the last one repeats until the
    question was asked `at_most` times, and then the call goes to `otherwise`.
    """

    name: str
    prompt: Prompt
    again: tuple[Prompt, ...]
    listen_for: str
    keys: Mapping[str, str]
    when: Mapping[str, str]
    at_most: int
    otherwise: str
    hints: str | None = None

    def targets(self) -> dict[str, str]:
        """List the arrows that leave this question: its outcomes, then the way out."""
        return {**self.when, "otherwise": self.otherwise}


@dataclass(frozen=True, slots=True)
class Option:
    """One line of a menu: its key, the words that choose it in either language, where it leads."""

    name: str
    key: str
    words: Mapping[Language, tuple[str, ...]]
    then: str


@dataclass(frozen=True, slots=True)
class Choose:
    """A menu by key or word. The chosen option's name is remembered as `choice`."""

    name: str
    prompt: Prompt
    again: tuple[Prompt, ...]
    options: tuple[Option, ...]
    at_most: int
    otherwise: str

    def targets(self) -> dict[str, str]:
        """List the arrows that leave this menu: its options, then the way out."""
        return {
            **{option.name: option.then for option in self.options},
            "otherwise": self.otherwise,
        }


@dataclass(frozen=True, slots=True)
class Do:
    """Let a verb decide. `at_most` bounds how often one call may pass here."""

    name: str
    verb: str
    when: Mapping[str, str]
    at_most: int | None = None
    otherwise: str | None = None

    def targets(self) -> dict[str, str]:
        """List the arrows that leave this step: the verb's outcomes, and the way out."""
        return {**self.when, **({"otherwise": self.otherwise} if self.otherwise else {})}


@dataclass(frozen=True, slots=True)
class Transfer:
    """Put the caller through to the number remembered under `to`, ringing for `seconds`."""

    name: str
    prompt: Prompt
    to: str
    seconds: int
    when: Mapping[str, str]

    def targets(self) -> dict[str, str]:
        """List the arrows that leave this step: each way the ringing can end."""
        return dict(self.when)


@dataclass(frozen=True, slots=True)
class HangUp:
    """Say goodbye; `ending` is how the call's record names the way it ended."""

    name: str
    prompt: Prompt
    ending: str

    def targets(self) -> dict[str, str]:
        """List nothing: here the call ends."""
        return {}


@dataclass(frozen=True, slots=True)
class GoTo:
    """Go on in another flow, and do not come back."""

    name: str
    target: str

    def targets(self) -> dict[str, str]:
        """List the one arrow into the other flow."""
        return {"then": self.target}


Step = Say | Ask | Choose | Do | Transfer | HangUp | GoTo
Question = Ask | Choose


@dataclass(frozen=True, slots=True)
class Flow:
    """One conversation: a file of config/flows."""

    name: str
    purpose: str
    start: str
    steps: Mapping[str, Step]
    anywhere: Mapping[str, str]
    formerly: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Book:
    """All flows. A target is a step of the same flow, or else a flow, entered at its start."""

    flows: Mapping[str, Flow]
    opening: str
    person: str
    version: str = field(default="")

    def find(self, flow: str, target: str) -> Place | None:
        """Resolve a target named in `flow`; None where nothing has that name."""
        here = self.flows.get(flow)
        if here is not None and target in here.steps:
            return Place(flow, target)
        there = self.flows.get(target)
        return Place(there.name, there.start) if there is not None else None

    def opening_place(self) -> Place:
        """Return where a call begins; the reader made sure that it is there."""
        return Place(self.opening, self.flows[self.opening].start)

    def person_place(self) -> Place:
        """Return where a caller is taken to a person, from anywhere."""
        return Place(self.person, self.flows[self.person].start)

    def step(self, place: Place) -> Step | None:
        """Return the step at a place, by its name of today or a former one; None: no such step."""
        flow = self.flows.get(place.flow)
        if flow is None:
            return None
        name = flow.formerly.get(place.step, place.step)
        return flow.steps.get(name)
