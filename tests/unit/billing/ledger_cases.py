"""Postings of the ledger's tests, and a database each may close, seal and break."""

from collections.abc import Generator
from contextlib import contextmanager
from datetime import date

from sqlalchemy import text
from sqlalchemy.orm import Session

from billing.ledger import lines
from billing.ledger.journal import Posting, post
from billing.verifying import verdicts
from db.session import Database

OCTOBER = date(2026, 10, 1)
NOVEMBER = date(2026, 11, 1)


@contextmanager
def taken_back(owned: Database) -> Generator[Session]:
    """Give a transaction whose triggers are off, and take everything back at its end."""
    with Session(owned.engine) as db:
        for table in ("journal", "entries", "day_seals"):
            db.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        yield db
        db.rollback()


def charge(key: str, on: date = OCTOBER, cents: int = 100) -> Posting:
    written = lines.charged("power", cents, 1, "power.revenue")
    return Posting(key, "charge", on, "test", written, 1)


def posted(fresh: Database, posting: Posting, on: date | None = None) -> int:
    return fresh.run(lambda db: post(db, posting, posted_on=on)).transaction_id


def broken_rules(fresh: Database) -> list[str]:
    found = fresh.run(lambda db: list(verdicts(db)))
    return [each.name for each in found if each.breaks]
