"""`./cityline soak`: the long form of what the tests prove in short; nothing touches this line."""

import json
import logging
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from importlib import import_module

import click

from cli import soak_billing
from cli.environment import ROOT
from cli.steps import Step, Steps, new_console

CALLS = 100_000
KILLS = 1000
KILL_SECONDS = 20  # a kill's share of the time limit: a web worker takes a while to come back


@click.group(help="Run the long simulations; figures belong in docs/soak.md.")
def command() -> None:
    """Run the long simulations; figures belong in docs/soak.md."""


@command.command()
@click.option("--calls", default=CALLS, show_default=True, type=click.IntRange(1))
@click.option(
    "--seed", default=311, show_default=True, type=int, help="The same seed, the same run."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def calls(calls: int, seed: int, *, as_json: bool) -> None:
    """Simulate calls with every fault, on servers of their own."""
    app, ground = import_module("app"), import_module("bench.ground")
    simulate = import_module("bench.simulation").simulate
    logging.disable(logging.WARNING)  # every simulated fault is told of
    steps = Steps(new_console())
    with ground.ground(safe=False) as stage, steps.step(f"{calls:,} calls") as step:
        ear = app.the_ear(stage.settings)
        outcome: object = simulate(stage.settings, ear, calls, seed, shown(step, calls))
    found = vars(outcome)
    report(found, as_json=as_json)
    sys.exit(1 if found["wrong"] else 0)


def report(found: Mapping[str, object], *, as_json: bool) -> None:
    """Print what a run came to."""
    lines = [f"{name:<8} {value}" for name, value in found.items()]
    print(json.dumps(found) if as_json else "\n".join(lines))


def shown(step: Step, total: int) -> Callable[[int], None]:
    """Show progress on a step."""
    return lambda done: step.progress(done, total)


@command.command()
@click.option("--kills", default=KILLS, show_default=True, type=click.IntRange(1))
@click.option("--seed", default=311, show_default=True, type=int)
def kills(kills: int, seed: int) -> None:
    """Kill web workers outright, again and again, while residents call."""
    given = {"CITYLINE_KILLS": str(kills), "CITYLINE_SEED": str(seed)}
    words = [
        "tests/faults/line/test_faults_web.py", "-k", "kills", "--log-cli-level=INFO",
        f"--timeout={kills * KILL_SECONDS}", "-p", "no:randomly",
    ]  # fmt: skip
    pytest = [sys.executable, "-P", "-m", "pytest", *words]
    sys.exit(subprocess.run(pytest, cwd=ROOT, check=False, env=os.environ | given).returncode)


command.add_command(soak_billing.command, "billing")
