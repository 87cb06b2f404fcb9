"""The embedded PostgreSQL: made once, started, found again after a crash, stopped."""

import secrets
import shutil
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path

import psycopg
from psycopg import sql

from db.embedded import process
from db.embedded.errors import EmbeddedError
from db.embedded.home import Home
from db.embedded.passwords import Passwords, write_secret
from db.embedded.ports import HOST

DATABASE = "cityline"
OWNER = "cityline_owner"
APP = "cityline_app"
SUPERUSER = "postgres"
INITDB_SECONDS = 60
READY_SECONDS = 60  # crash recovery included
STOPS = ((signal.SIGINT, 15.0), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0))
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"}


class Postgres:
    """One server on one data folder. `extra` are further settings, as `name=value`."""

    name = "postgres"
    stops = STOPS

    def __init__(
        self, home: Home, logs: Path, passwords: Passwords, port: int, extra: Sequence[str] = ()
    ) -> None:
        self.port = port
        self.data = home.folder / "postgres"
        self.log = logs / "postgres.log"
        self._home = home
        self._passwords = passwords
        self._extra = extra

    def prepare(self) -> None:
        """Make the data folder where there is none, and sweep up after a killed server."""
        if not self.data.exists():
            self._initialise()
        if self.running() is None:
            (self.data / "postmaster.pid").unlink(missing_ok=True)

    def launch(self) -> subprocess.Popen[bytes]:
        """Start the server without waiting for it; it stops fast if we die."""
        settings = (
            f"listen_addresses={HOST}",
            "unix_socket_directories=",
            "max_connections=200",
            "logging_collector=off",
            *self._extra,
        )
        options = [word for setting in settings for word in ("-c", setting)]
        command = [self._tool("postgres"), "-D", str(self.data), "-p", str(self.port), *options]
        launch = process.Launch(
            command, self.log, self._home.user, ENVIRONMENT, parent_gone=signal.SIGINT
        )
        return process.start(launch)

    def running(self) -> int | None:
        """Return the process that serves this data folder, if one does."""
        try:
            pid = int((self.data / "postmaster.pid").read_text("utf-8").split("\n", 1)[0])
        except (OSError, ValueError):
            return None
        # After a reboot the number may belong to any other program.
        ours = str(self.data) in process.words_of(pid) and process.is_alive(pid)
        return pid if ours else None

    def answers(self) -> bool:
        """Say whether it takes connections now."""
        try:
            psycopg.connect(self.url(SUPERUSER, "postgres"), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def set_up(self) -> None:
        """Make the two roles and the owner's database, where they are missing."""
        address = self.url(SUPERUSER, "postgres")
        with psycopg.connect(address, autocommit=True, connect_timeout=5) as connection:
            _make_role(connection, OWNER, self._passwords.owner)
            _make_role(connection, APP, self._passwords.app)
            _make_database(connection)

    def url(self, role: str, database: str = DATABASE) -> str:
        """Return the address for one of the three roles."""
        words = {
            SUPERUSER: self._passwords.superuser,
            OWNER: self._passwords.owner,
            APP: self._passwords.app,
        }
        return f"postgresql://{role}:{words[role]}@{HOST}:{self.port}/{database}"

    def _tool(self, name: str) -> str:
        return str(self._home.postgres / "bin" / name)

    def _initialise(self) -> None:
        """Make the data in a folder beside its place: a killed start leaves nothing half made."""
        half = self._home.folder / "postgres.new"
        shutil.rmtree(half, ignore_errors=True)
        self._home.make(half.name)
        password = self._home.folder / f"initdb-{secrets.token_hex(4)}"
        write_secret(password, self._passwords.superuser)
        self._home.give(password)
        try:
            self._run_initdb(half, password)
        finally:
            password.unlink()
        half.replace(self.data)

    def _run_initdb(self, folder: Path, password: Path) -> None:
        command = [
            self._tool("initdb"), "-D", str(folder), "-U", SUPERUSER, "-E", "UTF8",
            "--locale=C.UTF-8", "--auth=scram-sha-256", f"--pwfile={password}",
        ]  # fmt: skip
        made = subprocess.run(
            command,
            capture_output=True,
            check=False,
            timeout=INITDB_SECONDS,
            cwd="/",
            env=ENVIRONMENT,
            **process.as_user(self._home.user),
        )
        if made.returncode:
            said = made.stderr.decode("utf-8", "replace").strip().splitlines()
            raise EmbeddedError(f"PostgreSQL's data could not be made: {said[-1:]}")


def _make_role(connection: psycopg.Connection, role: str, password: str) -> None:
    if connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone():
        return
    connection.execute(
        sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(sql.Identifier(role), password)
    )


def _make_database(connection: psycopg.Connection) -> None:
    found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
    if not found.fetchone():
        connection.execute(
            sql.SQL("CREATE DATABASE {} OWNER {}").format(
                sql.Identifier(DATABASE), sql.Identifier(OWNER)
            )
        )
