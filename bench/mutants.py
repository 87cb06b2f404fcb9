"""How good the tests of money are: every few of its lines get a fault, and the tests must see it.

For the ledger, the rates and what a payment pays for. A fault (bench/mutating.py) is put into a
copy of the tree, and the tests of that room run on it until one fails; a fault that none sees has
survived. Those that change nothing anybody could see are named in equivalent_mutants.yaml, with
the reason. Each child is forked from a process that has its libraries loaded, and all use one
PostgreSQL.
"""

import argparse
import compileall
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
import uuid
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from py_compile import PycInvalidationMode
from typing import Final, cast
from urllib.parse import urlsplit

import psycopg
import pytest
from psycopg import sql

from bench.mutating import Mutant, mutants_of
from config.yaml_file import read

ROOT: Final = Path(__file__).parents[1]
EQUIVALENT: Final = Path(__file__).with_name("equivalent_mutants.yaml")
LIBRARIES: Final = ("alembic.command", "hypothesis", "psycopg", "rq", "sqlalchemy.orm", "xdist")
LEFT_OUT: Final = shutil.ignore_patterns(".git", ".venv", "var", "__pycache__", ".*_cache", "docs")
MOST: Final = 300
SEED: Final = 311
PATIENCE: Final = 240.0  # seconds for the tests of a room
UNIT: Final = "tests/unit/billing/test_billing_"


@dataclass(frozen=True, slots=True)
class Room:
    """Files that get faults, and the tests that must see them, the quick ones first."""

    files: tuple[str, ...]
    tests: tuple[str, ...]

    def mutants(self) -> list[Mutant]:
        """List every mutant of its files."""
        found = [path for pattern in self.files for path in sorted(ROOT.glob(pattern))]
        # What tables.py declares is held against the migrations, which are mutated themselves.
        paths = [path for path in found if path.name != "tables.py"]
        names = [path.relative_to(ROOT).as_posix() for path in paths]
        return [mutant for name in names for mutant in mutants_of(ROOT, name)]


LEDGER: Final = ("refusals", "posting", "chart", "books", "invariants", "command", "model")
PAYING: Final = (
    "payments_allocation", "payments_taking", "payments_dues", "payments_returned",
    "payments_refunds", "payments_invariants", "payments_model",
)  # fmt: skip
RATES: Final = (
    "rates_reader", "rates_golden", "rates_spans", "rates_words", "rates_proof", "rates_faults",
    "rates_laws",
)  # fmt: skip
APPLIED: Final = ("allocation", "charges", "portions", "taking")
ROOMS: Final = {
    "money": Room(("billing/money.py",), (f"{UNIT}money.py",)),
    "ledger": Room(
        ("billing/ledger/*.py", "db/migrations/versions/0010_ledger_checks.sql"),
        tuple(f"{UNIT}ledger_{name}.py" for name in LEDGER),
    ),
    "rates": Room(("billing/rates/*.py",), tuple(f"{UNIT}{name}.py" for name in RATES)),
    "payments": Room(
        tuple(f"billing/payments/{name}.py" for name in APPLIED),
        tuple(f"{UNIT}{name}.py" for name in PAYING),
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of a mutant, and in how many seconds."""

    room: str
    mutant: Mutant
    killed: bool
    seconds: float


class Yard:
    """A copy of the tree to be broken, and one PostgreSQL for whoever is tested in it."""

    def __init__(self, folder: Path, addresses: dict[str, str]) -> None:
        """Copy the tree; what is compiled is told apart by content, never by age."""
        self._tree = folder / "tree"
        self.said = folder / "said"
        self._run = f"mutants-{uuid.uuid4().hex}"
        shutil.copytree(ROOT, self._tree, ignore=LEFT_OUT)
        mode = PycInvalidationMode.CHECKED_HASH
        compileall.compile_dir(self._tree, quiet=2, invalidation_mode=mode)
        names = ("database_url", "database_owner_url", "redis_url")
        os.environ |= {name.upper(): addresses[name] for name in names}
        _may_make_databases(addresses)

    def kills(self, mutant: Mutant, tests: Sequence[str], patience: float) -> bool:
        """Put the fault in, run the tests, take it out; True where a test saw it."""
        path = self._tree / mutant.path
        source = path.read_bytes()
        path.write_bytes(mutant.applied(source))
        try:
            return not self.passes(tests, patience, afresh=mutant.path.endswith(".sql"))
        finally:
            path.write_bytes(source)

    def passes(
        self, tests: Sequence[str], patience: float = PATIENCE, *, afresh: bool = False
    ) -> bool:
        """Run tests until the first that fails; `afresh` makes their database anew."""
        run = f"mutants-{uuid.uuid4().hex}" if afresh else self._run
        child = os.fork()
        if child == 0:
            self._be_tested([*tests, f"--testrunuid={run}"])
        return _end_of(child, patience) == 0

    def _be_tested(self, words: Sequence[str]) -> None:
        """Become the tests, and end with their code."""
        code = 1
        try:
            os.setsid()
            said = os.open(self.said, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
            os.dup2(said, 1)
            os.dup2(said, 2)
            _forget_the_project()
            os.chdir(self._tree)
            elsewhere = [one for one in sys.path if one not in {"", str(ROOT)}]
            sys.path[:] = [str(self._tree), *elsewhere]
            sys.dont_write_bytecode = True
            code = pytest.main(
                ["-x", "-q", "-n0", "--assert=plain", "-p", "no:cacheprovider", *words]
            )
        except BaseException:
            traceback.print_exc()
            raise
        finally:
            sys.stdout.flush()
            os._exit(int(code))


def _may_make_databases(addresses: dict[str, str]) -> None:
    """Let the owner make and drop databases, which tests ask of servers that they are given.

    Nobody vacuums meanwhile: the owner may not end that, and so not drop what it is in.
    """
    owner = sql.Identifier(urlsplit(addresses["database_owner_url"]).username or "")
    with psycopg.connect(addresses["admin_url"], autocommit=True, connect_timeout=10) as admin:
        admin.execute(sql.SQL("ALTER ROLE {} CREATEDB").format(owner))
        admin.execute("ALTER SYSTEM SET autovacuum = off")
        admin.execute("SELECT pg_reload_conf()")


def _end_of(child: int, patience: float) -> int:
    """Wait for a child and give its code; who takes too long is ended with all of its own."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.02)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return 1


def _forget_the_project() -> None:
    """Unload our own modules, so that the child loads those of the copy."""
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None) or ""
        if file.startswith(f"{ROOT}/") and "/.venv/" not in file:
            del sys.modules[name]


@contextmanager
def yard() -> Generator[Yard]:
    """Open a yard; its servers end with it."""
    folder = Path(tempfile.mkdtemp(prefix="cityline-mutants-"))
    folder.chmod(0o711)  # PostgreSQL's user passes through it when we are root
    until = str(os.getpid())
    words = ["db.embedded", str(folder), "--until", until, "--unsafe", "--temporary"]
    command = [sys.executable, "-m", *words]
    servers = subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT)  # noqa: S603  our own
    try:
        said = servers.stdout.readline() if servers.stdout else b""
        for library in LIBRARIES:
            __import__(library)
        yield Yard(folder, json.loads(said))
    finally:
        servers.terminate()
        servers.wait(timeout=30)
        shutil.rmtree(folder, ignore_errors=True)


