"""One line for the whole folder: it is broken again and again, and must come back each time."""

import os
import tempfile
from collections.abc import Generator
from pathlib import Path

import pytest

from db.embedded import home
from tests.faults.opened import OpenLine, opened


@pytest.fixture(scope="session")
def open_line(trained_var: Path) -> Generator[OpenLine]:
    """Open a line as `./cityline up` does, but for training: that is no part of these tests."""
    if not home.is_supported():
        pytest.skip("no embedded servers for this machine: there is nothing to kill")
    var = Path(tempfile.mkdtemp(prefix="cityline-faults-"))
    var.chmod(0o711)  # PostgreSQL's user passes through it when we are root
    with opened(var, trained_var / "nlp") as line:
        yield line


@pytest.fixture
def line(open_line: OpenLine) -> OpenLine:
    """Give the line when it is whole again after the last test."""
    open_line.comes_back()
    return open_line


@pytest.fixture
def seed() -> int:
    """Draw the seed of a test's disorder; CITYLINE_SEED replays one."""
    return int(os.environ.get("CITYLINE_SEED", "311"))
