"""Ports on 127.0.0.1, chosen free once and remembered in `ports.json` of the state folder."""

import json
import socket
from pathlib import Path

from db.embedded.errors import EmbeddedError, PortTakenError

HOST = "127.0.0.1"
TRIES = 200


def remembered(var: Path) -> dict[str, int]:
    """Return every port by the name of its server; nothing where none was chosen yet."""
    try:
        return json.loads((var / "ports.json").read_text("utf-8"))
    except (FileNotFoundError, ValueError):
        return {}


def remember(var: Path, name: str, port: int) -> None:
    """Write one port down, whole or not at all."""
    ports = remembered(var) | {name: port}
    half = var / "ports.json.new"
    half.write_text(json.dumps(ports, indent=2) + "\n", "utf-8")
    half.replace(var / "ports.json")


def is_free(port: int) -> bool:
    """Say whether a server could listen on this port now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
        return True


def choose(var: Path, name: str, *, wanted: int | None = None, default: int = 0) -> int:
    """Choose and remember a port: the wanted one, else last time's, else the next free.

    Raises:
        PortTakenError: the wanted port is in use.

    """
    port = _wanted(name, wanted) if wanted else _next_free(var, name, default)
    remember(var, name, port)
    return port


def _wanted(name: str, port: int) -> int:
    if not is_free(port):
        raise PortTakenError(f"Port {port} for {name} is taken by another program.")
    return port


def _next_free(var: Path, name: str, default: int) -> int:
    before = remembered(var)
    others = {port for other, port in before.items() if other != name}
    first = before.get(name, default)
    if first and is_free(first):
        return first
    tried = range(default + 1, default + TRIES) if default else _any_ports()
    for port in tried:
        if port not in others and is_free(port):
            return port
    raise EmbeddedError(f"No free port was found for {name}.")


def _any_ports() -> list[int]:
    """Let the kernel name free ports, several at once so that they differ."""
    probes = [socket.create_server((HOST, 0)) for _ in range(5)]
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports
