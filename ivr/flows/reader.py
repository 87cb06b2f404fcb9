"""Reads config/flows/*.yaml into a Book: the shape of a file; the checker knows the sense."""

import hashlib
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Final, cast

from config.errors import ConfigError
from config.reading import Part, read_part
from config.words import LANGUAGES, Language
from ivr.flows.shapes import (
    MISSES,
    Ask,
    Book,
    Choose,
    Do,
    Flow,
    GoTo,
    HangUp,
    Option,
    Piece,
    Prompt,
    Say,
    Step,
    Transfer,
)

OPENING: Final = "main line"
PERSON: Final = "to a person"
RINGING_SECONDS: Final = 25
NOTHING: Final = Prompt((), ())


def read_book(folder: Path, single: Mapping[str, str]) -> Book:
    """Read every flow in a folder; raises ConfigError with a sentence for each fault.

    `single` names the listeners with one good outcome ("words" -> "words"): only after those a
    question may say `then` instead of `when`.
    """
    faults: list[str] = []
    files = sorted(folder.glob("*.yaml"))
    flows = [read_flow(read_part(file, faults), single) for file in files]
    names = [flow.name for flow in flows]
    faults += [f"Two files hold the flow '{name}'." for name in set(names) if names.count(name) > 1]
    faults += [
        f"There is no flow '{name}', and every call needs it."
        for name in (OPENING, PERSON)
        if name not in names
    ]
    if faults:
        raise ConfigError(faults)
    version = hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:12]
    return Book({flow.name: flow for flow in flows}, OPENING, PERSON, version)


def read_flow(part: Part, single: Mapping[str, str]) -> Flow:
    """Read one file."""
    name = part.text("flow")
    whole = part.named(name)
    purpose, start = part.text("purpose"), part.text("starts at")
    anywhere = texts_of(part.part("at any question")) if part.has("at any question") else {}
    formerly: dict[str, str] = {}
    steps: dict[str, Step] = {}
    for step_name, step_part in part.parts("steps"):
        here = step_part.named(f"{name} / {step_name}")
        if here.has("formerly"):
            former = former_name(here, {*formerly, *part.part("steps").names()})
            formerly[former] = step_name
        steps[step_name] = read_step(step_name, here, single)
        here.done()
    if start and start not in steps:
        whole.fault(f"starts at '{start}', which is none of its steps")
    part.done()
    return Flow(name, purpose, start, steps, anywhere, formerly)


def former_name(step: Part, taken: Collection[str]) -> str:
    """Read the name that a step had; one name leads to one step."""
    former = step.text("formerly")
    if former in taken:
        step.fault(f"was formerly '{former}', but another step has that name")
    return former


def read_step(name: str, part: Part, single: Mapping[str, str]) -> Step:
    """Read one step; its kind is the one kind word it holds."""
    kinds = [kind for kind in KINDS if part.has(kind)]
    if not kinds:
        part.fault(f"is of no kind: it needs one of {', '.join(KINDS)}")
        return GoTo(name, PERSON)
    if len(kinds) > 1 and kinds != ["transfer to", "say"]:
        part.fault(f"is of several kinds at once: {', '.join(kinds)}")
    kind = kinds[0]
    if kind == "ask":
        return read_ask(name, part, single)
    return KINDS[kind](name, part)


def read_say(name: str, part: Part) -> Step:
    """Read words to speak and where to go on."""
    return Say(name, prompt(part, "say"), part.text("then"))


def read_ask(name: str, part: Part, single: Mapping[str, str]) -> Step:
    """Read a question with its ladder of re-prompts and the way out."""
    listen_for = part.text("listen for")
    when = texts_of(part.part("when")) if part.has("when") else {}
    if part.has("then"):
        outcome = single.get(listen_for)
        target = part.text("then")
        if outcome is None:
            part.fault(f"says 'then', but '{listen_for}' has several outcomes: say 'when'")
        else:
            when = {outcome: target, **when}
    return Ask(
        name=name,
        prompt=prompt(part, "ask"),
        again=ladder(part),
        listen_for=listen_for,
        keys=texts_of(part.part("keys")) if part.has("keys") else {},
        when=when,
        at_most=part.whole("at most"),
        otherwise=part.text("otherwise"),
        hints=part.text_if_any("hints"),
    )


