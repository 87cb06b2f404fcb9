"""The table that ends `./cityline up`: where to look, what to dial, who may sign in."""

from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from config.settings import Settings
from webhooks.addresses import FALLBACK, OVERRIDES, STATUS, VOICE

SignIns = list[list[str]]  # user name, password, who it is


@dataclass(frozen=True, slots=True)
class Welcome:
    """What there is to say about an open line. `dial_pad` is None with a real Twilio account."""

    settings: Settings
    dial_pad: str | None
    sign_ins: SignIns


def show(console: Console, welcome: Welcome) -> None:
    """Print it all."""
    console.print()
    console.print(addresses(welcome))
    if welcome.sign_ins:
        console.print(people(welcome.sign_ins))
    console.print("The line is open. Ctrl-C closes it.", style="bold")


def addresses(welcome: Welcome) -> Table:
    """Return where everything is, as a two-column table."""
    settings = welcome.settings
    fallback = settings.fallback_url or f"{settings.public_url}{FALLBACK}"
    rows = [
        ("The city's number", settings.line_number),
        ("The desk", f"{settings.public_url}/desk"),
        ("Dial pad in the browser", welcome.dial_pad),
        ("Call from a terminal", "./cityline call" if welcome.dial_pad else None),
        ("For a Twilio number: a call comes in", f"{settings.public_url}{VOICE}{OVERRIDES}"),
        ("    primary handler fails", f"{fallback}{OVERRIDES}"),
        ("    call status changes", f"{settings.public_url}{STATUS}"),
        ("Logs", str(Path(settings.var) / "log")),
    ]
    table = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True, style="bold")
    table.add_column(overflow="fold")
    for name, words in rows:
        if words:
            table.add_row(name, words)
    return table


def people(sign_ins: SignIns) -> Table:
    """Return who may sign in at the desk of the demo."""
    table = Table("User name", "Password", "Who", title="Sign in at the desk", title_justify="left")
    for row in sign_ins:
        table.add_row(*row)
    return table
