"""The map of the flows, as a Mermaid chart that code hosts and editors draw."""

from ivr.flows.graph import arrows
from ivr.flows.shapes import Ask, Book, Choose, Do, HangUp, Place, Step, Transfer


def chart(book: Book) -> str:
    """Draw every step as a box, by flow, and every arrow with its outcome."""
    lines = ["flowchart TD"]
    for flow in book.flows.values():
        lines.append(f'  subgraph {box(flow.name)}["{flow.name}"]')
        lines += [f"    {shape(Place(flow.name, name), step)}" for name, step in flow.steps.items()]
        lines.append("  end")
    lines += [
        f'  {box(str(here))} -->|"{outcome}"| {box(str(there))}'
        for here, outcome, there in arrows(book)
    ]
    return "\n".join([*lines, ""])


def box(name: str) -> str:
    """Make a name fit for a chart's identifiers."""
    return "".join(letter if letter.isascii() and letter.isalnum() else "_" for letter in name)


def shape(place: Place, step: Step) -> str:
    """Draw a step: questions round, verbs as diamonds, ends as stadiums, the rest as boxes."""
    name = box(str(place))
    match step:
        case Ask() | Choose():
            return f'{name}("{step.name}")'
        case Do():
            return f'{name}{{"{step.name}"}}'
        case HangUp() | Transfer():
            return f'{name}(["{step.name}"])'
        case _:
            return f'{name}["{step.name}"]'
