"""The database of this line, for a command that needs nothing else of it."""

from collections.abc import Generator
from contextlib import contextmanager

from cli.environment import line
from db.session import Database

STATEMENT_MS = 60_000


@contextmanager
def line_database() -> Generator[Database]:
    """Connect to the line's database; its own servers are started where they do not run."""
    with line("a command") as settings:
        database = Database(settings.database_url, statement_ms=STATEMENT_MS, pool=2)
        try:
            yield database
        finally:
            database.close()
