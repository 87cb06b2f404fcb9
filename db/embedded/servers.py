"""Both servers of one state folder together: claimed by one command, lent to any other."""

import fcntl
import os
import subprocess
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from db.embedded import ports, process
from db.embedded.errors import EmbeddedError
from db.embedded.home import find_home
from db.embedded.passwords import read_or_draw
from db.embedded.postgres import APP, OWNER, READY_SECONDS, SUPERUSER, Postgres
from db.embedded.valkey import Valkey

LAUNCHES = 3  # a killed server's shared memory or port may be held for a moment
BETWEEN_LAUNCHES_SECONDS = 0.5

Server = Postgres | Valkey


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the servers answer. `admin_url` is the superuser's, for tests and repairs."""

    database_url: str
    database_owner_url: str
    redis_url: str
    admin_url: str

    def __repr__(self) -> str:
        return "Addresses(...)"


class Claim:
    """The right to start and stop the servers of a state folder; the kernel frees it if we die."""

    def __init__(self, var: Path) -> None:
        var.mkdir(parents=True, exist_ok=True)
        self._file = (var / "servers.lock").open("a+", encoding="utf-8")

    def taken(self, who: str) -> bool:
        """Try to take it, saying who we are."""
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        self._file.truncate(0)
        self._file.write(f"{os.getpid()} {who}\n")
        self._file.flush()
        return True

    def holder(self) -> str:
        """Say who has it, as `PID command`."""
        self._file.seek(0)
        return self._file.read().strip()

    def release(self) -> None:
        """Let the next one have it."""
        self._file.close()


def both(var: Path, postgres_settings: Sequence[str] = ()) -> tuple[Postgres, Valkey]:
    """Describe the two servers of a state folder, started or not, on their remembered ports."""
    var = var.absolute()
    var.mkdir(parents=True, exist_ok=True)
    home = find_home(var)
    passwords = read_or_draw(var, data=home.folder / "postgres")
    known = ports.remembered(var)
    return (
        Postgres(home, var / "log", passwords, known.get("postgres", 0), postgres_settings),
        Valkey(home, var / "log", passwords, known.get("valkey", 0)),
    )


def start(server: Server, var: Path) -> subprocess.Popen[bytes]:
    """Start one server and wait until it answers; a server we lost hold of is stopped first.

    Raises:
        EmbeddedError: it ended or did not answer in time, with its last words.

    """
    stray = server.running()
    if stray is not None:
        process.end(stray, server.stops)
    for _ in range(LAUNCHES):
        server.port = ports.choose(var, server.name)
        server.prepare()
        child = server.launch()
        if process.wait_until(lambda: _settled(server, child), READY_SECONDS) and (  # noqa: B023  awaited here
            child.poll() is None
        ):
            server.set_up()
            return child
        stop(server, child)
        time.sleep(BETWEEN_LAUNCHES_SECONDS)
    raise EmbeddedError(f"{server.name} did not start: {process.last_words(server.log)}")


def _settled(server: Server, child: subprocess.Popen[bytes]) -> bool:
    return child.poll() is not None or server.answers()


def stop(server: Server, child: subprocess.Popen[bytes]) -> None:
    """Stop a server that we started, the gentle way first."""
    if child.poll() is None:
        process.end(child.pid, server.stops)
    child.wait(timeout=1)


def addresses(postgres: Postgres, valkey: Valkey) -> Addresses:
    """Return every address of the two."""
    return Addresses(
        database_url=postgres.url(APP),
        database_owner_url=postgres.url(OWNER),
        redis_url=valkey.url(),
        admin_url=postgres.url(SUPERUSER, "postgres"),
    )


@contextmanager
def serving(
    var: Path, who: str = "a command", postgres_settings: Sequence[str] = ()
) -> Generator[Addresses]:
    """Have both servers answer inside: those that run for this folder, or our own."""
    claim = Claim(var)
    try:
        if not claim.taken(who):
            yield _borrowed(var, claim)
            return
        postgres, valkey = both(var, postgres_settings)
        with started(postgres, var), started(valkey, var):
            yield addresses(postgres, valkey)
    finally:
        claim.release()


@contextmanager
def started(server: Server, var: Path) -> Generator[subprocess.Popen[bytes]]:
    """Have one server of our own answer inside."""
    child = start(server, var)
    try:
        yield child
    finally:
        stop(server, child)


def _borrowed(var: Path, claim: Claim) -> Addresses:
    """Wait for the servers that another command is starting, or has started."""

    def answering() -> bool:
        return all(server.port and server.answers() for server in both(var))

    if not process.wait_until(answering, READY_SECONDS):
        raise EmbeddedError(f"The servers of {var} do not answer; they belong to {claim.holder()}.")
    return addresses(*both(var))
