"""A whole line on real ports, as `./cityline up` opens it, for tests that break its parts.

The line runs as processes of its own; the phone network runs in the test, in real time, and
reaches the line over HTTP with the patience that the line's own addresses ask for.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Generator, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import text
from werkzeug.serving import WSGIRequestHandler, make_server

import app
from cli.environment import DESK_PHONE, LINE_NUMBER, completed
from cli.opening import ask_ready
from config.settings import Settings, read_settings
from db import verify
from db.embedded import home, process, servers
from db.session import Database
from devphone import server as carrier
from devphone.network import Network
from devphone.phones import Phone
from devphone.signing import Signer
from tests.faults.gate import Gate
from tests.faults.wire import Wire
from webhooks.addresses import OVERRIDES, STATUS, VOICE

READY_SECONDS = 160.0
STOP_SECONDS = 15.0
ACCOUNT = "AC" + "0" * 32
TOKEN = "0" * 32
OURS = ("CITYLINE_", "TWILIO_", "DATABASE_", "REDIS_", "DEVPHONE_")


@dataclass
class OpenLine:
    """A line that takes calls, and everything a test may do to it."""

    var: Path
    settings: Settings
    network: Network
    database: Database
    owner: Database
    gate: Gate
    supervisor: int

    def rows(self, sql: str, **values: object) -> list[tuple[object, ...]]:
        """Read the database as a list of tuples."""
        return self.database.run(
            lambda session: [tuple(row) for row in session.execute(text(sql), values)]
        )

    def change(self, sql: str, **values: object) -> None:
        """Change the database as its owner."""
        self.owner.run(lambda session: session.execute(text(sql), values))

    def broken(self) -> dict[str, list[str]]:
        """Name the invariants that do not hold, with their first rows."""
        found = {
            one.name: self.database.run(lambda session, i=one: verify.broken(session, i))
            for one in app.INVARIANTS
        }
        return {name: rows for name, rows in found.items() if rows}

    def pid(self, name: str) -> int:
        """Return the process that the supervisor keeps under this name."""
        noted: dict[str, int] = json.loads((self.var / "processes.json").read_text("utf-8"))
        return noted[name]

    def workers(self) -> list[int]:
        """Return the processes that serve the web; granian's own helpers are none of them."""
        leader = self.pid("web")
        return [pid for pid in family(leader) if pid != leader and not is_helper(pid)]

    def is_ready(self) -> bool:
        """Say whether the line calls itself ready."""
        return ask_ready(int(self.settings.public_url.rpartition(":")[2]))[0]

    def comes_back(self, seconds: float = READY_SECONDS) -> None:
        """Wait until the line is ready; fail where it is not in time."""
        assert process.wait_until(self.is_ready, seconds), "the line did not come back"

    @contextmanager
    def frozen(self, name: str) -> Generator[None]:
        """Keep a process and all it started from doing anything at all."""
        with held_still(*family(self.pid(name))):
            yield

    def kill(self, name: str, number: signal.Signals = signal.SIGKILL) -> int:
        """Kill a process outright; the supervisor starts it again. Gives the one that is gone."""
        assert process.wait_until(lambda: process.is_alive(self.pid(name)), READY_SECONDS)
        pid = self.pid(name)
        os.kill(pid, number)
        return pid

    @contextmanager
    def kept_down(self, name: str, number: signal.Signals) -> Generator[None]:
        """End a server, and keep the supervisor from starting it again meanwhile."""
        with held_still(self.supervisor):
            pid = self.kill(name, number)
            assert process.wait_until(lambda: not process.is_alive(pid), 10)
            yield


@contextmanager
def held_still(*pids: int) -> Generator[None]:
    """Keep processes from doing anything at all."""
    signal_all(pids, signal.SIGSTOP)
    try:
        yield
    finally:
        signal_all(pids, signal.SIGCONT)


def family(eldest: int) -> list[int]:
    """Return a process and all that it started, whatever session they are in now."""
    parents = {int(folder.name): parent_of(folder) for folder in Path("/proc").glob("[0-9]*")}
    found = [eldest]
    for one in found:
        found.extend(pid for pid, parent in parents.items() if parent == one)
    return found


