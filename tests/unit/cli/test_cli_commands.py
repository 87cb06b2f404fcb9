"""The list of commands is instant, complete, and every command in it can be called."""

import subprocess
import sys

import pytest
from click.testing import CliRunner

from cli.__main__ import COMMANDS, main
from cli.environment import ROOT


def test_alone_it_lists_every_command_with_a_line_and_imports_none() -> None:
    program = (
        "import sys; from click.testing import CliRunner; from cli.__main__ import main;"
        "print(CliRunner().invoke(main, []).output); print('cli.up' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True, text=True, check=True, timeout=30, cwd=ROOT,
    )  # fmt: skip
    lines = done.stdout.splitlines()
    assert lines[-1] == "False"
    for name, (_, words) in COMMANDS.items():
        assert any(line.split()[:1] == [name] and words[:20] in line for line in lines)


@pytest.mark.parametrize("name", [name for name in COMMANDS if name not in {"test", "call"}])
def test_every_command_explains_itself(name: str) -> None:
    done = CliRunner().invoke(main, [name, "--help"])
    assert done.exit_code == 0, done.output
    assert "Usage:" in done.output


def test_an_unknown_command_is_refused_by_name() -> None:
    done = CliRunner().invoke(main, ["upp"])
    assert done.exit_code == 2
    assert "upp" in done.output
