"""`./cityline seed`: a city of any size, made up, in the tables of this line.

What is there already is found by its account numbers, so a second run tops up and doubles nothing.
`seed_small` gives `./cityline up` its few dozen telling accounts by the same code.
"""

from collections.abc import Callable, Sequence
from typing import Final

import click
from sqlalchemy import text
from sqlalchemy.orm import Session

from cli.environment import is_production
from cli.steps import Steps, new_console
from cli.using import line_database
from db.session import Database

SMALL: Final = 60
AT_ONCE: Final = 1_000  # households a transaction
MOST: Final = 90_000
NAME: Final = "seed"
THERE: Final = text("SELECT number FROM accounts WHERE number = ANY (CAST(:numbers AS text[]))")
Progress = Callable[[int, int], None]


@click.command(help="Fill this line with a made-up city of any size; a second run tops it up.")
@click.option("--accounts", default=SMALL, show_default=True, type=click.IntRange(0, MOST))
@click.option("--tickets", default=0, show_default=True, type=click.IntRange(0))
def command(accounts: int, tickets: int) -> None:
    """Seed accounts and tickets, with progress."""
    if is_production():
        raise click.ClickException("A line in production is not filled with made-up residents.")
    steps = Steps(new_console())
    with line_database() as database:
        with steps.step(f"{accounts:,} accounts") as step:
            written = seed_accounts(database, accounts, step.progress)
            step.says(f"{written:,} new")
        if tickets:
            with steps.step(f"{tickets:,} tickets") as step:
                step.says(f"{seed_tickets(database, tickets, step.progress):,} new")


def seed_small(database: Database, progress: Progress) -> int:
    """Give an empty line its telling accounts (cli/seed_book.py's CASES); gives how many."""
    return seed_accounts(database, SMALL, progress)


def seed_accounts(database: Database, accounts: int, progress: Progress) -> int:
    """Bring the line to so many made-up accounts, a thousand a transaction; gives the new ones."""
    written = 0
    for first in range(0, accounts, AT_ONCE):
        places = range(first, min(first + AT_ONCE, accounts))
        written += database.run(lambda session, these=places: add_households(session, these))
        progress(places[-1] + 1, accounts)
    return written


def add_households(session: Session, places: Sequence[int]) -> int:
    """Write the households at these places in line that are not there yet, with what they owe."""
    from billing.importing.book import Book
    from billing.importing.loading import load, set_live
    from billing.importing.opening import Cutover, Opening, post_openings
    from billing.ledger.clock import today
    from cli.seed_book import write

    missing = _missing(session, places)
    on, book = today(session), Book()
    for place in missing:
        write(book, place, on)
    if not missing:
        return 0
    loaded = load(session, book, NAME)
    set_live(session, loaded.accounts.values())
    openings = [
        Opening(loaded.accounts[row.account], row.service, row.due_on, row.cents)
        for row in book.balances
    ]
    post_openings(session, Cutover(NAME, on, NAME), openings)
    return len(missing)


def seed_tickets(database: Database, tickets: int, progress: Progress) -> int:
    """Bring the line to so many made-up tickets; gives the new ones."""
    import random
    from datetime import UTC, datetime, timedelta

    from app import the_city
    from cli.seeding import SEED, add_ticket, draft_of

    city, drawn, now = the_city(), random.Random(SEED), datetime.now(UTC)  # noqa: S311  no secret
    services = [one for one in city.services.values() if one.voice_fields]
    before = database.run(_tickets)
    for number in range(tickets):
        service = drawn.choice(services)
        opened = now - timedelta(minutes=drawn.randint(5, 20_000))
        draft = draft_of(service, drawn, number)
        database.run(lambda session, d=draft, at=opened: add_ticket(session, city, d, at))
        progress(number + 1, tickets)
    return database.run(_tickets) - before


def _missing(session: Session, places: Sequence[int]) -> list[int]:
    from billing.accounts.numbers import numbered

    numbers = {numbered(place): place for place in places}
    there = set(session.scalars(THERE, {"numbers": list(numbers)}))
    return [place for number, place in numbers.items() if number not in there]


def _tickets(session: Session) -> int:
    return session.execute(text("SELECT count(*) FROM tickets")).scalar_one()
