"""`./cityline billing run`: make the bills of a cycle, and post those that may leave."""

from datetime import date, datetime

import click
from sqlalchemy.orm import Session

from cli.billing import BY, DAY, refusals
from cli.environment import is_production
from cli.steps import Steps, new_console
from cli.using import line_database
from db.session import Database


@click.command("run")
@click.option("--cycle", required=True, type=click.IntRange(1, 20), help="Whose bills.")
@click.option("--on", required=True, type=DAY, help="The day of the bills (YYYY-MM-DD).")
@click.option("--review/--post", "review", default=True, help="Only make them, or post as well.")
@click.option("--held", is_flag=True, help="List the bills that are held, and why.")
@click.option("--by", default=BY, help="Who runs it; kept beside the run.")
def command(cycle: int, on: datetime, by: str, *, review: bool, held: bool) -> None:
    """Make the bills of a cycle; with --post also post what is ready. Held ones wait for a person.

    Killed and run again it goes on where it was; nothing is made or posted twice.
    """
    with line_database() as database, refusals():
        state = bill(database, (cycle, on.date()), by, post=not review)
        click.echo(state)
        for line in waiting(database, cycle, on.date()) if held else ():
            click.echo(line)


def bill(database: Database, which: tuple[int, date], by: str, *, post: bool) -> str:
    """Run the steps with their progress; gives how the run stands in one line."""
    from billing.rates.reader import read_tariffs
    from billing.statements.run import bill_cycle, post_cycle

    tariffs = read_tariffs().usable(production=is_production())
    steps = Steps(new_console())
    with steps.step(f"bills of cycle {which[0]} for {which[1]}") as step:
        run = bill_cycle(database, *which, by, tariffs=tariffs, progress=step.progress)
        step.says(f"{run.ready:,} ready, {run.held:,} held")
    if post:
        with steps.step("posting what is ready") as step:
            run = post_cycle(database, *which, by, tariffs=tariffs, progress=step.progress)
            step.says(f"{run.posted:,} posted")
    told = f"{run.posted:,} posted, {run.ready:,} ready, {run.held:,} held, {run.void:,} void"
    return f"Run {run.run_id} is at '{run.state}': {told}."


def waiting(database: Database, cycle: int, on: date) -> list[str]:
    """List the held bills of a run: account, amount, and what the gate said."""
    from billing.money import shown
    from billing.statements.run import find_run, held_bills

    def look(session: Session) -> list[str]:
        rows = held_bills(session, find_run(session, cycle, on))
        return [f"{row.account}  {shown(row.charges_cents):>12}  {row.why}" for row in rows]

    return database.run(look)
