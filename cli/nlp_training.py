"""A training as `./cityline nlp train` does it: what was accepted at the desk, gate, service."""

import logging
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path

import click
from sqlalchemy.exc import SQLAlchemyError

from cli.environment import needs_servers, state_folder
from cli.nlp import the_lesson
from cli.using import line_database
from config.words import Language
from db.embedded import ports
from db.embedded.errors import EmbeddedError
from db.errors import DatabaseUnavailable
from db.session import Database
from learning import review, trainings
from nlp import about, service
from nlp.evaluate import read_rows
from nlp.learnt import Figures
from nlp.measuring import CLEAN, Measured, Sets, measure, read_sets
from nlp.renewal import Renewal, Terms, renew
from nlp.taught import Taught

log = logging.getLogger(__name__)
SAID = {
    "training": "Training, which takes about 20 seconds ...",
    "measuring": "Comparing with the model in service ...",
}


def renewed(forced: str = "") -> Renewal:
    """Train with what was accepted at the desk, and put it in service unless it is worse."""

    def say(step: str) -> None:
        click.echo(SAID[step], err=True)

    return _renewed(taught_at_the_desk(), forced, say)


def do_what_was_asked(training: int) -> None:
    """Do a training of the desk, writing into its row how far it is and how it ended."""
    with line_database() as database:
        if not database.run(lambda db: trainings.begin(db, training, datetime.now(UTC))):
            return
        try:
            renewal = _asked(database, training)
        except Exception as error:
            log.exception("training %d failed", training)
            said = [trainings.failure(f"{type(error).__name__}: {error}")]
            database.run(lambda db: trainings.end(db, training, "failed", "", said))
            raise
        how: trainings.Ended = "in service" if renewal.is_in_service else "refused"
        name, reasons = renewal.folder.name, [asdict(each) for each in renewal.reasons]
        database.run(lambda db: trainings.end(db, training, how, name, reasons))


def _asked(database: Database, training: int) -> Renewal:
    def say(step: str) -> None:
        if step == "measuring":
            database.run(lambda db: trainings.measuring(db, training, datetime.now(UTC)))

    return _renewed(_taught(database), "", say)


def _renewed(taught: tuple[Taught, ...], forced: str, say: Callable[[str], None]) -> Renewal:
    terms = Terms(state_folder() / "nlp", datetime.now(UTC), read_sets(), forced, say)
    return renew(replace(the_lesson(), taught=taught), terms)


def taught_at_the_desk() -> tuple[Taught, ...]:
    """Read the accepted phrases; without a database, those of the model in service."""
    var = state_folder()
    try:
        if not _may_have_a_database(var):
            raise DatabaseUnavailable("this line has none yet")  # noqa: TRY301  one way out for all
        with line_database() as database:
            return _taught(database)
    except (DatabaseUnavailable, EmbeddedError, SQLAlchemyError) as error:
        reason = str(error).splitlines()[0]
        click.echo(f"The desk's phrases cannot be read ({reason}).", err=True)
    record = service.read(var / "nlp")
    known = about.read(var / "nlp" / record.current) if record else None
    return known.taught if known else ()


def measured(folder: Path, rows: Path | None) -> Measured:
    """Measure a model on every set, or on one file."""
    sets = Sets({CLEAN: read_rows(rows)}) if rows else read_sets()
    return measure(service.load_model(folder), sets)


def as_lines(figures: Figures) -> str:
    """Write figures a group a line."""
    return "\n".join(
        f"{group}: " + ", ".join(f"{name} {value:.3f}" for name, value in numbers.items())
        for group, numbers in figures.items()
    )


def _taught(database: Database) -> tuple[Taught, ...]:
    found = database.run(review.accepted)
    return tuple(Taught(each.intent, _language(each.language), each.words) for each in found)


def _language(code: str) -> Language:
    return "es" if code == "es" else "en"


def _may_have_a_database(var: Path) -> bool:
    """Say whether asking for one would not make one: a training needs none."""
    return not needs_servers() or "postgres" in ports.remembered(var)