def parent_of(folder: Path) -> int:
    """Read which process started one; 0 where it is gone."""
    try:
        return int((folder / "stat").read_text("utf-8", "replace").rpartition(")")[2].split()[1])
    except OSError:
        return 0


def is_helper(pid: int) -> bool:
    """Tell Python's own helper process, and one that is gone, from a worker."""
    words = process.words_of(pid)
    return not any(words) or any("resource_tracker" in word for word in words)


def signal_all(pids: Sequence[int], number: signal.Signals) -> None:
    """Send a signal to processes that may be gone already."""
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, number)


@contextmanager
def opened(var: Path, trained: Path) -> Generator[OpenLine]:
    """Open a line in a state folder, with the models of another; everything ends on leaving."""
    ports = free_ports(2)
    given = {
        "CITYLINE_VAR": str(var),
        "CITYLINE_NUMBER": LINE_NUMBER,
        "CITYLINE_DESK_PHONE": DESK_PHONE,
        "TWILIO_ACCOUNT_SID": ACCOUNT,
        "TWILIO_AUTH_TOKEN": TOKEN,
        "TWILIO_API_URL": f"http://127.0.0.1:{ports[1]}",
    }
    with ExitStack() as stack:
        stack.callback(home.forget, var)
        (var / "nlp").symlink_to(trained)
        supervisor = stack.enter_context(up(var, given, ports[0]))
        settings = read_settings(completed(given, var, servers.addresses(*servers.both(var))))
        network = network_around(settings, stack.enter_context(Wire()))
        gate = Gate(carrier.build(network, TOKEN))
        stack.enter_context(served(gate, ports[1]))
        database = stack.enter_context(closing(Database(settings.database_url, statement_ms=9000)))
        owner = stack.enter_context(closing(Database(settings.database_owner_url or "")))
        line = OpenLine(var, settings, network, database, owner, gate, supervisor)
        line.comes_back()
        yield line


@contextmanager
def up(var: Path, given: dict[str, str], port: int) -> Generator[int]:
    """Run `./cityline up` once it is ready; gives its process."""
    inherited = {key: value for key, value in os.environ.items() if not key.startswith(OURS)}
    with (var / "up.log").open("wb") as log:
        child = subprocess.Popen(
            [sys.executable, "-m", "cli", "up", "--port", str(port)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            env=inherited | given | {"PYTHONPATH": str(app.ROOT)},
            cwd=app.ROOT,
        )
    try:
        ready = process.wait_until(
            lambda: child.poll() is not None or ask_ready(port)[0], READY_SECONDS
        )
        assert ready, process.last_words(var / "up.log")
        assert child.poll() is None, process.last_words(var / "up.log")
        yield child.pid
    finally:
        child.terminate()
        child.wait(timeout=STOP_SECONDS)


def network_around(settings: Settings, wire: Wire) -> Network:
    """Make a network in real time with the line on it, and the desk's phone."""
    network = Network(
        wire.fetch,
        account=settings.twilio_account_sid,
        signer=Signer(settings.twilio_auth_token),
        real_time=True,
    )
    network.add_phones([Phone(DESK_PHONE, name="Rep's desk phone", rings_for=0.1, talks_for=2)])
    network.add_line(
        settings.line_number,
        settings.public_url + VOICE + OVERRIDES,
        fallback_url=settings.fallback_url,
        status_url=settings.public_url + STATUS,
    )
    return network


class Quiet(WSGIRequestHandler):
    """Serves without a line for each request."""

    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002  werkzeug's name
        """Say nothing."""


@contextmanager
def served(gate: Gate, port: int) -> Generator[None]:
    """Serve the carrier's REST on a port, in threads of this process."""
    server = make_server("127.0.0.1", port, gate, threaded=True, request_handler=Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()


def free_ports(number: int) -> list[int]:
    """Find ports that nobody listens on; all at once, so that they differ."""
    probes = [socket.create_server(("127.0.0.1", 0)) for _ in range(number)]
    ports = [int(probe.getsockname()[1]) for probe in probes]
    for probe in probes:
        probe.close()
    return ports
