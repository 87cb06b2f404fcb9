"""The embedded servers' passwords: drawn once, kept in the state folder, readable by us alone."""

import json
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

from db.embedded.errors import EmbeddedError

FILE = "passwords.json"


@dataclass(frozen=True, slots=True)
class Passwords:
    """One for each role of the database, and Valkey's."""

    superuser: str
    owner: str
    app: str
    valkey: str

    def __repr__(self) -> str:
        return "Passwords(...)"


def read_or_draw(var: Path, *, data: Path) -> Passwords:
    """Read the passwords; draw them where there is no data yet that knows older ones.

    Raises:
        EmbeddedError: there is data, but its passwords are gone.

    """
    try:
        return Passwords(**json.loads((var / FILE).read_text("utf-8")))
    except FileNotFoundError:
        if data.exists():
            raise EmbeddedError(
                f"{var / FILE} is gone, but {data} holds data that asks for it: "
                "put it back, or remove both for a fresh start."
            ) from None
    drawn = Passwords(*(secrets.token_hex(24) for _ in range(4)))
    write_secret(var / FILE, json.dumps(asdict(drawn), indent=2) + "\n")
    return drawn


def write_secret(path: Path, text: str) -> None:
    """Write a file that only its owner reads, from its first byte on, whole or not at all."""
    half = path.with_name(path.name + ".new")
    half.unlink(missing_ok=True)
    descriptor = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    half.replace(path)
