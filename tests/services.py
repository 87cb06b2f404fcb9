"""Fixtures over real servers: one PostgreSQL and one Valkey for the whole run, started when needed.

Every xdist worker gets a database of its own, copied from one migrated template. The servers end
with the run, even when it is killed. With DATABASE_OWNER_URL, DATABASE_URL and REDIS_URL set (a
machine for which there are no embedded servers) those are used; the owner must be able to CREATEDB.
"""

import fcntl
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from psycopg import sql

from config.settings import Settings, read_settings
from db import migrate
from db.embedded import process

ROOT = Path(__file__).parent.parent
TEMPLATE = "cityline_template"


@dataclass(frozen=True, slots=True)
class Servers:
    """Addresses of the session's servers; `admin_url` may make databases."""

    database_url: str
    database_owner_url: str
    redis_url: str
    admin_url: str


@dataclass(frozen=True, slots=True)
class Run:
    """One test run: the process all its workers come from, and a folder they share."""

    pid: int
    folder: Path

    @contextmanager
    def one_at_a_time(self) -> Generator[None]:
        """Keep the other workers out."""
        with (self.folder / "lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


def on_database(url: str, name: str) -> str:
    """Return the same address with another database."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


@pytest.fixture(scope="session")
def test_run(worker_id: str, testrun_uid: str) -> Run:
    """Name the run; under xdist the workers' parent."""
    pid = os.getpid() if worker_id == "master" else os.getppid()
    folder = Path(tempfile.gettempdir()) / f"cityline-tests-{testrun_uid}"
    folder.mkdir(mode=0o711, exist_ok=True)  # PostgreSQL's user passes through it when we are root
    return Run(pid, folder)


@pytest.fixture(scope="session")
def servers(test_run: Run) -> Servers:
    """Start, or find, the run's PostgreSQL and Valkey, with a migrated template database."""
    noted = test_run.folder / "servers.json"
    with test_run.one_at_a_time():
        if not noted.exists():
            started = _given_servers() or _start_servers(test_run)
            _make_template(started)
            noted.write_text(json.dumps(asdict(started)), "utf-8")
            noted.chmod(0o600)
    return Servers(**json.loads(noted.read_text("utf-8")))


@pytest.fixture(scope="session")
def redis_url(servers: Servers, worker_id: str) -> str:
    """Return a Valkey database that no other worker uses."""
    number = int(worker_id.removeprefix("gw")) + 1 if worker_id != "master" else 0
    return on_database(servers.redis_url, str(number % 16))


@pytest.fixture(scope="session")
def new_database(servers: Servers, worker_id: str) -> Generator[Callable[[str], str]]:
    """Return a maker of migrated databases; it gives the name. They are dropped at the end."""
    made: list[str] = []

    def make(purpose: str) -> str:
        made.append(f"cityline_{worker_id}_{purpose}_{len(made)}")
        _create_database(servers, made[-1], TEMPLATE)
        return made[-1]

    yield make
    with psycopg.connect(servers.admin_url, autocommit=True) as admin:
        for name in made:
            admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture(scope="session")
def database_name(new_database: Callable[[str], str]) -> str:
    """Return this worker's own migrated database, shared by its tests."""
    return new_database("shared")


@pytest.fixture(scope="session")
def database_url(servers: Servers, database_name: str) -> str:
    """Return this worker's database as the app's role."""
    return on_database(servers.database_url, database_name)


@pytest.fixture(scope="session")
def database_owner_url(servers: Servers, database_name: str) -> str:
    """Return this worker's database as the owner's role."""
    return on_database(servers.database_owner_url, database_name)


@pytest.fixture
def fresh_database_url(servers: Servers, new_database: Callable[[str], str]) -> str:
    """Return a migrated database that no other test sees, as the app's role."""
    return on_database(servers.database_url, new_database("fresh"))


@pytest.fixture(scope="session")
def settings(
    servers: Servers, database_url: str, redis_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Settings:
    """Return complete settings on this worker's database."""
    name = urlsplit(database_url).path.removeprefix("/")
    return read_settings(
        {
            "CITYLINE_VAR": str(tmp_path_factory.mktemp("var")),
            "CITYLINE_PUBLIC_URL": "https://line.example.gov",
            "CITYLINE_NUMBER": "+18015550199",
            "CITYLINE_DESK_PHONE": "+18015550100",
            "CITYLINE_SECRET_KEY": "a-secret-key-for-tests-only-0123456789",
            "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
            "TWILIO_AUTH_TOKEN": "0" * 32,
            "DATABASE_URL": database_url,
            "DATABASE_OWNER_URL": on_database(servers.database_owner_url, name),
            "REDIS_URL": redis_url,
        }
    )


def _given_servers() -> Servers | None:
    names = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL")
    if not all(os.environ.get(name) for name in names):
        return None
    app, owner, redis = (os.environ[name] for name in names)
    return Servers(app, owner, redis, admin_url=owner)


def _start_servers(run: Run) -> Servers:
    """Start a process that serves until the run is over, and wait for the line it prints."""
    log = run.folder / "servers.log"
    command = [sys.executable, "-m", "db.embedded", str(run.folder), "--until", str(run.pid)]
    with log.open("wb") as errors:
        child = subprocess.Popen(
            [*command, "--unsafe", "--temporary"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            start_new_session=True,
            cwd=ROOT,
        )
    with child.stdout or Path(os.devnull).open("rb") as said:
        line = said.readline()
    if not line:
        pytest.exit(f"PostgreSQL and Valkey for tests: {process.last_words(log)}", returncode=1)
    child.returncode = 0  # it outlives this process, which is no reason for a warning
    return Servers(**json.loads(line))


def _make_template(started: Servers) -> None:
    _create_database(started, TEMPLATE, "template0")
    app_role = urlsplit(started.database_url).username or ""
    migrate.upgrade(on_database(started.database_owner_url, TEMPLATE), app_role)


def _create_database(started: Servers, name: str, template: str) -> None:
    """Make a database, in place of one that a killed run left."""
    new, owner = sql.Identifier(name), urlsplit(started.database_owner_url).username or ""
    with psycopg.connect(started.admin_url, autocommit=True) as admin:
        admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(new))
        admin.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER {}").format(
                new, sql.Identifier(template), sql.Identifier(owner)
            )
        )
