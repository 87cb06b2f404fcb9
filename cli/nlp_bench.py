"""`./cityline nlp bench`: measure the city's own pipeline on any labelled sentences."""

import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from nlp.benchmark import Trial
    from nlp.lessons import Row

FOLDS = 5
MOST_FOLDS = 50
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
# key of the figures: words for people, and how it is written
PRINTED: dict[str, tuple[str, Callable[[float], str]]] = {
    "accuracy": ("accuracy", "{:.2%}".format),
    "macro_f1": ("macro-F1", "{:.2%}".format),
    "oos_recall_at_5": ("OOS recall at 5 % false reject", "{:.2%}".format),
    "oos_auroc": ("OOS AUROC", "{:.4f}".format),
    "ece": ("ECE", "{:.4f}".format),
    "ms_p50": ("ms p50 per text", "{:.2f}".format),
    "ms_p99": ("ms p99 per text", "{:.2f}".format),
    "train_seconds": ("training seconds", "{:.1f}".format),
    "model_mb": ("model MB", "{:.1f}".format),
}


@click.command()
@click.option("--train", "train_file", type=FILE, required=True, help="TSV to learn from.")
@click.option("--test", "test_file", type=FILE, help="TSV to measure on.")
@click.option("--folds", type=click.IntRange(2, MOST_FOLDS), help="Measure on folds of --train.")
@click.option("--val", "val_file", type=FILE, help="TSV to calibrate and set the threshold on.")
@click.option("--json", "json_file", type=click.Path(dir_okay=False, path_type=Path),
              help="Write the figures there too.")  # fmt: skip
def bench(
    train_file: Path,
    test_file: Path | None,
    folds: int | None,
    val_file: Path | None,
    json_file: Path | None,
) -> None:
    """Train the city's pipeline on other sentences and measure it.

    A TSV has a header with at least `intent` and `text`; the intent `oos` means out of scope.
    Without --test, the rows of --train are dealt into five folds.
    """
    if test_file and folds:
        raise click.UsageError("--test and --folds exclude each other.")
    from nlp import benchmark

    try:
        rows = benchmark.read(train_file)
        judges = benchmark.read(val_file) if val_file else []
        pairs = (
            [(rows, benchmark.read(test_file))]
            if test_file
            else benchmark.parts(rows, folds or FOLDS)
        )
        found = benchmark.figures(_trials(pairs, judges))
    except ValueError as fault:
        raise click.ClickException(str(fault)) from fault
    for key, (words, written) in PRINTED.items():
        value = found[key]
        click.echo(f"{words:<32} {'no such rows' if value is None else written(value)}")
    if json_file:
        json_file.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


def _trials(pairs: Sequence[tuple[list["Row"], list["Row"]]], judges: list["Row"]) -> list["Trial"]:
    from nlp import benchmark

    trials: list[Trial] = []
    for number, (learnt_from, tested_on) in enumerate(pairs, 1):

        def tell(news: str, now: str = f"{number} of {len(pairs)}") -> None:
            print(f"[{now}] {news}", file=sys.stderr, flush=True)

        trials.append(benchmark.trial(learnt_from, tested_on, judges, tell))
    return trials
