"""`./cityline billing export`: general ledger, trial balance or aging of a month, as CSV."""

import sys
from calendar import monthrange
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click
from sqlalchemy.orm import Session

from cli.billing import MONTH, refusals
from cli.using import line_database

if TYPE_CHECKING:
    from billing.exporting import Row

What = Literal["ledger", "trial-balance", "aging"]


@click.command(help="Write the ledger, the trial balance or the aging of a month as CSV.")
@click.argument("what", type=click.Choice(["ledger", "trial-balance", "aging"]))
@click.option("--month", type=MONTH, required=True, help="YYYY-MM.")
@click.option("--to", "file", type=click.Path(dir_okay=False, path_type=Path), help="A file.")
def command(what: What, month: datetime, file: Path | None) -> None:
    """Write one of the books to a file, or to the terminal."""
    from billing.exporting import write

    with line_database() as database, refusals(), database.transaction() as session:
        rows = _rows(session, what, month.date())
        if file is None:
            write(rows, sys.stdout)
            return
        with file.open("w", encoding="utf-8", newline="") as out:
            written = write(rows, out)
    click.echo(f"{written:,} rows in {file}")


def _rows(session: Session, what: What, first: date) -> "Iterator[Row]":
    """Choose the book; a running month ends today."""
    from billing import exporting
    from billing.ledger.clock import today

    last = first.replace(day=monthrange(first.year, first.month)[1])
    match what:
        case "ledger":
            return exporting.ledger(session, first, last)
        case "trial-balance":
            return exporting.trial_balance(session, last)
        case "aging":
            return exporting.aging(session, min(last, today(session)))
