"""`./cityline nlp`: train what the line understands, explain a sentence, measure it."""

import csv
import json
from pathlib import Path

import click

ROWS = Path("tests/evaluation/city.tsv")


@click.group(help="Train, explain and evaluate what the line understands.")
def command() -> None:
    """Train, explain and evaluate what the line understands."""


@command.command()
def train() -> None:
    """Train on the city's phrases, unless that was done; print the model's folder and card."""
    folder = trained()
    click.echo(f"{folder}\n")
    click.echo((folder / "card.md").read_text(encoding="utf-8"))


@command.command()
@click.argument("words")
def explain(words: str) -> None:
    """Say why a sentence is understood as it is."""
    from nlp import explain as explaining
    from nlp.model import load

    click.echo(explaining.explain(load(trained()), words))


@command.command()
@click.option("--rows", type=click.Path(exists=True, path_type=Path), default=ROWS)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def evaluate(rows: Path, *, as_json: bool) -> None:
    """Measure on labelled sentences (columns language, intent, text)."""
    from nlp.evaluate import Row
    from nlp.evaluate import evaluate as measured
    from nlp.model import load

    with rows.open(encoding="utf-8", newline="") as file:
        read = [
            Row("es" if row["language"] == "es" else "en", row["intent"], row["text"])
            for row in csv.DictReader(file, delimiter="\t")
        ]
    figures = measured(load(trained()), read)
    if as_json:
        click.echo(json.dumps(figures))
        return
    for part, numbers in figures.items():
        click.echo(
            f"{part}: " + ", ".join(f"{name} {value:.3f}" for name, value in numbers.items())
        )


def trained() -> Path:
    """Train if that was not done; gives the model's folder."""
    from app import the_city
    from cli.environment import state_folder
    from nlp import train as learn

    city = the_city()
    return learn(
        list(city.intents.values()), list(city.emergencies.values()), state_folder() / "nlp"
    )
