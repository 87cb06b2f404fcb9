"""A scripted caller: a YAML file of steps, each a claim or an act, played against the network.

caller: +18015550142
language: en
steps:
  - hears: How can I help
  - says: there is a pothole on center street
  - presses: "1"
  - waits
  - is put through to: "+18015550100"
  - hangs up
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from devphone.remote import RemotePhone

PATIENCE_S = 30.0
WITH_WORDS = frozenset(
    {"hears", "hears in", "says", "presses", "is put through to", "receives text"}
)
ALONE = frozenset({"waits", "stays silent", "hangs up", "was hung up"})


class ScriptError(Exception):
    """The script cannot be read; the sentence says where."""


class ClaimError(Exception):
    """A step's claim did not hold."""


@dataclass(frozen=True)
class Step:
    """One line of a script; `words` is "" where the verb stands alone."""

    verb: str
    words: str = ""

    def __str__(self) -> str:
        return f"{self.verb}: {self.words}" if self.words else self.verb


@dataclass(frozen=True)
class Script:
    caller: str
    language: str
    steps: tuple[Step, ...]


def read_script(path: Path) -> Script:
    """Read a script. Raises ScriptError with a sentence for the first thing that is wrong."""
    try:
        given: object = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))  # pyright: ignore[reportUnknownMemberType]  ruamel is untyped
    except (OSError, UnicodeDecodeError, YAMLError) as error:
        raise ScriptError(f"{path}: {error}") from error
    if not isinstance(given, dict):
        raise ScriptError(f"{path}: a script has caller, language and steps.")
    fields = cast("dict[object, object]", given)
    steps = fields.get("steps")
    if not isinstance(steps, list) or not steps:
        raise ScriptError(f"{path}: a script needs steps.")
    return Script(
        caller=_number(fields.get("caller", "+18015550142")),
        language=str(fields.get("language", "en")),
        steps=tuple(_step(step) for step in cast("list[object]", steps)),
    )


def _number(value: object) -> str:
    """YAML reads +18015550142 as a whole number; a phone number it is all the same."""
    return f"+{value}" if isinstance(value, int) else str(value)


def _step(given: object) -> Step:
    if isinstance(given, str) and given in ALONE:
        return Step(given)
    if isinstance(given, dict) and len(cast("dict[object, object]", given)) == 1:
        verb, words = next(iter(cast("dict[object, object]", given).items()))
        if verb in WITH_WORDS and words is not None:
            number = verb == "is put through to"
            return Step(str(verb), _number(words) if number else str(words))
    known = ", ".join(sorted(WITH_WORDS | ALONE))
    raise ScriptError(f"{given!r} is no step. The steps are: {known}.")


@dataclass
class Player:
    """Plays a script on a phone; `heard_up_to` counts the events before the last act."""

    phone: RemotePhone
    patience_s: float = PATIENCE_S
    heard_up_to: int = 0

    def play(self, step: Step) -> None:
        """Do a step. Raises ClaimError where it claims what does not come true in time."""
        acts: Mapping[str, Callable[[], None]] = {
            "hears": lambda: self._claim(step, lambda: _plain(step.words) in _plain(self._said())),
            "hears in": lambda: self._claim(step, lambda: self._said_only_in(step.words)),
            "is put through to": lambda: self._claim(step, lambda: self._talks_with(step.words)),
            "receives text": lambda: self._claim(step, lambda: self._got_text(step.words)),
            "was hung up": lambda: self._claim(step, self._is_over),
            "says": lambda: self._act("speech", step, lambda: self.phone.says(step.words)),
            "presses": lambda: self._act("dtmf", step, lambda: self.phone.presses(step.words)),
            "stays silent": lambda: self._act("", step, self.phone.waits),
            "waits": self.phone.waits,
            "hangs up": self.phone.hangs_up,
        }
        acts[step.verb]()

    def _claim(self, step: Step, holds: Callable[[], bool]) -> None:
        if not self.phone.until(holds, self.patience_s):
            raise ClaimError(f"This did not come true: {step}")

    def _act(self, way: str, step: Step, act: Callable[[], None]) -> None:
        if not self.phone.until(lambda: self._is_listening(way), self.patience_s):
            raise ClaimError(f"The line does not listen for this: {step}")
        self.heard_up_to = len(self.phone.events)
        act()
        self.phone.listening = None

    def _is_listening(self, way: str) -> bool:
        kinds = [event["kind"] for event in self.phone.events]
        in_talk_or_recording = bool(kinds) and kinds[-1] in ("put through", "recording")
        listening = self.phone.listening
        ways = cast("list[str]", listening["input"]) if listening is not None else []
        return in_talk_or_recording or (bool(ways) and (not way or way in ways))

    def _lately(self, kind: str) -> list[Mapping[str, object]]:
        return [event for event in self.phone.events[self.heard_up_to :] if event["kind"] == kind]

    def _said(self) -> str:
        return " ".join(str(event["text"]) for event in self._lately("said"))

    def _said_only_in(self, language: str) -> bool:
        spoken = [str(event["language"]) for event in self._lately("said")]
        return bool(spoken) and all(one.startswith(language) for one in spoken)

    def _talks_with(self, whom: str) -> bool:
        talks = [event for event in self.phone.events if event["kind"] == "put through"]
        return any(whom in (event["text"], event["number"]) for event in talks)

    def _got_text(self, words: str) -> bool:
        return any(_plain(words) in _plain(body) for body in self.phone.texts())

    def _is_over(self) -> bool:
        return any(event["kind"] == "hung up" for event in self.phone.events)


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())
