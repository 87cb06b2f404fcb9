"""`./cityline soak billing`: the money's tests in long form, each part on servers of its own."""

import json
import logging
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Final

import click

from cli.steps import Steps, new_console

Tell = Callable[[int], None]


@dataclass(frozen=True)
class Part:
    """One part: what runs it (module and function), how much is the whole, and what it is told.

    `size` names the option's number among what it is told; the seed goes by `seed`.
    """

    where: str
    does: str
    whole: int
    told: Callable[[int, int], tuple[Any, ...]]
    words: str
    safe: bool = True  # commits survive a power cut; without, a run of many is bearable
    own: bool = False  # it starts, and kills, a PostgreSQL of its own


def _play_size(acts: int, seed: int) -> tuple[Any, ...]:
    size = import_module("bench.money.play").Size(acts, accounts=200, every=1000, seed=seed)
    return (size,)


def _drawn(many: int, seed: int) -> tuple[Any, ...]:
    return many, seed


PARTS: Final[Mapping[str, Part]] = {
    "crowd": Part(
        "crowd", "crowd", 6_400, lambda many, _: (64, many // 64), "64 payers, one account"
    ),
    "duplicates": Part(
        "crowd", "duplicates", 2_000, lambda many, seed: (many, 32, seed),
        "each payment delivered 32 times, one in ten altered",
    ),
    "play": Part("play", "play", 100_000, _play_size, "every act at random on 200 accounts"),
    "settlement": Part(
        "settlement", "run", 10_000, _drawn, "a processor's report with 200 faults", safe=False
    ),
    "review": Part("review", "run", 10_000, _drawn, "a bad conversion at the gate", safe=False),
    "writers": Part("deaths", "kill_writers", 200, _drawn, "writers killed outright"),
    "database": Part(
        "deaths", "kill_database", 20, _drawn, "PostgreSQL killed outright", own=True
    ),
    "wire": Part(
        "wire", "simulate", 10_000, _drawn, "every fault between line, processor and ledger",
        safe=False,
    ),
}  # fmt: skip


@click.command()
@click.option(
    "--part", "chosen", multiple=True, type=click.Choice(list(PARTS)), help="Only this; again."
)
@click.option("--many", type=click.IntRange(1), help="Instead of the whole: so many.")
@click.option("--seed", default=311, show_default=True, help="The same seed, the same draws.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(chosen: tuple[str, ...], many: int | None, seed: int, *, as_json: bool) -> None:
    """Prove the money in its long form; exit 1 where a cent is lost, doubled or out of place."""
    logging.disable(logging.WARNING)
    steps, found = Steps(new_console()), dict[str, dict[str, Any]]()
    for name in chosen or PARTS:
        part = PARTS[name]
        size = many or part.whole
        with steps.step(f"{name}: {part.words}") as step:
            found[name] = _run(part, size, seed, lambda done, s=step, of=size: s.progress(done, of))
    report(found, as_json=as_json)
    sys.exit(1 if any(each["wrong"] for each in found.values()) else 0)


def _run(part: Part, size: int, seed: int, tell: Tell) -> dict[str, Any]:
    """Run one part on an empty line of its own."""
    work = getattr(import_module(f"bench.money.{part.where}"), part.does)
    began = time.monotonic()
    if part.own:
        outcome = work(*part.told(size, seed), tell)
    else:
        with import_module("bench.ground").ground(safe=part.safe) as stage:
            outcome = work(stage.settings.database_url, *part.told(size, seed), tell)
    took = time.monotonic() - began
    return {"size": size, "took s": took, **outcome.figures, "wrong": outcome.wrong}


def report(found: Mapping[str, Mapping[str, Any]], *, as_json: bool) -> None:
    """Print what each part came to."""
    if as_json:
        print(json.dumps(found))
        return
    for part, figures in found.items():
        print(part)
        for name, value in figures.items():
            shown = f"{value:,.2f}" if isinstance(value, float) else value
            print(f"  {name:<28} {shown}")
