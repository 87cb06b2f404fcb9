"""Signed turns at the shipped server on a real port, beside a bare Flask app on the same server.

Calls of five turns, of which one is classified, arrive at a fixed pace whether or not the last one
was answered; a turn's time counts from when it was due, so waiting in line is in it. Each pace is
tried on the bare server and then on the line. At the end: how many turns a second each takes when
sixteen callers never pause. Whoever calls is on the same machine, and so is PostgreSQL.
"""

import json
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime

import app
from bench.ground import Ground, ground
from bench.load import Load
from cli import processes
from cli.supervisor import end_session
from config.settings import Settings
from db.embedded import ports
from db.embedded.process import wait_until

PACES = (50, 150)  # turns a second
SECONDS = 8.0
WARM_SECONDS = 2.0
FULL_SECONDS = 5.0
READY_SECONDS = 60.0

Figures = dict[str, float]


@contextmanager
def served(name: str, factory: str, stage: Ground) -> Generator[Settings]:
    """Serve an application with the command by which `./cityline up` serves the line."""
    port = ports.choose(stage.settings.var, name)
    command = processes._granian(  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]  the shipped command itself
        factory, port, workers=processes.WEB_WORKERS, threads=processes.WEB_THREADS
    )
    address = f"http://{ports.HOST}:{port}"
    environment = stage.environment | {"CITYLINE_PUBLIC_URL": address, "PYTHONPATH": str(app.ROOT)}
    running = processes.launcher(name, command, stage.settings.var, environment)()
    settings = stage.settings.model_copy(update={"public_url": address})
    try:
        if not wait_until(lambda: answers(settings, bare=name == "bare"), READY_SECONDS):
            raise RuntimeError(f"{name} did not start: see {stage.settings.var / 'log'}")
        yield settings
    finally:
        end_session(running.pid)
        running.wait(timeout=10)


def answers(settings: Settings, *, bare: bool) -> bool:
    """Say whether a call is answered."""
    load = Load(settings, bare)
    load.at_pace(1, 1)
    return bool(load.times)


def measure() -> dict[str, dict[str, Figures]]:
    """Measure both servers at each pace, one after the other, and then at their limit."""
    found: dict[str, dict[str, Figures]] = {}
    with (
        ground() as stage,
        served("bare", "bench.bare:application", stage) as bare,
        served("line", "app:web", stage) as line,
    ):
        servers = {"bare": Load(bare, bare=True), "line": Load(line)}
        for load in servers.values():
            fresh(load).at_pace(PACES[0], WARM_SECONDS)
        for pace in PACES:
            found[f"{pace} a second"] = {
                kind: at_pace(fresh(load), pace) for kind, load in servers.items()
            }
        found["without pause"] = {kind: at_limit(fresh(load)) for kind, load in servers.items()}
    return found


def fresh(load: Load) -> Load:
    """Give the same load with nothing measured yet."""
    return Load(load.settings, load.bare)


def at_pace(load: Load, pace: float) -> Figures:
    """Measure at a pace."""
    load.at_pace(pace, SECONDS)
    return load.figures()


def at_limit(load: Load) -> Figures:
    """Measure with callers who never pause."""
    per_second = load.without_pause(FULL_SECONDS)
    return load.figures() | {"turns_a_second": round(per_second)}


def run(*, as_json: bool) -> None:
    """Measure and print."""
    found = measure()
    if as_json:
        print(json.dumps({"at": datetime.now(UTC).isoformat(), "server": found}))
        return
    for pace, kinds in found.items():
        for kind, row in kinds.items():
            words = "  ".join(f"{name} {value:g}" for name, value in row.items())
            print(f"{pace:<14} {kind:<5} {words}")
        ratio = kinds["line"]["p50_ms"] / kinds["bare"]["p50_ms"]
        print(f"{pace:<14} ratio of p50 {ratio:.2f}")
