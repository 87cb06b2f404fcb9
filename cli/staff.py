"""`./cityline staff`: add somebody who signs in at the desk, or set a new password."""

import click

from cli.using import line_database

SHORTEST = 12
BY = "command line"


@click.group(help="Add somebody who signs in at the desk; set a new password.")
def command() -> None:
    """Add somebody who signs in at the desk; set a new password."""


@command.command()
@click.argument("username")
@click.option("--name", help="As it is shown at the desk; else the username.")
@click.option("--role", default="rep", help="department, rep, supervisor or administrator.")
@click.option("--department", default="customer_service", help="An id of config/city.yaml.")
@click.option("--language", type=click.Choice(["en", "es"]), default="en")
@click.password_option()
def add(username: str, password: str, **given: str | None) -> None:
    """Add somebody; the password is asked for and never shown."""
    from config.words import Language
    from people.audit import record
    from people.passwords import hashed
    from people.staff import ROLES, NewStaff, Role, create

    language: Language = "es" if given["language"] == "es" else "en"
    role: Role | None = next((one for one in ROLES if one == given["role"]), None)
    if role is None:
        raise click.UsageError(f"A role is one of {', '.join(ROLES)}.")
    new = NewStaff(
        username=username,
        name=given["name"] or username,
        role=role,
        password_hash=hashed(long_enough(password)),
        language=language,
        department=known_department(given["department"] or ""),
    )
    with line_database() as database:
        try:
            database.run(lambda session: create(session, new))
        except ValueError as error:
            raise click.UsageError(str(error)) from error
        database.run(lambda session: record(session, BY, "staff added", {"username": username}))
    click.echo(f"{username} may sign in as {role}.")


@command.command()
@click.argument("username")
@click.password_option()
def password(username: str, password: str) -> None:
    """Set a new password; every session begun with the old one ends."""
    from people.audit import record
    from people.passwords import hashed
    from people.staff import find_by_username, set_password

    secret = hashed(long_enough(password))
    with line_database() as database:
        person = database.run(lambda session: find_by_username(session, username))
        if person is None:
            raise click.UsageError(f"Nobody is called {username}.")
        database.run(lambda session: set_password(session, person.id, secret))
        database.run(lambda session: record(session, BY, "password set", {"username": username}))
    click.echo(f"{username} has a new password.")


def long_enough(password: str) -> str:
    """Refuse a password that is too short to be one."""
    if len(password) < SHORTEST:
        raise click.UsageError(f"A password has {SHORTEST} characters or more.")
    return password


def known_department(department: str) -> str:
    """Refuse a department that the city does not have."""
    from app import the_city

    if department not in the_city().departments:
        raise click.UsageError(f"config/city.yaml has no department '{department}'.")
    return department
