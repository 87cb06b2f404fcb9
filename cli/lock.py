"""`./cityline lock`: the requirements compiled anew, every package pinned and hashed."""

import subprocess
import sys

import click

from cli.environment import ROOT

NAMES = ("bootstrap", "base", "embedded", "dev")
OPTIONS = (
    "--quiet", "--universal", "--python-version", "3.11", "--generate-hashes",
    "--no-annotate", "--no-header",
)  # fmt: skip


@click.command(help="Compile requirements/*.in to pinned and hashed *.txt.")
@click.option("--upgrade", is_flag=True, help="Take newer versions; else only what is needed.")
def command(*, upgrade: bool) -> None:
    """Compile requirements/*.in to pinned and hashed *.txt."""
    for name in NAMES:
        options = [*OPTIONS, "--upgrade"] if upgrade else OPTIONS
        words = [*options, f"{name}.in", "-o", f"{name}.txt"]
        made = subprocess.run(
            [sys.executable, "-m", "uv", "pip", "compile", *words],
            cwd=ROOT / "requirements",
            check=False,
            stdout=subprocess.DEVNULL,
        )
        if made.returncode:
            sys.exit(f"cityline: requirements/{name}.in could not be compiled.")
        click.echo(f"requirements/{name}.txt")
