"""How good and how quick the understanding is, beside two plain models on the same sentences.

ours      the city's pipeline, trained on these sentences
linear    TF-IDF of words 1-2 and letters 2-5, one linear separator for each intent
textcat   spaCy's default text classifier

    ./cityline bench nlp                              the city's own phrases, one in five held out
    .venv/bin/python -m bench.nlp --train FILE.tsv    any TSV with intent and text, one in five

Then what the city's model costs a process: milliseconds a sentence, and memory over bare spaCy.
"""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import click
import numpy as np

import app
from bench import plain_models
from nlp import benchmark, load, train
from nlp.lessons import OUT_OF_SCOPE, Row, rows_of

FOLDS = 5
ROUNDS = 300
SENTENCES = (
    "um yeah hi i'm calling about the street light in front of my house it's out",
    "hola buenas tardes fíjese que no pasaron por la basura y ya es martes",
    "how much do i owe",
    "quiero saber cuándo se vence mi recibo de la luz",
)
_BARE = "import spacy; nlp = spacy.blank('xx'); nlp('hello there')"
_OURS = (
    "import sys, pathlib, nlp; "
    "nlp.load(pathlib.Path(sys.argv[1])).understand('hay un bache en mi calle')"
)
_HIGHEST = """
print(next(line.split()[1] for line in open('/proc/self/status') if line.startswith('VmHWM')))"""

Answer = Callable[[str], str]
Figures = dict[str, dict[str, float]]


def models(rows: Sequence[Row]) -> Figures:
    """Train the three on four rows of five and ask them the fifth; accuracy and milliseconds."""
    inside = [row for row in rows if row.intent != OUT_OF_SCOPE]
    learnt_from, tested_on = benchmark.parts(inside, FOLDS)[0]
    ours = benchmark.figures([benchmark.trial(learnt_from, tested_on, [])])
    found: Figures = {
        "ours": {key: ours[key] or 0.0 for key in ("accuracy", "ms_p50", "train_seconds")}
    }
    texts, intents = [row.words for row in learnt_from], [row.intent for row in learnt_from]
    for name, make in (("linear", plain_models.linear), ("textcat", plain_models.textcat)):
        started = time.perf_counter()
        answer = make(texts, intents)
        found[name] = {"train_seconds": time.perf_counter() - started} | _asked(answer, tested_on)
    return found


def cost(model: Path) -> dict[str, float]:
    """Measure one call of the city's model, and its memory beside a bare spaCy's."""
    understander = load(model)
    spoken = [SENTENCES[at % len(SENTENCES)] for at in range(ROUNDS)]
    times = [_timed(understander.understand, words) for words in spoken]
    bare, ours = _megabytes(_BARE), _megabytes(_OURS, str(model))
    return {
        "ms_p50": float(np.quantile(times, 0.5)),
        "ms_p99": float(np.quantile(times, 0.99)),
        "mb_bare_spacy": bare,
        "mb_ours": ours,
        "mb_over": ours - bare,
        "ratio": ours / bare,
    }


def _asked(answer: Answer, tested_on: Sequence[Row]) -> dict[str, float]:
    answer("warm up")
    times = [_timed(answer, row.words) for row in tested_on]
    right = [answer(row.words) == row.intent for row in tested_on]
    return {"accuracy": float(np.mean(right)), "ms_p50": float(np.quantile(times, 0.5))}


def _timed(answer: Callable[[str], object], words: str) -> float:
    started = time.perf_counter()
    answer(words)
    return (time.perf_counter() - started) * 1000


def _megabytes(code: str, *arguments: str) -> float:
    """Run `code` in a process of its own; gives the most memory that it took."""
    command = [sys.executable, "-c", code + _HIGHEST, *arguments]
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=app.ROOT)  # noqa: S603  our own words
    return int(done.stdout.split()[-1]) / 1024


def run(*, as_json: bool, rows: Sequence[Row] = ()) -> None:
    """Measure and print; without `rows`, on the city's own phrases."""
    city = app.the_city()
    found = models(rows or rows_of(city.intents.values()))
    with tempfile.TemporaryDirectory() as scratch:
        model = train(city.intents.values(), city.emergencies.values(), Path(scratch))
        costs = cost(model)
    if as_json:
        print(json.dumps({"at": datetime.now(UTC).isoformat(), "models": found, "city": costs}))
        return
    print(f"One row in {FOLDS} held out; textcat learnt for {plain_models.EPOCHS} epochs.")
    for name, row in found.items():
        print(
            f"{name:<8} accuracy {row['accuracy']:>7.2%}  ms p50 {row['ms_p50']:>6.2f}  "
            f"trained in {row['train_seconds']:>6.1f} s"
        )
    print(
        f"The city's model: p50 {costs['ms_p50']:.1f} ms, p99 {costs['ms_p99']:.1f} ms; "
        f"{costs['mb_over']:.0f} MB over bare spaCy ({costs['ratio']:.1f} times)."
    )


@click.command()
@click.option("--train", "file", type=click.Path(exists=True, path_type=Path), required=True)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(file: Path, *, as_json: bool) -> None:
    """Measure on a TSV with the columns intent and text."""
    run(as_json=as_json, rows=benchmark.read(file))


if __name__ == "__main__":
    command()
