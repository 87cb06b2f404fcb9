"""The processes of one line: how each is started, and with which environment."""

import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from cli.environment import ROOT
from cli.supervisor import SERVER_STOPS, Child
from config.settings import Settings
from db.embedded import process
from db.embedded.ports import HOST
from db.embedded.servers import Server
from webhooks.addresses import OVERRIDES, STATUS, VOICE

WEB_WORKERS = 2
# Few work at once (the pool of connections is smaller); the rest wait on slow sockets.
WEB_THREADS = 64


@dataclass(frozen=True, slots=True)
class Ports:
    """Where the line's own processes listen."""

    web: int
    stream: int
    fallback: int
    devphone: int | None
    cards: int | None


def line_children(var: Path, environment: Mapping[str, str], ports: Ports) -> list[Child]:
    """Return the processes that are ours, in the order in which they are started."""
    commands = {
        "fallback": _python("webhooks.fallback", "--port", str(ports.fallback)),
        "web": _granian("app:web", ports.web, workers=WEB_WORKERS, threads=WEB_THREADS),
        "stream": _python("desk.stream", "--port", str(ports.stream)),
        "relay": _python("cli.background", "relay"),
        "worker": _python("cli.background", "worker"),
    }
    if ports.devphone is not None:
        commands["devphone"] = _python("devphone", "--port", str(ports.devphone))
    if ports.cards is not None:
        commands["cards"] = _python("devphone.cards", "--port", str(ports.cards))
    return [
        Child(name, launcher(name, command, var, environment)) for name, command in commands.items()
    ]


def server_child(server: Server, running: subprocess.Popen[bytes]) -> Child:
    """Return one of the servers, which runs already, as a child to keep."""

    def launch() -> subprocess.Popen[bytes]:
        server.prepare()
        return server.launch()

    gentle = signal.SIGINT if server.name == "postgres" else signal.SIGTERM
    stops = ((gentle, SERVER_STOPS[0][1]), *SERVER_STOPS[1:])
    return Child(server.name, launch, stops, last=True, running=running)


def launcher(
    name: str, command: list[str], var: Path, environment: Mapping[str, str]
) -> Callable[[], subprocess.Popen[bytes]]:
    """Return what starts a process of ours from the checkout, its words going to its log."""
    launch = process.Launch(
        command, var / "log" / f"{name}.log", environment=environment, folder=str(ROOT)
    )
    return lambda: process.start(launch)


def devphone_environment(settings: Settings, port: int) -> dict[str, str]:
    """Return what the phone network in a box needs to know beside the settings."""
    return {
        "DEVPHONE_PORT": str(port),
        "DEVPHONE_PHONES": f"{settings.desk_phone}=Rep's desk phone:answers",
        "CITYLINE_VOICE_URL": f"{settings.public_url}{VOICE}{OVERRIDES}",
        "CITYLINE_STATUS_URL": f"{settings.public_url}{STATUS}",
    }


def _python(module: str, *words: str) -> list[str]:
    return [sys.executable, "-P", "-m", module, *words]


def _granian(factory: str, port: int, *, workers: int, threads: int) -> list[str]:
    return _python(
        "granian", "--interface", "wsgi", "--factory", "--host", HOST, "--port", str(port),
        "--workers", str(workers), "--blocking-threads", str(threads),
        "--respawn-failed-workers", "--workers-kill-timeout", "3", factory,
    )  # fmt: skip
