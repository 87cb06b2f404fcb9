"""The steps of a long command, shown as they happen: a tick, the name, the seconds.

On a terminal the running step turns, with its progress; elsewhere each step is one plain line.
"""

import time
from collections.abc import Generator
from contextlib import contextmanager

from rich.console import Console
from rich.status import Status

PLAIN_WIDTH = 160  # lines for a file or a pipe are not folded as for a narrow terminal


def new_console() -> Console:
    """Return where a command shows its steps: plain and wide where nobody watches."""
    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=PLAIN_WIDTH)


class Step:
    """One running step; what it says is shown behind its name."""

    def __init__(self, name: str, status: Status | None) -> None:
        """Show it, where there is something to show it on."""
        self.name = name
        self._status = status
        self.words = ""

    def says(self, words: str) -> None:
        """Show how far it is, or what it waits for."""
        self.words = words
        if self._status is not None:
            self._status.update(f"{self.name}  [dim]{words}[/dim]")

    def progress(self, done: int, total: int) -> None:
        """Show how much of a countable thing is done."""
        self.says(f"{done:,} of {total:,}")


class Steps:
    """The steps of one command on one console."""

    def __init__(self, console: Console) -> None:
        """Begin with none."""
        self.console = console

    @contextmanager
    def step(self, name: str) -> Generator[Step]:
        """Run one step: a tick and its seconds at the end, a cross where it raised."""
        began = time.monotonic()
        try:
            with self._showing(name) as step:
                yield step
        except BaseException:
            self._print("[red]✗[/red]", name, "", began)
            raise
        self._print("[green]✓[/green]", name, step.words, began)

    @contextmanager
    def _showing(self, name: str) -> Generator[Step]:
        if not self.console.is_terminal:
            yield Step(name, None)
            return
        with self.console.status(name) as status:
            yield Step(name, status)

    def _print(self, mark: str, name: str, words: str, began: float) -> None:
        seconds = time.monotonic() - began
        self.console.print(f"{mark} {name:<34} {seconds:5.1f} s  [dim]{words}[/dim]".rstrip())
