"""The billing run of a whole city, and what only writing the same rows costs in plain SQL.

Every account is rated, reviewed, its statement written out in words, and what is ready posted; PDFs
are made when asked for. The baseline copies the rows that the run wrote, table by table.
"""

import time
from datetime import date
from typing import Any, Final

from sqlalchemy import text

from billing.rates.reader import read_tariffs
from billing.statements.run import Billed, bill_cycle, post_cycle
from cli.seed_city import seed_accounts
from db.session import Database

WRITTEN: Final = ("journal", "entries", "statements", "statement_lines", "charges")
CYCLES: Final = text("SELECT cycle, count(*) AS many FROM premises GROUP BY 1 ORDER BY 1")
Figures = dict[str, float]


def billing_run(database: Database, owner: Any, accounts: int, on: date) -> dict[str, Figures]:  # noqa: ANN401  psycopg's connection
    """Seed a city, bill all of it for a day, and copy what was written; seconds and rows."""
    began = time.perf_counter()
    seed_accounts(database, accounts, lambda _done, _of: None)
    seeded = time.perf_counter() - began
    before = {table: _count(owner, table) for table in WRITTEN}
    billed, rated, posted = _bill(database, on)
    rows = {table: _count(owner, table) - before[table] for table in WRITTEN}
    plain = _copied(owner, before)
    return {
        "seed": {"accounts": accounts, "seconds": round(seeded, 1)},
        "bills": {
            "made": sum(each.held + each.ready + each.posted for each in billed),
            "held": sum(each.held for each in billed),
            "rated_reviewed_written_s": round(rated, 1),
            "posted_s": round(posted, 1),
            "rows": sum(rows.values()),
            "times_plain_copy": round((rated + posted) / plain, 1),
        },
        "plain": {"copied_s": round(plain, 1)},
    }


def _bill(database: Database, on: date) -> tuple[list[Billed], float, float]:
    cycles = [row.cycle for row in database.run(lambda db: db.execute(CYCLES).all())]
    tariffs = read_tariffs()
    began = time.perf_counter()
    for cycle in cycles:
        bill_cycle(database, cycle, on, "bench", tariffs=tariffs)
    rated = time.perf_counter()
    billed = [post_cycle(database, cycle, on, "bench", tariffs=tariffs) for cycle in cycles]
    return billed, rated - began, time.perf_counter() - rated


def _count(owner: Any, table: str) -> int:  # noqa: ANN401  as above
    return owner.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608  our names


def _copied(owner: Any, before: dict[str, int]) -> float:  # noqa: ANN401  as above
    """Copy as many of the newest rows of each table as the run wrote; gives seconds."""
    began = time.perf_counter()
    for table, was in before.items():
        owner.execute(f"CREATE TABLE plain_{table} (LIKE {table} INCLUDING ALL)")
        owner.execute(
            f"INSERT INTO plain_{table} OVERRIDING SYSTEM VALUE SELECT * FROM {table} OFFSET {was}"  # noqa: S608
        )
    return time.perf_counter() - began
