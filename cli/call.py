"""`./cityline call`: a caller in the terminal, on the phone network of the line that is open."""

import os
import subprocess
import sys

import click

from cli.environment import ROOT, state_folder
from db.embedded import ports


@click.command(
    help="Call the line from this terminal; arguments go to devphone.terminal.",
    context_settings={"ignore_unknown_options": True},
    add_help_option=False,
)
@click.argument("words", nargs=-1, type=click.UNPROCESSED)
def command(words: tuple[str, ...]) -> None:
    """Call the line that is open in this state folder."""
    port = ports.remembered(state_folder()).get("devphone")
    if port is None or ports.is_free(port):
        sys.exit("cityline: no phone network is open here; run ./cityline up first.")
    terminal = [sys.executable, "-P", "-m", "devphone.terminal", "--url"]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    address = f"http://{ports.HOST}:{port}"
    sys.exit(subprocess.run([*terminal, address, *words], env=environment, check=False).returncode)
