"""The billing run of a whole city, and what only writing the same rows costs in plain SQL.

Two processes take the cycles in turn, one core each. Every account is rated, reviewed, its
statement written out in words, and what is ready posted; PDFs are made when asked for. The baseline
copies the rows that the run wrote, table by table.
"""

import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date
from itertools import repeat
from multiprocessing import get_context
from typing import Any, Final

from sqlalchemy import text

from billing.rates.reader import read_tariffs
from billing.rates.tariffs import Tariffs
from billing.statements.run import Billed, bill_cycle, post_cycle
from cli.seed_city import seed_accounts
from db.session import Database

WRITTEN: Final = ("journal", "entries", "statements", "statement_lines", "charges")
CYCLES: Final = text("SELECT cycle, count(*) AS many FROM premises GROUP BY 1 ORDER BY 1")
WORKERS: Final = 2
Figures = dict[str, float]


@dataclass(frozen=True)
class Mine:
    """What a worker keeps from one cycle to the next."""

    database: Database
    tariffs: Tariffs


MINE: Final = list[Mine]()


def billing_run(database: Database, owner: Any, accounts: int, on: date) -> dict[str, Figures]:  # noqa: ANN401  psycopg's connection
    """Seed a city, bill all of it for a day, and copy what was written; seconds and rows."""
    began = time.perf_counter()
    seed_accounts(database, accounts, lambda _done, _of: None)
    seeded = time.perf_counter() - began
    owner.execute("ANALYZE")  # a city's tables have statistics; these were filled a moment ago
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
    """Make the bills of every cycle, then post them; gives the runs, and the seconds of both."""
    cycles = [row.cycle for row in database.run(lambda db: db.execute(CYCLES).all())]
    url = database.engine.url.render_as_string(hide_password=False)
    with ProcessPoolExecutor(WORKERS, get_context("spawn"), _begin, (url,)) as workers:
        began = time.perf_counter()
        list(workers.map(_cycle, repeat(bill_cycle), cycles, repeat(on)))
        rated = time.perf_counter()
        billed = list(workers.map(_cycle, repeat(post_cycle), cycles, repeat(on)))
    return billed, rated - began, time.perf_counter() - rated


def _begin(url: str) -> None:
    """Give a worker its own connection, and the tariffs read once."""
    MINE[:] = [Mine(Database(url, statement_ms=120_000, pool=2), read_tariffs())]


def _cycle(step: Callable[..., Billed], cycle: int, on: date) -> Billed:
    """Do one step of a cycle in a worker."""
    (mine,) = MINE
    return step(mine.database, cycle, on, "bench", tariffs=mine.tariffs)


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
