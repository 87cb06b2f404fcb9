"""`./cityline check`: everything that can be said about the code without running it.

Every step runs, even after one failed. A room adds its own step with a line in STEPS.
"""

import subprocess
import sys
import time
from dataclasses import dataclass

import click

from cli.environment import ROOT


@dataclass(frozen=True, slots=True)
class Check:
    """One step: its name and what runs it, after `python`."""

    name: str
    words: tuple[str, ...]


IMPORTS = "import sys; from importlinter.cli import lint_imports_command as run; sys.exit(run())"
STEPS = (
    Check("format", ("-m", "ruff", "format", "--check", ".")),
    Check("lint", ("-m", "ruff", "check", ".")),
    Check("types", ("-m", "basedpyright")),
    Check("imports", ("-c", IMPORTS, "--no-logo")),
    Check("spelling", ("-m", "codespell_lib")),
    Check("dead code", ("-m", "vulture")),
    Check("flows", ("-m", "cli", "flows", "check")),
    Check("call scripts", ("-m", "cli", "flows", "script", "--stale")),
)


@click.command(help="Check format, lint, types, imports and words.")
@click.argument("names", nargs=-1)
def command(names: tuple[str, ...]) -> None:
    """Run the steps, or those named; exit code 1 where one failed."""
    failed = [step.name for step in STEPS if step.name in (names or step.name) and not passes(step)]
    click.echo(f"check: {len(failed)} failed: {', '.join(failed)}" if failed else "check: all well")
    sys.exit(bool(failed))


def passes(step: Check) -> bool:
    """Run one step; its words are printed where it fails."""
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, *step.words], cwd=ROOT, check=False, capture_output=True, text=True
    )
    mark = "✗" if done.returncode else "✓"
    click.echo(f"{mark} {step.name:<12} {time.monotonic() - began:5.1f} s")
    if done.returncode:
        click.echo(done.stdout + done.stderr)
    return done.returncode == 0