def read_choose(name: str, part: Part) -> Step:
    """Read a menu."""
    return Choose(
        name=name,
        prompt=prompt(part, "choose"),
        again=ladder(part),
        options=tuple(read_option(option, inner) for option, inner in part.parts("options")),
        at_most=part.whole("at most"),
        otherwise=part.text("otherwise"),
    )


def read_option(name: str, part: Part) -> Option:
    """Read one line of a menu."""
    words: dict[Language, tuple[str, ...]] = {code: part.texts(code) for code in LANGUAGES}
    option = Option(name, str(part.value("key")), words, part.text("then"))
    part.done()
    return option


def read_do(name: str, part: Part) -> Step:
    """Read which verb decides and where its outcomes lead."""
    return Do(
        name=name,
        verb=part.text("do"),
        when=texts_of(part.part("when")),
        at_most=part.whole("at most") if part.has("at most") else None,
        otherwise=part.text_if_any("otherwise"),
    )


def read_transfer(name: str, part: Part) -> Step:
    """Read whom to ring, what is said first, and what follows each way it can end."""
    return Transfer(
        name=name,
        prompt=prompt(part, "say"),
        to=part.text("transfer to"),
        seconds=part.whole("ringing") if part.has("ringing") else RINGING_SECONDS,
        when=texts_of(part.part("when")),
    )


def read_hang_up(name: str, part: Part) -> Step:
    """Read a goodbye."""
    return HangUp(name, prompt(part, "hang up"), part.text("ending"))


def read_go_to(name: str, part: Part) -> Step:
    """Read a way into another flow."""
    return GoTo(name, part.text("go to"))


# "transfer to" stands before "say": a transfer says something first.
KINDS: Final[dict[str, Callable[[str, Part], Step]]] = {
    "transfer to": read_transfer,
    "ask": lambda name, part: read_ask(name, part, {}),
    "choose": read_choose,
    "do": read_do,
    "hang up": read_hang_up,
    "go to": read_go_to,
    "say": read_say,
}


def prompt(part: Part, key: str) -> Prompt:
    """Read a text in both languages; each is one piece, or a list that may switch voices."""
    inner = part.part(key)
    said = prompt_of(inner)
    inner.done()
    return said


def prompt_of(part: Part) -> Prompt:
    """Read `en` and `es` of a part as pieces."""
    return Prompt(pieces(part, "en"), pieces(part, "es"))


def pieces(part: Part, language: Language) -> tuple[Piece, ...]:
    """Read the pieces of one language: text in that voice, `{es: ...}` in the other's."""
    value = part.value(language)
    items = cast("list[object]", value) if isinstance(value, list) else [value]
    found = [piece(item, language) for item in items]
    if not found or None in found:
        part.fault(f"says nothing in {'English' if language == 'en' else 'Spanish'}")
    return tuple(item for item in found if item is not None)


def piece(item: object, language: Language) -> Piece | None:
    """Make one piece; None where it says nothing."""
    if isinstance(item, Mapping):
        [(voice, text), *more] = cast("Mapping[str, object]", item).items() or [("", "")]
        voices: list[Language] = [code for code in LANGUAGES if code == voice]
        return piece(text, voices[0]) if voices and not more else None
    if isinstance(item, str) and item.strip():
        return Piece(language, " ".join(item.split()))
    return None


def ladder(part: Part) -> tuple[Prompt, ...]:
    """Read the re-prompts: one, or a list of them."""
    value = part.value("ask again")
    if not isinstance(value, list):
        return (prompt(part, "ask again"),)
    rungs: list[Prompt] = []
    for number, rung in enumerate(cast("list[object]", value), start=1):
        trail = f"{part.trail}, ask again {number}"
        data = cast("Mapping[str, object]", rung if isinstance(rung, Mapping) else {})
        inner = Part(part.file, trail, data, part.faults)
        rungs.append(prompt_of(inner))
        inner.done()
    if not rungs:
        part.fault("has no 'ask again'")
    return tuple(rungs)


def texts_of(part: Part) -> dict[str, str]:
    """Read a mapping of words to words, in its order."""
    return {name: part.text(name) for name in part.names()}


def good_outcomes(ask: Ask) -> dict[str, str]:
    """Leave out of a question's `when` what it says about misses."""
    return {outcome: target for outcome, target in ask.when.items() if outcome not in MISSES}
