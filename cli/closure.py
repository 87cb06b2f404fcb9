"""`./cityline closure`: the emergency-closure switch, from a terminal."""

from datetime import UTC, datetime, timedelta

import click

from cli.using import line_database

BY = "command line"


@click.group(help="Close the city out of the ordinary, or open it again.")
def command() -> None:
    """Close the city out of the ordinary, or open it again."""


@command.command("set")
@click.option("--en", required=True, help="What callers hear in English.")
@click.option("--es", required=True, help="What callers hear in Spanish.")
@click.option("--hours", type=float, help="For so many hours; else until cleared.")
def set_it(en: str, es: str, hours: float | None) -> None:
    """Close now; the next caller hears it."""
    from config.words import Both
    from routing.closures import set_closure

    now = datetime.now(UTC)
    until = now + timedelta(hours=hours) if hours else None
    with line_database() as database:
        database.run(lambda session: set_closure(session, BY, Both(en, es), until, now))
    print(f"Closed until {until.isoformat(timespec='minutes') if until else 'cleared'}.")


@command.command()
def clear() -> None:
    """Open again."""
    from routing.closures import clear_closure

    now = datetime.now(UTC)
    with line_database() as database:
        was_closed = database.run(lambda session: clear_closure(session, BY, now))
    print("Open again." if was_closed else "No closure was in force.")
