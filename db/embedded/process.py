"""Starting, finding and ending server processes, each wait with a bound."""

import ctypes
import os
import re
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from db.embedded.errors import EmbeddedError

POLL_SECONDS = 0.05
LAST_LINES = 1000
ERROR = re.compile(r"[\w.]+(Error|Exception|Refused|Unavailable): ")
PR_SET_PDEATHSIG = 1
# Loaded before any fork: between fork and exec a child may not load anything.
_LIBC = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True, slots=True)
class User:
    """Whom a server runs as."""

    uid: int
    gid: int


@dataclass(frozen=True, slots=True)
class Launch:
    """A process to start: its command, the file for all it says, and whom it runs as.

    `parent_gone` is the signal it gets from the kernel when we die, even by kill -9.
    """

    command: Sequence[str]
    log: Path
    user: User | None = None
    environment: Mapping[str, str] | None = None
    folder: str = "/"
    parent_gone: signal.Signals = signal.SIGTERM


def start(launch: Launch) -> subprocess.Popen[bytes]:
    """Start a process in a session of its own, so that Ctrl-C reaches us alone.

    Call it from the main thread: the kernel watches the thread, not the process.
    """
    launch.log.parent.mkdir(parents=True, exist_ok=True)
    with launch.log.open("ab") as log:
        return subprocess.Popen(
            list(launch.command),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd=launch.folder,
            env=None if launch.environment is None else dict(launch.environment),
            start_new_session=True,
            preexec_fn=_dies_with(os.getpid(), launch.parent_gone),  # noqa: PLW1509  one loaded call
            **as_user(launch.user),
        )


class RunAs(TypedDict, total=False):
    """Subprocess's own words for another user."""

    user: int
    group: int
    extra_groups: list[int]


def as_user(user: User | None) -> RunAs:
    """Return subprocess's words for running as another user; none for ourselves."""
    if user is None:
        return {}
    return {"user": user.uid, "group": user.gid, "extra_groups": []}


def _dies_with(parent: int, number: signal.Signals) -> Callable[[], None]:
    def in_child() -> None:
        _LIBC.prctl(PR_SET_PDEATHSIG, int(number), 0, 0, 0)
        if os.getppid() != parent:  # it died before we asked
            os.kill(os.getpid(), signal.SIGKILL)

    return in_child


def is_alive(pid: int) -> bool:
    """Say whether a process runs; one that has ended and waits to be collected does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state[0] not in {"Z", "X"}


def words_of(pid: int) -> list[str]:
    """Return a process's command line, nothing where it is gone or hidden from us."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_text("utf-8", "replace").split("\0")
    except OSError:
        return []


def wait_until(ready: Callable[[], bool], seconds: float) -> bool:
    """Ask again and again until ready or the seconds are over; give the last answer."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if ready():
            return True
        time.sleep(POLL_SECONDS)
    return ready()


def end(pid: int, signals: Sequence[tuple[signal.Signals, float]]) -> None:
    """Ask a process to stop, more firmly each time; every signal has its seconds."""
    for number, seconds in signals:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            return
        if wait_until(lambda: not is_alive(pid), seconds):
            return
    raise EmbeddedError(f"Process {pid} did not stop.")


def last_words(log: Path) -> str:
    """Return what a process said last, for the sentence that says it failed.

    Of a Python trace that is the line with the error, not what libraries print after it.
    """
    try:
        lines = log.read_text("utf-8", "replace").strip().splitlines()
    except OSError:
        lines = []
    errors = [line for line in lines[-LAST_LINES:] if ERROR.match(line)]
    return (errors or lines or ["it wrote nothing"])[-1]
