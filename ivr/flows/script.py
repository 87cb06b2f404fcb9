"""The call script: a flow as numbered lines in both languages, for the supervisor who signs it.

docs/call-scripts/ holds what these functions write. A stale page fails the checks, so that a
change to a flow shows its reader the change in words.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from config.words import LANGUAGES, Language
from ivr.flows.shapes import (
    Ask,
    Book,
    Choose,
    Do,
    Flow,
    GoTo,
    HangUp,
    Piece,
    Prompt,
    Say,
    Step,
    Transfer,
)

NAMES: Final[dict[Language, str]] = {"en": "English", "es": "Español"}
NOTICE: Final = (
    "<!-- Written by ./cityline flows script; change config/flows and write it anew. -->"
)


def pages(book: Book) -> dict[str, str]:
    """Write one page a flow, and one that lists them: file name -> Markdown."""
    written = {file_name(flow.name): page(flow) for flow in book.flows.values()}
    return {"README.md": contents(book), **written}


def file_name(flow: str) -> str:
    """Name the page of a flow."""
    return flow.replace(" ", "-") + ".md"


def contents(book: Book) -> str:
    """List the flows with what they are for."""
    rows = [
        f"| [{flow.name}]({file_name(flow.name)}) | {flow.purpose} |"
        for flow in book.flows.values()
    ]
    head = ["# Call scripts", "", NOTICE, "", "| flow | what it is for |", "|---|---|"]
    return "\n".join([*head, *rows, ""])


def page(flow: Flow) -> str:
    """Write one flow."""
    numbers = {name: number for number, name in enumerate(flow.steps, start=1)}
    lines = [f"# {flow.name}", "", NOTICE, "", flow.purpose, "", f"Starts at: {flow.start}."]
    if flow.anywhere:
        said = "; ".join(f"“{word}” → {where(flow, to)}" for word, to in flow.anywhere.items())
        lines += ["", f"At any question: {said}."]
    for name, step in flow.steps.items():
        lines += ["", f"## {numbers[name]}. {name}", "", *described(flow, step)]
    return "\n".join([*lines, ""])


def where(flow: Flow, target: str) -> str:
    """Write where an arrow leads: a step by its number, a flow by its page."""
    if target in flow.steps:
        return f"{list(flow.steps).index(target) + 1}. {target}"
    return target


def described(flow: Flow, step: Step) -> Iterator[str]:
    """Write one step."""
    match step:
        case Ask():
            yield from asked(flow, step)
        case Choose():
            yield from chosen(flow, step)
        case Do():
            yield from done(flow, step)
        case Say() | Transfer() | HangUp() | GoTo():
            yield from passed(flow, step)


def asked(flow: Flow, step: Ask) -> Iterator[str]:
    """Write a question."""
    yield from spoken("Ask", step.prompt)
    yield from ladder(step.again)
    yield f"- Listen for: {step.listen_for}"
    for key, outcome in step.keys.items():
        yield f"- key {key}: {outcome}"
    yield from arrows(flow, {**step.when, f"after {step.at_most} tries": step.otherwise})


def chosen(flow: Flow, step: Choose) -> Iterator[str]:
    """Write a menu."""
    yield from spoken("Menu", step.prompt)
    yield from ladder(step.again)
    for option in step.options:
        yield f"- key {option.key}, {option.name} → {where(flow, option.then)}"
    yield from arrows(flow, {f"after {step.at_most} tries": step.otherwise})


def done(flow: Flow, step: Do) -> Iterator[str]:
    """Write what a verb decides."""
    yield f"- Do: {step.verb}"
    yield from arrows(flow, step.when)
    if step.otherwise:
        yield f"- more than {step.at_most} times in a call → {where(flow, step.otherwise)}"


def passed(flow: Flow, step: Say | Transfer | HangUp | GoTo) -> Iterator[str]:
    """Write a step without a choice of the caller's."""
    if not isinstance(step, GoTo):
        yield from spoken("Say", step.prompt)
    if isinstance(step, Transfer):
        yield f"- Ring the {step.to} for {step.seconds} seconds"
    if isinstance(step, HangUp):
        yield f"- Hang up; the call is recorded as: {step.ending}"
    yield from arrows(flow, step.targets())


def spoken(label: str, prompt: Prompt) -> Iterator[str]:
    """Write a prompt in both languages, side by side."""
    for language in LANGUAGES:
        yield f"- {label} ({NAMES[language]}): {text(prompt.get(language), language)}"


def text(pieces: tuple[Piece, ...], language: Language) -> str:
    """Write pieces; one in the other language's voice is marked."""
    return " ".join(
        piece.text if piece.language == language else f"[{NAMES[piece.language]}: {piece.text}]"
        for piece in pieces
    )


def ladder(again: tuple[Prompt, ...]) -> Iterator[str]:
    """Write the re-prompts."""
    for number, prompt in enumerate(again, start=2):
        yield from spoken(f"Ask the {number}. time", prompt)


def arrows(flow: Flow, leads: Mapping[str, str]) -> Iterator[str]:
    """Write outcomes and where they lead."""
    for outcome, target in leads.items():
        yield f"- {outcome} → {where(flow, target)}"
