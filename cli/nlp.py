"""`./cityline nlp`: train what the line understands, explain a sentence, measure, go back."""

import json
import os
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from nlp.about import About
    from nlp.renewal import Lesson

UNDER_VAR = Path("-")


class Group(click.Group):
    """The commands, with `bench` imported only when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """List them by name."""
        return sorted([*super().list_commands(ctx), "bench"])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Find one."""
        if cmd_name != "bench":
            return super().get_command(ctx, cmd_name)
        return import_module("cli.nlp_bench").bench


@click.group(cls=Group, help="Train, explain and evaluate what the line understands.")
def command() -> None:
    """Train, explain and evaluate what the line understands."""


@command.command()
@click.option("--force", "reason", default="", help="Put it in service though worse; why.")
@click.option("--asked", type=int, hidden=True, help="The training that the desk asked for.")
def train(reason: str, asked: int | None) -> None:
    """Train on the city's phrases and those accepted at the desk; serve it unless it is worse."""
    from cli import nlp_training

    if asked is not None:
        os.nice(10)  # calls go first
        nlp_training.do_what_was_asked(asked)
        return
    renewal = nlp_training.renewed(forced=reason)
    click.echo(f"{renewal.folder}\n")
    click.echo((renewal.folder / "card.md").read_text(encoding="utf-8"))
    for sentence in renewal.reasons:
        click.echo(f"- {sentence}")
    if not renewal.is_in_service:
        raise click.ClickException(
            'Not in service: the one before stays. --force "REASON" puts it in all the same.'
        )
    click.echo(f"In service: {renewal.folder.name} ({renewal.why}).")


@command.command()
@click.argument("words")
def explain(words: str) -> None:
    """Say why a sentence is understood as it is."""
    from nlp import explain as explaining
    from nlp.model import load

    click.echo(explaining.explain(load(trained()), words))


@command.command()
@click.option("--rows", type=click.Path(exists=True, path_type=Path), help="Another set (TSV).")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option(
    "--html",
    type=click.Path(path_type=Path),
    is_flag=False,
    flag_value=UNDER_VAR,
    help="Write a page with pictures into FILE, or under var/.",
    metavar="[FILE]",
)
def evaluate(rows: Path | None, html: Path | None, *, as_json: bool) -> None:
    """Measure on labelled sentences (columns language, intent, text)."""
    from cli import nlp_training
    from nlp import about
    from nlp.reporting.page import report

    folder = trained()
    click.echo("Understanding every sentence of the evaluation sets ...", err=True)
    measured = nlp_training.measured(folder, rows)
    figures = measured.figures()
    click.echo(json.dumps(figures) if as_json else nlp_training.as_lines(figures))
    if html is not None:
        beside = folder.parent / "reports" / f"{folder.name}.html"
        file = beside if html == UNDER_VAR else html
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(report(folder.name, about.read(folder), measured), encoding="utf-8")
        click.echo(f"Written: {file}", err=True)


@command.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def models(*, as_json: bool) -> None:
    """List the models at hand, the newest first, with their figures."""
    from nlp import about, service

    base = _base()
    record = service.read(base)
    current = record.current if record else ""
    found = [(path.parent.name, about.read(path.parent)) for path in base.glob("*/about.json")]
    known = sorted(
        ((name, each) for name, each in found if each), key=lambda pair: pair[1].trained_at
    )
    rows = [_row(name, each, in_service=name == current) for name, each in reversed(known)]
    if as_json:
        click.echo(json.dumps(rows))
        return
    for row in rows:
        click.echo(f"{'*' if row['in_service'] else ' '} {row['model']}  {row['words']}")
    if not rows:
        click.echo("No model is there yet: ./cityline nlp train makes one.")
    elif record:
        click.echo(f"\n* in service since {record.at}: {record.why}")


@command.command()
@click.option("--why", default="asked for by hand", help="Kept beside the choice.")
def rollback(why: str) -> None:
    """Go back to the model that served before; calls take it up within seconds."""
    from nlp import renewal, service

    lesson = the_lesson()
    choice = service.chosen(f"went back: {why}", datetime.now(UTC), lesson.basis)
    try:
        record = service.roll_back(_base(), choice, lambda folder: renewal.fits(folder, lesson.ids))
    except service.NoModel as error:
        raise click.ClickException(f"{error}".capitalize() + ".") from error
    click.echo(f"In service: {record.current}.")


def trained() -> Path:
    """Give the folder of the model in service; trains one where none fits this city."""
    from nlp import renewal

    return renewal.ready(the_lesson(), _base(), datetime.now(UTC))


def the_lesson() -> "Lesson":
    """Give what this city has to teach, without what was taught at the desk."""
    from app import the_city
    from nlp.renewal import Lesson

    city = the_city()
    return Lesson(list(city.intents.values()), list(city.emergencies.values()))


def _base() -> Path:
    from cli.environment import state_folder

    return state_folder() / "nlp"


def _row(name: str, known: "About", *, in_service: bool) -> dict[str, object]:
    """Describe a model in one line."""
    shares = {
        group: found["top1"]
        for group, found in known.figures.items()
        if group in {"en", "es"} and "top1" in found
    }
    said = ", ".join(f"{group} {share:.1%} right" for group, share in shares.items())
    learnt = f"{sum(known.phrases.values())} phrases, {len(known.taught)} from the desk"
    trained_at = known.trained_at.isoformat(timespec="minutes")
    return {
        "model": name,
        "in_service": in_service,
        "trained_at": trained_at,
        "figures": known.figures,
        "words": f"{trained_at}  {learnt}  {said or 'never measured'}",
    }
