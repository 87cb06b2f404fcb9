"""`./cityline billing lockbox`: take a lockbox file in, if the bank's control totals agree."""

from datetime import datetime
from pathlib import Path

import click

from cli.using import line_database

DAY = click.DateTime(["%Y-%m-%d"])


@click.command(help="Take in FILE (CSV: account, amount, reference), whole or not at all.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--batch", required=True, help="The bank's name of the file; each is taken once.")
@click.option("--count", required=True, type=int, help="How many items the bank says it has.")
@click.option("--total", required=True, help="What they add up to, in dollars.")
@click.option("--on", required=True, type=DAY, help="The day the bank received it.")
@click.option("--by", default="command line", help="Who takes it in.")
def command(  # noqa: PLR0913, PLR0917  one argument for each option
    file: Path, batch: str, count: int, total: str, on: datetime, by: str
) -> None:
    """Take the file in, and say what it came to."""
    from billing.errors import BillingError
    from billing.money import parse, shown
    from billing.payments import lockbox

    try:
        items, cents = lockbox.read(file.read_text("utf-8")), parse(total)
        with line_database() as database:
            taken = database.run(
                lambda session: lockbox.take(
                    session, batch, items, count=count, cents=cents, on=on.date(), actor=by
                )
            )
    except BillingError as error:
        raise click.ClickException(f"{error}. {error.advice}") from error
    print(f"{taken.count} payments, {shown(taken.cents)}; of no account known: {taken.unknown}")
