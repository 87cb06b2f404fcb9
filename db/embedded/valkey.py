"""The embedded Valkey (speaks Redis), append-only so that a kill does not lose the queue."""

import signal
import socket
import subprocess
from pathlib import Path

from db.embedded import process
from db.embedded.home import Home
from db.embedded.passwords import Passwords, write_secret
from db.embedded.ports import HOST

ANSWER_SECONDS = 0.5
STOPS = ((signal.SIGTERM, 10.0), (signal.SIGKILL, 5.0))


class Valkey:
    """One server on one data folder."""

    name = "valkey"
    stops = STOPS

    def __init__(self, home: Home, logs: Path, passwords: Passwords, port: int) -> None:
        self.port = port
        self.data = home.folder / "valkey"
        self.log = logs / "valkey.log"
        self._home = home
        self._password = passwords.valkey

    def prepare(self) -> None:
        """Make the data folder, and write the settings: a password on a command line is public."""
        self._home.make("valkey")
        settings = self.data / "valkey.conf"
        write_secret(settings, self._settings())
        self._home.give(settings)

    def launch(self) -> subprocess.Popen[bytes]:
        """Start the server without waiting for it."""
        command = [str(self._home.valkey), str(self.data / "valkey.conf")]
        return process.start(process.Launch(command, self.log, self._home.user))

    def running(self) -> int | None:
        """Return the process that serves this data folder, if one does."""
        for line in self._ask("INFO server").splitlines():
            if line.startswith("process_id:"):
                return int(line.partition(":")[2])
        return None

    def answers(self) -> bool:
        """Say whether it takes commands now (not while it reads its log back)."""
        return "+PONG" in self._ask("PING")

    def set_up(self) -> None:
        """There is nothing to make inside a Valkey."""

    def url(self) -> str:
        """Return its address."""
        return f"redis://:{self._password}@{HOST}:{self.port}/0"

    def _settings(self) -> str:
        lines = (
            f"bind {HOST}",
            f"port {self.port}",
            f'dir "{self.data}"',
            f"requirepass {self._password}",
            "appendonly yes",
            "appendfsync everysec",
            'save ""',
        )
        return "\n".join(lines) + "\n"

    def _ask(self, command: str) -> str:
        """Ask with our password: another program's server on this port is no server of ours."""
        words = f"AUTH {self._password}\r\n{command}\r\nQUIT\r\n".encode()
        try:
            with socket.create_connection((HOST, self.port), ANSWER_SECONDS) as line:
                line.sendall(words)
                answer = b"".join(iter(lambda: line.recv(65536), b""))
        except OSError:
            return ""
        text = answer.decode("utf-8", "replace")
        return text if text.startswith("+OK") else ""
