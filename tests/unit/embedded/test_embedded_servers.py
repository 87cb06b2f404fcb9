"""The embedded servers answer, keep their data over kills, and are lent to a second command."""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Generator
from pathlib import Path

import psycopg
import pytest

from db.embedded import home, ports, process
from db.embedded.servers import Claim, both, serving

pytestmark = [pytest.mark.faults, pytest.mark.skipif(not home.is_supported(), reason="no binaries")]

FAST = ("fsync=off",)


@pytest.fixture
def var() -> Generator[Path]:
    """Make a state folder that PostgreSQL's unprivileged user may pass through."""
    folder = Path(tempfile.mkdtemp(prefix="cityline-tests-"))
    folder.chmod(0o711)
    yield folder
    home.forget(folder)


def rows(url: str) -> int:
    with psycopg.connect(url, connect_timeout=5) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (x int)")
        connection.execute("INSERT INTO kept VALUES (1)")
        return len(connection.execute("SELECT * FROM kept").fetchall())


def test_a_second_start_finds_the_data_on_the_same_ports(var: Path) -> None:
    with serving(var, postgres_settings=FAST) as first:
        assert rows(first.database_owner_url) == 1
        before = ports.remembered(var)
    with serving(var, postgres_settings=FAST) as second:
        assert rows(second.database_owner_url) == 2
        assert ports.remembered(var) == before


def test_the_app_role_owns_nothing_and_may_make_no_table(var: Path) -> None:
    with (
        serving(var, postgres_settings=FAST) as here,
        psycopg.connect(here.database_url) as app,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        app.execute("CREATE TABLE mine (x int)")


def test_neither_server_lets_in_whoever_has_no_password(var: Path) -> None:
    with serving(var, postgres_settings=FAST) as here:
        with socket.create_connection((ports.HOST, ports.remembered(var)["valkey"]), 2) as line:
            line.sendall(b"PING\r\n")
            assert line.recv(100).startswith(b"-NOAUTH")
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(here.database_url.replace("cityline_app:", "cityline_app:x"))
    assert (var / "passwords.json").stat().st_mode & 0o077 == 0


def test_data_survives_kill_9_of_postgres(var: Path) -> None:
    with serving(var, postgres_settings=FAST) as here:
        assert rows(here.database_owner_url) == 1
        pid = both(var)[0].running()
        assert pid
        os.kill(pid, signal.SIGKILL)
    with serving(var, postgres_settings=FAST) as here:
        assert rows(here.database_owner_url) == 2


def test_a_stale_pid_of_another_program_is_no_running_server(var: Path) -> None:
    with serving(var, postgres_settings=FAST):
        pass
    postgres, _ = both(var)
    (postgres.data / "postmaster.pid").write_text(f"{os.getpid()}\n{postgres.data}\n")
    with serving(var, postgres_settings=FAST) as here:
        assert rows(here.database_owner_url) == 1


def test_a_second_command_borrows_the_servers_and_leaves_them_running(var: Path) -> None:
    with serving(var, postgres_settings=FAST) as owner:
        with serving(var) as borrower:
            assert borrower == owner
        assert rows(owner.database_owner_url) == 1


def test_the_servers_end_when_whoever_started_them_is_killed(var: Path) -> None:
    child = start_serving(var)
    servers = [server.running() for server in both(var)]
    assert all(servers)
    child.kill()
    child.wait(10)
    assert process.wait_until(lambda: not any(process.is_alive(pid or 0) for pid in servers), 15)
    claim = Claim(var)
    assert claim.taken("the test")
    claim.release()


def start_serving(var: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "db.embedded", str(var), "--until", str(os.getpid())]
    child = subprocess.Popen([*command, "--unsafe"], stdout=subprocess.PIPE)
    assert child.stdout
    with child.stdout as said:
        assert "database_url" in json.loads(said.readline())
    return child


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs servers as another user")
def test_below_a_private_folder_root_puts_the_data_where_its_servers_reach_it(var: Path) -> None:
    closed = var / "closed to others"
    closed.mkdir(mode=0o700)
    with serving(closed / "var", postgres_settings=FAST) as here:
        assert rows(here.database_owner_url) == 1
    private = Path((closed / "var" / "where").read_text().strip())
    assert (private / "postgres" / "PG_VERSION").exists()
    home.forget(closed / "var")
    assert not private.exists()


def test_a_taken_port_that_was_asked_for_is_refused_by_number(
    var: Path, listening: Callable[[], int]
) -> None:
    taken = listening()
    with pytest.raises(ports.PortTakenError, match=str(taken)):
        ports.choose(var, "web", wanted=taken)


def test_a_taken_default_port_gives_the_next_free_one_and_it_is_remembered(
    var: Path, listening: Callable[[], int]
) -> None:
    taken = listening()
    chosen = ports.choose(var, "web", default=taken)
    assert chosen > taken
    assert ports.choose(var, "web", default=taken) == chosen


@pytest.fixture
def listening() -> Generator[Callable[[], int]]:
    """Open ports that some other program holds."""
    held: list[socket.socket] = []

    def listen() -> int:
        held.append(socket.create_server((ports.HOST, 0)))
        return int(held[-1].getsockname()[1])

    yield listen
    for server in held:
        server.close()
