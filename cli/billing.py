"""`./cityline billing`: verify the money, close a month, seal days, print the trial balance.

A file `cli/billing_<name>.py` with a `command` is a further command of this group, by that name.
"""

import json
import sys
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date, datetime, timedelta
from importlib import import_module
from pathlib import Path

import click

from cli.using import line_database

DAY = click.DateTime(["%Y-%m-%d"])
MONTH = click.DateTime(["%Y-%m"])
BY = "command line"


class Group(click.Group):
    """The commands here, and those in files of their own, imported when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """List them by name."""
        beside = Path(__file__).parent.glob("billing_*.py")
        own = super().list_commands(ctx)
        return sorted([*own, *(each.stem.removeprefix("billing_") for each in beside)])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Find one; a file that does not have `command` is no command."""
        found = super().get_command(ctx, cmd_name)
        if found or cmd_name not in self.list_commands(ctx):
            return found
        return getattr(import_module(f"cli.billing_{cmd_name}"), "command", None)


@click.group(cls=Group, help="Verify the money, seal days, close months, print the books.")
def command() -> None:
    """Group the commands on money."""


@command.command()
@click.option("--from", "first", type=DAY, help="Prove the seals from this day on.")
@click.option("--to", "last", type=DAY, help="Prove the seals up to this day.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def verify(first: datetime | None, last: datetime | None, *, as_json: bool) -> None:
    """Check every invariant of the money and the seals; exit 1 where one is broken."""
    from billing.verifying import verdicts

    days = (first.date() if first else None, last.date() if last else None)
    with line_database() as database:
        found = database.run(lambda session: list(verdicts(session, *days)))
    if as_json:
        print(json.dumps({each.name: each.breaks for each in found}))
    for each in found if not as_json else ():
        print(f"{'BROKEN' if each.breaks else 'ok    '} {each.name}")
        print("".join(f"         {line}\n" for line in each.breaks), end="")
    sys.exit(1 if any(each.breaks for each in found) else 0)


@command.command()
@click.argument("month", type=MONTH)
@click.option("--by", default=BY, help="Who closes it; kept beside the month.")
def close(month: datetime, by: str) -> None:
    """Seal the days, foot the books and close MONTH (YYYY-MM) and all before it."""
    from billing.ledger.periods import close_month

    with line_database() as database, refusals():
        closing = database.run(lambda session: close_month(session, month.date(), by))
    for row in closing.books:
        print(f"{row.fund:<16} {side(row.debits)} {side(row.credits)}")
    print(f"{closing.month:%Y-%m} {'was closed before' if closing.again else 'is closed'}.")


@command.command()
@click.option("--to", "last", type=DAY, help="Up to this day; else up to yesterday.")
def seal(last: datetime | None) -> None:
    """Seal every day that is over; keep the digest it prints somewhere else."""
    from billing.ledger.clock import today
    from billing.ledger.seals import seal_day

    with line_database() as database, refusals():
        day = last.date() if last else database.run(today) - timedelta(1)
        sealed = database.run(lambda session: seal_day(session, day))
    print(f"{sealed.day}  {sealed.rows} transactions  {sealed.digest}")


@command.command("trial-balance")
@click.option("--as-of", type=DAY, help="Of all that is effective up to this day; else ever.")
@click.option("--language", type=click.Choice(["en", "es"]), default="en")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def trial_balance(as_of: datetime | None, language: str, *, as_json: bool) -> None:
    """Print what every code adds up to, by fund."""
    from billing.ledger import books

    with line_database() as database:
        rows = database.run(lambda session: books.trial_balance(session, _day(as_of)))
    if as_json:
        print(json.dumps([asdict(row) for row in rows]))
        return
    for row in rows:
        name = row.name_es if language == "es" else row.name_en
        print(f"{row.code:<28} {side(row.debit)} {side(row.credit)}  {name}")
    debits, credits_ = sum(row.debit for row in rows), sum(row.credit for row in rows)
    print(f"{'':<28} {side(debits)} {side(credits_)}")


@contextmanager
def refusals() -> Generator[None]:
    """Turn what the billing core refuses into one sentence, with what to do."""
    from billing.errors import BillingError

    try:
        yield
    except BillingError as error:
        words = f"{error}. {error.advice}".strip()
        raise click.ClickException(f"{words[0].upper()}{words[1:]}") from error


def side(cents: int) -> str:
    """Write an amount as wide as its column; nothing for none."""
    from billing.money import shown

    return f"{shown(cents) if cents else '':>18}"


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment else None
