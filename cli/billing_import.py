"""`./cityline billing import FOLDER`: bring in another system's accounts, meters, reads, balances.

docs/import.md says what the files hold. Loading is all or nothing; `--go-live` posts the opening
balances, and refuses where old and new do not agree to the cent. Until then the accounts wait:
nobody finds, bills or pays them.
"""

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.billing import DAY, refusals
from cli.steps import Step, Steps, new_console
from cli.using import line_database
from db.session import Database

if TYPE_CHECKING:
    from billing.importing.bringing import Checked

BY = "command line"
MOST = 50  # so many faults are printed; the file of a conversion may have thousands


@click.command(help="Bring in another system's accounts, meters, reads and balances.")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--name", help="What the import goes by; else the folder's name.")
@click.option("--go-live", "live", is_flag=True, help="Post the opening balances as well.")
@click.option("--on", type=DAY, help="The day that they are effective; else today.")
@click.option("--by", default=BY, help="Who brings it in; kept beside it.")
def command(folder: Path, name: str | None, on: datetime | None, by: str, *, live: bool) -> None:
    """Check, load, and on request go live."""
    steps, called = Steps(new_console()), name or folder.resolve().name
    with line_database() as database, refusals():
        with steps.step("the files") as step:
            checked = _checked(folder)
            step.says(f"{len(checked.book.accounts):,} accounts")
        with steps.step("loading") as step:
            _load(database, called, checked, by, step)
        if live:
            with steps.step("opening balances") as step:
                _go_live(database, (called, on.date() if on else None, by), checked, step)


def _checked(folder: Path) -> "Checked":
    """Look at every row, or print what is wrong and stop."""
    from billing.importing.bringing import BadImport, check_folder
    from billing.rates.reader import read_tariffs

    try:
        return check_folder(folder, read_tariffs())
    except BadImport as error:
        raise _refused([str(fault) for fault in error.faults], str(error)) from error


def _load(database: Database, name: str, checked: "Checked", by: str, step: Step) -> None:
    from billing.importing.bringing import BadImport, load_checked

    try:
        made = database.run(
            lambda session: load_checked(
                session, name, checked, by, lambda table, rows: step.says(f"{rows:,} {table}")
            )
        )
    except BadImport as error:
        raise _refused([str(fault) for fault in error.faults], str(error)) from error
    waiting = "" if made.state == "live" else "; its accounts wait to go live"
    step.says(f"'{name}' is {made.state}{waiting}")


def _go_live(
    database: Database, cutover: tuple[str, date | None, str], checked: "Checked", step: Step
) -> None:
    from billing.importing.bringing import Disagree, go_live, refuse, told
    from billing.importing.opening import Cutover
    from billing.ledger.clock import today

    name, on, by = cutover
    when = Cutover(name, on or database.run(today), by)
    try:
        database.run(
            lambda session: go_live(
                session, when, checked, lambda table, rows: step.says(f"{rows:,} {table}")
            )
        )
    except Disagree as error:
        found = error.differences
        database.run(lambda session: refuse(session, name, found))
        raise _refused([told(one) for one in found], str(error)) from error
    step.says(f"'{name}' is live: old and new agree to the cent")


def _refused(lines: list[str], words: str) -> click.ClickException:
    """Print the first lines of what is wrong; gives what the command ends with."""
    for line in lines[:MOST]:
        click.echo(line, err=True)
    if len(lines) > MOST:
        click.echo(f"... and {len(lines) - MOST:,} more", err=True)
    return click.ClickException(f"{words}; nothing was changed.")
