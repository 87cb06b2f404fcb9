"""`./cityline test`: pytest on two workers; fixtures start the servers that tests need."""

import os
import subprocess
import sys

import click

from cli.environment import ROOT

WORKERS = "2"


@click.command(
    help="Run every test; arguments go to pytest.",
    context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False},
    add_help_option=False,
)
@click.argument("words", nargs=-1, type=click.UNPROCESSED)
def command(words: tuple[str, ...]) -> None:
    """Run every test; arguments go to pytest. The last line is pytest's own."""
    chosen = any(word.startswith("-n") for word in words)
    # Which scopes stay together: tests/conftest.py
    spread = () if chosen else ("-n", WORKERS, "--dist", "loadscope")
    pytest = [sys.executable, "-P", "-m", "pytest", "--quiet", *spread, *words]
    sys.exit(subprocess.run(pytest, cwd=ROOT, check=False, env=dict(os.environ)).returncode)
