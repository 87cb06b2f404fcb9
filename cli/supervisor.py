"""Keeps processes running: restarts what dies, with growing pauses, and stops all of it in time.

No thread and no signal handler of its own: whoever runs it calls `look` again and again. If we
are killed outright, the kernel ends the children (db/embedded/process.py).
"""

import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from db.embedded import process

FIRST_PAUSE_SECONDS = 0.25
LONGEST_PAUSE_SECONDS = 10.0
HEALTHY_SECONDS = 30.0
LONGEST_LOG_BYTES = 10_000_000
# All children together, then the servers together: under ten seconds even if nobody listens.
STOPS = ((signal.SIGTERM, 4.0), (signal.SIGINT, 1.0), (signal.SIGKILL, 1.0))
SERVER_STOPS = ((signal.SIGINT, 2.0), (signal.SIGQUIT, 1.0), (signal.SIGKILL, 0.5))


@dataclass
class Child:
    """A process to keep: how it is started, and how it is asked to stop.

    `last` children (the servers that others need) are stopped after all others. Every list of
    signals has three, so that all of them take the same steps.
    """

    name: str
    launch: Callable[[], subprocess.Popen[bytes]]
    stops: Sequence[tuple[signal.Signals, float]] = STOPS
    last: bool = False
    running: subprocess.Popen[bytes] | None = None
    began: float = 0.0
    deaths: int = 0
    due: float = 0.0


class Supervisor:
    """The children of one line. `tell` gets a sentence when one died."""

    def __init__(self, var: Path, tell: Callable[[str], None]) -> None:
        """Begin with no children, and end those that a killed predecessor may have left."""
        self._children: list[Child] = []
        self._noted = var / "processes.json"
        self._logs = var / "log"
        self._tell = tell
        end_leftovers(self._noted, var)

    def keep(self, child: Child) -> None:
        """Start a child, if it does not run yet, and keep it running."""
        self._children.append(child)
        if child.running is None:
            self._start(child)
        self._note()

    def look(self) -> None:
        """Collect who died, start who is due, keep logs from growing without end."""
        now = time.monotonic()
        for child in self._children:
            if child.running is not None and child.running.poll() is not None:
                self._bury(child, now)
            elif child.running is None and now >= child.due:
                self._start(child)
                self._note()
        shorten(self._logs)

    def dead(self) -> list[str]:
        """Name the children that do not run at the moment."""
        return [child.name for child in self._children if child.running is None]

    def stop(self) -> None:
        """Stop everybody: the processes first, then the servers they stand on."""
        for last in (False, True):
            end_all([child for child in self._children if child.last is last])
        self._noted.unlink(missing_ok=True)

    def _start(self, child: Child) -> None:
        child.running = child.launch()
        child.began = time.monotonic()

    def _bury(self, child: Child, now: float) -> None:
        """End what the dead process left behind, and say when it is started again."""
        assert child.running is not None  # noqa: S101  look() asked
        end_session(child.running.pid)
        code, child.running = child.running.returncode, None
        child.deaths = 1 if now - child.began > HEALTHY_SECONDS else child.deaths + 1
        pause = min(FIRST_PAUSE_SECONDS * 2 ** (child.deaths - 1), LONGEST_PAUSE_SECONDS)
        child.due = now + pause
        said = process.last_words(self._logs / f"{child.name}.log")
        how = f"was killed by signal {-code}" if code < 0 else f"ended with code {code}"
        self._tell(
            f"{child.name} {how}; starting it again in {pause:.2g} s. Its last words: {said}"
        )

    def _note(self) -> None:
        pids = {child.name: child.running.pid for child in self._children if child.running}
        self._noted.write_text(json.dumps(pids) + "\n", "utf-8")


def end_all(children: Sequence[Child]) -> None:
    """Ask all at once, more firmly each time, then end whatever is left of their sessions."""
    running = [(child, child.running) for child in children if child.running is not None]
    for stage in range(max((len(child.stops) for child, _ in running), default=0)):
        waiting = [(child.stops[stage], popen) for child, popen in running if popen.poll() is None]
        for (number, _), popen in waiting:
            signal_quietly(popen.pid, number)
        patience = max((seconds for (_, seconds), _ in waiting), default=0.0)
        process.wait_until(lambda: all(popen.poll() is not None for _, popen in running), patience)
    for child, popen in running:
        end_session(popen.pid)
        child.running = None


def end_session(leader: int) -> None:
    """Kill every process of a session: workers that outlived the one we started."""
    for pid in session_members(leader):
        signal_quietly(pid, signal.SIGKILL)


def session_members(leader: int) -> list[int]:
    """Return the processes that a child of ours started, wherever they hang now."""
    found: list[int] = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text("utf-8", "replace").rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[3]) == leader and fields[0] not in {"Z", "X"}:
            found.append(int(folder.name))
    return found


def signal_quietly(pid: int, number: signal.Signals) -> None:
    """Send a signal to a process that may be gone already."""
    with suppress(ProcessLookupError):
        os.kill(pid, number)


def end_leftovers(noted: Path, var: Path) -> None:
    """End the noted processes of a supervisor that was killed, if they are ours indeed."""
    try:
        pids: dict[str, int] = json.loads(noted.read_text("utf-8"))
    except (OSError, ValueError):
        return
    for pid in pids.values():
        if f"CITYLINE_VAR={var}".encode() in environment_of(pid):
            process.wait_until(lambda pid=pid: not process.is_alive(pid), STOPS[0][1])
            end_session(pid)


def environment_of(pid: int) -> bytes:
    """Return a process's environment as it was started, nothing where we may not look."""
    try:
        return Path(f"/proc/{pid}/environ").read_bytes()
    except OSError:
        return b""


def shorten(logs: Path) -> None:
    """Move a log that grew long aside. Writers append, so they go on at its beginning."""
    for log in logs.glob("*.log"):
        if log.stat().st_size > LONGEST_LOG_BYTES:
            shutil.copyfile(log, log.with_suffix(".log.1"))
            os.truncate(log, 0)
