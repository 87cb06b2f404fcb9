"""`./cityline flows`: check the conversations, write their scripts and map, walk every arrow."""

import sys
from pathlib import Path

import click

DOCS = Path("docs/call-scripts")
LARGEST = 8 * 1024  # bytes of one document; Twilio takes 64 kB


@click.group(help="Check, write out, draw and walk the conversations.")
def command() -> None:
    """Check, write out, draw and walk the conversations."""


@command.command()
def check() -> None:
    """Refuse flows that would strand a caller, each in one sentence."""
    from app import the_conversation
    from config.errors import ConfigError

    try:
        book = the_conversation().book
    except ConfigError as error:
        print("\n".join(error.faults))
        sys.exit(1)
    steps = sum(len(flow.steps) for flow in book.flows.values())
    print(f"{len(book.flows)} flows, {steps} steps: nothing to refuse.")


@command.command()
@click.option("--stale", is_flag=True, help="Write nothing; exit 1 where a page is out of date.")
@click.argument("folder", type=click.Path(path_type=Path), default=DOCS)
def script(folder: Path, *, stale: bool) -> None:
    """Write the call scripts, in both languages, to docs/call-scripts."""
    from app import the_conversation
    from ivr.flows import picture
    from ivr.flows import script as scripts

    book = the_conversation().book
    pages = scripts.pages(book)
    pages["map.md"] = (
        f"# Map of the flows\n\n{scripts.NOTICE}\n\n```mermaid\n{picture.chart(book)}```\n"
    )
    old = [name for name, text in pages.items() if not is_current(folder / name, text)]
    old += [path.name for path in folder.glob("*.md") if path.name not in pages]
    if stale:
        print("\n".join(f"{folder / name} is out of date." for name in old) or "All current.")
        sys.exit(1 if old else 0)
    folder.mkdir(parents=True, exist_ok=True)
    for name in old:
        if name in pages:
            (folder / name).write_text(pages[name], encoding="utf-8")
        else:
            (folder / name).unlink()
    print(f"{len(pages)} pages in {folder}, {len(old)} written.")


@command.command("map")
def draw() -> None:
    """Print the map of the flows as a Mermaid chart."""
    from app import the_conversation
    from ivr.flows.picture import chart

    print(chart(the_conversation().book))


@command.command()
def walk() -> None:
    """Take every arrow of every flow, in both languages, and write each answer as TwiML."""
    from app import the_conversation, walking_world
    from ivr.flows.walk import Stranded
    from ivr.flows.walk import walk as take_every_arrow
    from webhooks.twiml import document

    taken, largest = 0, 0
    try:
        for arrow in take_every_arrow(the_conversation(), walking_world()):
            body = document(arrow.reply, "https://line.example/webhooks/twilio/voice/1/token/")
            taken, largest = taken + 1, max(largest, len(body))
    except Stranded as error:
        print(error)
        sys.exit(1)
    print(f"{taken} arrows taken in two languages; the largest document has {largest} bytes.")
    sys.exit(1 if largest > LARGEST else 0)


def is_current(path: Path, text: str) -> bool:
    """Tell whether a page holds this text."""
    return path.is_file() and path.read_text(encoding="utf-8") == text
