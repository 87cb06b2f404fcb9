"""`./cityline billing collections`: list debts, write the file, recall an account."""

from datetime import datetime

import click

from cli.using import line_database

DAY = click.DateTime(["%Y-%m-%d"])


@click.group(help="List debts for collections, write a batch as CSV, recall an account.")
def command() -> None:
    """Group the commands on collections."""


@command.command(name="list")
@click.argument("batch")
@click.option("--on", required=True, type=DAY, help="The day it is counted from.")
def list_(batch: str, on: datetime) -> None:
    """List the debts that are due for collections, as BATCH."""
    from billing.payments.collections import list_debts

    with line_database() as database:
        found = database.run(lambda session: list_debts(session, batch, on.date()))
    print(f"{len(found)} accounts listed")


@command.command()
@click.argument("batch")
@click.option("--sent", "is_sent", is_flag=True, help="Note that it was handed over.")
def export(batch: str, *, is_sent: bool) -> None:
    """Print BATCH as CSV."""
    from billing.payments import collections

    with line_database() as database:
        print(database.run(lambda session: collections.export(session, batch)), end="")
        if is_sent:
            database.run(lambda session: collections.sent(session, batch))


@command.command()
@click.argument("account")
def recall(account: str) -> None:
    """Take ACCOUNT (its number) back from collections."""
    from billing.accounts.finding import find
    from billing.errors import BillingError
    from billing.payments import collections

    try:
        with line_database() as database:
            batch = database.run(
                lambda session: collections.recall(session, find(session, account).id)
            )
    except BillingError as error:
        raise click.ClickException(f"{error}. {error.advice}") from error
    print(f"recalled from {batch}")
