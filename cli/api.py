"""`./cityline api`: keys for other city systems, and the API's description."""

import json

import click

from cli.using import line_database


@click.group(help="Make, list and end the keys of other city systems; print the API's description.")
def command() -> None:
    """Group the commands on the API."""


@command.group(help="Make, list and end keys.")
def key() -> None:
    """Group the commands on keys."""


@key.command()
@click.argument("name")
@click.option("--scope", "scopes", multiple=True, help="Once for each; --help of `scopes` has all.")
@click.option("--per-minute", type=click.IntRange(1, 100_000), default=600)
def make(name: str, scopes: tuple[str, ...], per_minute: int) -> None:
    """Make a key for the system NAME; it is shown this once and kept nowhere."""
    from api.keys import make as make_key
    from people.audit import record

    with line_database() as database:
        try:
            row, secret = database.run(lambda session: make_key(session, name, scopes, per_minute))
        except ValueError as error:
            raise click.UsageError(str(error)) from error
        detail = {"key": row.id, "name": name, "scopes": row.scopes}
        database.run(lambda session: record(session, "command line", "api key made", detail))
    click.echo(f"{row.id}  {name}  {' '.join(row.scopes)}")
    click.echo(secret)


@key.command("list")
def every() -> None:
    """List every key, without the keys themselves."""
    from api.keys import every as every_key

    with line_database() as database:
        rows = database.run(every_key)
    for row in rows:
        state = f"ended {row.ended_at:%Y-%m-%d %H:%M}" if row.ended_at else "holds"
        click.echo(f"{row.id:>4}  {row.name:<24} {state:<22} {' '.join(row.scopes)}")


@key.command()
@click.argument("number", type=int)
def end(number: int) -> None:
    """End the key NUMBER now."""
    from api.keys import end as end_key
    from people.audit import record

    with line_database() as database:
        if not database.run(lambda session: end_key(session, number)):
            raise click.UsageError(f"No key {number} holds.")
        detail = {"key": number}
        database.run(lambda session: record(session, "command line", "api key ended", detail))
    click.echo(f"Key {number} has ended.")


@command.command()
def scopes() -> None:
    """List what a key can be for."""
    from billing.wire import SCOPES

    for scope, words in SCOPES.items():
        click.echo(f"{scope:<20} may {words}")


@command.command()
def openapi() -> None:
    """Print the API's description (OpenAPI 3.1)."""
    from api.openapi import document

    click.echo(json.dumps(document(), indent=2))
