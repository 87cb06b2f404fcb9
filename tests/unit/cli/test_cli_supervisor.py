"""What dies is started again; what is stopped leaves nothing behind, in under ten seconds."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Generator
from contextlib import suppress
from pathlib import Path

import pytest

from cli.processes import launcher
from cli.supervisor import LONGEST_LOG_BYTES, Child, Supervisor, session_members, shorten
from db.embedded import process

SLEEPS = "import time; print('up', flush=True); time.sleep(60)"
DEAF = "import signal, time; [signal.signal(n, signal.SIG_IGN) for n in (1, 2, 3, 15)]; " + SLEEPS
FORKS = "import subprocess, sys; subprocess.Popen(['sleep', '60']); " + SLEEPS


@pytest.fixture
def told() -> list[str]:
    """Collect what the supervisor says."""
    return []


@pytest.fixture
def supervisor(tmp_path: Path, told: list[str]) -> Generator[Supervisor]:
    """Supervise in a state folder of our own."""
    made = Supervisor(tmp_path, told.append)
    yield made
    made.stop()


@pytest.fixture
def child(tmp_path: Path) -> Callable[[str, str], Child]:
    """Make children that run a line of Python."""
    environment = dict(os.environ) | {"CITYLINE_VAR": str(tmp_path)}

    def make(name: str, program: str) -> Child:
        command = [sys.executable, "-c", program]
        return Child(name, launcher(name, command, tmp_path, environment))

    return make


def pid_of(kept: Child) -> int:
    assert kept.running
    return kept.running.pid


def said_up(tmp_path: Path, name: str) -> bool:
    return "up" in (tmp_path / "log" / f"{name}.log").read_text()


def test_a_killed_child_is_started_again_and_its_last_words_are_told(
    supervisor: Supervisor, child: Callable[[str, str], Child], told: list[str], tmp_path: Path
) -> None:
    kept = child("web", SLEEPS)
    supervisor.keep(kept)
    assert process.wait_until(lambda: said_up(tmp_path, "web"), 10)
    first = pid_of(kept)
    os.kill(first, signal.SIGKILL)

    def again() -> bool:
        supervisor.look()
        return kept.running is not None and kept.running.pid != first

    assert process.wait_until(again, 10)
    assert "web was killed by signal 9" in told[0]
    assert told[0].endswith("up")


def test_a_child_that_cannot_start_is_tried_ever_more_rarely(
    supervisor: Supervisor, child: Callable[[str, str], Child], told: list[str]
) -> None:
    supervisor.keep(child("web", "raise SystemExit(3)"))

    def thrice() -> bool:
        supervisor.look()
        return len(told) == 3

    assert process.wait_until(thrice, 20)
    assert ["0.25 s" in told[0], "0.5 s" in told[1], "1 s" in told[2]] == [True] * 3
    assert "ended with code 3" in told[0]


def test_stopping_takes_the_deaf_and_the_orphans_with_it(
    supervisor: Supervisor, child: Callable[[str, str], Child], tmp_path: Path
) -> None:
    kept = [child("deaf", DEAF), child("forks", FORKS), child("calm", SLEEPS)]
    for one in kept:
        supervisor.keep(one)
    assert process.wait_until(lambda: all(said_up(tmp_path, one.name) for one in kept), 10)
    leaders = [pid_of(one) for one in kept]
    began = time.monotonic()
    supervisor.stop()
    assert time.monotonic() - began < 10
    assert not [pid for leader in leaders for pid in session_members(leader)]


def test_the_next_supervisor_ends_what_a_killed_one_left(
    supervisor: Supervisor, child: Callable[[str, str], Child], tmp_path: Path
) -> None:
    kept = child("deaf", DEAF)
    supervisor.keep(kept)
    assert process.wait_until(lambda: said_up(tmp_path, "deaf"), 10)
    leader = pid_of(kept)
    Supervisor(tmp_path, print)
    assert not session_members(leader)


def test_children_die_with_the_supervisor_even_by_kill_9(tmp_path: Path) -> None:
    program = (
        "import sys, time; from pathlib import Path; from cli.processes import launcher;"
        "run = launcher('one', [sys.executable, '-c', sys.argv[1]], Path(sys.argv[2]), {});"
        "print(run().pid, flush=True); time.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, SLEEPS, str(tmp_path)], stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout
        pid = int(parent.stdout.readline())
        parent.kill()
    ended = process.wait_until(lambda: not process.is_alive(pid), 10)
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    assert ended


def test_a_long_log_is_moved_aside_while_it_is_written(tmp_path: Path) -> None:
    log = tmp_path / "web.log"
    with log.open("ab") as writer:
        writer.write(b"x" * (LONGEST_LOG_BYTES + 1))
        writer.flush()
        shorten(tmp_path)
        writer.write(b"on it goes\n")
    assert log.read_text() == "on it goes\n"
    assert (tmp_path / "web.log.1").stat().st_size == LONGEST_LOG_BYTES + 1