@cache
def equivalent() -> dict[str, str]:
    """Read the mutants that nobody could tell from the original, and why."""
    return cast("dict[str, str]", read(EQUIVALENT))


def chosen(most: int, seed: int, only: str) -> list[tuple[str, Mutant]]:
    """Draw the mutants to be tried: of each room its share, at random by the seed."""
    everyone = [(name, one) for name, room in ROOMS.items() for one in room.mutants()]
    wanted = [(name, one) for name, one in everyone if only in one.path or only == name]
    found = [(name, one) for name, one in wanted if one.name not in equivalent()]
    drawn = random.Random(seed).sample(found, min(most, len(found)))
    return sorted(drawn, key=lambda pair: (pair[0], pair[1].path, pair[1].start))


def tried(pairs: Sequence[tuple[str, Mutant]]) -> Generator[Fate]:
    """Try one mutant after another; raises RuntimeError where tests fail without any."""
    with yard() as place:
        patience = {name: _patience(place, name) for name in {name for name, _ in pairs}}
        for name, mutant in pairs:
            began = time.monotonic()
            killed = place.kills(mutant, ROOMS[name].tests, patience[name])
            yield Fate(name, mutant, killed, time.monotonic() - began)


def _patience(place: Yard, name: str) -> float:
    """Say how long the tests of a room may take: thrice what they take without a mutant."""
    began = time.monotonic()
    if place.passes(ROOMS[name].tests):
        return 10 + 3 * (time.monotonic() - began)
    said = "\n".join(place.said.read_text().splitlines()[-12:])
    raise RuntimeError(f"the tests of {name} fail without a mutant:\n{said}")


def scores(fates: Sequence[Fate]) -> dict[str, dict[str, float]]:
    """Count by room: tried, killed, percent."""
    found: dict[str, dict[str, float]] = {}
    for name in (*dict.fromkeys(fate.room for fate in fates), "all"):
        of_it = [fate for fate in fates if name in {fate.room, "all"}]
        killed = sum(fate.killed for fate in of_it)
        share = round(100 * killed / max(1, len(of_it)), 1)
        found[name] = {"tried": len(of_it), "killed": killed, "percent": share}
    return found


def run(*, as_json: bool, most: int = MOST, seed: int = SEED, only: str = "") -> None:
    """Try the mutants and print the scores, and each that survived."""
    fates: list[Fate] = []
    pairs = chosen(most, seed, only)
    for fate in tried(pairs):
        fates.append(fate)
        if not as_json:
            told = f"\n  SURVIVED line {fate.mutant.line}: {fate.mutant.name}\n"
            print(f"\r{len(fates)} of {len(pairs)}", end="" if fate.killed else told, flush=True)
    found = scores(fates)
    if as_json:
        alive = [fate.mutant.name for fate in fates if not fate.killed]
        print(json.dumps({"seed": seed, "scores": found, "survived": alive}))
        return
    print(f"\rseed {seed}; {len(equivalent())} more are known to change nothing.")
    for name, row in found.items():
        print(f"{name:<9} {row['killed']:g} of {row['tried']:g} killed: {row['percent']} %")


if __name__ == "__main__":
    words = "The mutation score of money."
    asked = argparse.ArgumentParser(prog="bench.mutants", description=words)
    asked.add_argument("--most", type=int, default=MOST, help="how many are drawn (default 300)")
    asked.add_argument("--seed", type=int, default=SEED, help="which ones (default 311)")
    asked.add_argument("--only", default="", help="a room, or part of a path")
    asked.add_argument("--json", action="store_true", dest="as_json")
    run(**vars(asked.parse_args()))
