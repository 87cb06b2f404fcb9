"""The billing run, killed outright again and again: one bill an account, each posted once."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Generator
from contextlib import closing, contextmanager
from datetime import date
from typing import Final

import pytest
from sqlalchemy import text

from billing.ledger.chart import load_chart
from billing.ledger.clock import today
from billing.verifying import verdicts
from cli.seed_city import seed_accounts
from db.embedded.process import wait_until
from db.session import Database
from tests.services import ROOT, Servers, on_database

ACCOUNTS: Final = 60
STEPS: Final = 40  # twenty cycles billed, and posted
DEATHS: Final = int(os.environ.get("CITYLINE_DEATHS", "3"))
BOUND: Final = 60.0
# All twenty cycles, so that a death falls between two transactions as often as into one.
WORKER: Final = """
import sys
from datetime import date
from billing.rates.reader import read_tariffs
from billing.statements.run import bill_cycle, post_cycle
from db.session import Database
tariffs, database = read_tariffs(), Database(sys.argv[1], statement_ms=30_000, pool=2)
for cycle in range(1, 21):
    for step in (bill_cycle, post_cycle):
        step(database, cycle, date.fromisoformat(sys.argv[2]), "a clerk", tariffs=tariffs)
        print(step.__name__, cycle, flush=True)
"""
BILLS = text("""
SELECT a.number, count(s.id) AS bills, count(j.id) AS postings, min(s.state) AS state,
    sum(s.charges_cents) AS charged, sum(s.total_cents) AS total, sum(given.lines) AS lines,
    (SELECT sum(c.cents) FROM charges c WHERE c.account_id = a.id) AS charges,
    (SELECT sum(b.cents) FROM balances b WHERE b.account_id = a.id) AS owed
FROM accounts a LEFT JOIN statements s ON s.account_id = a.id AND s.run_id IS NOT NULL
LEFT JOIN journal j ON j.key = 'statement:' || s.run_id || ':' || a.id
LEFT JOIN LATERAL (SELECT count(*) AS lines FROM statement_lines l WHERE l.statement_id = s.id)
    given ON true
GROUP BY a.id ORDER BY a.number""")
OTHERS = text("""
SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
AND application_name = '' AND usename = current_user AND pid <> pg_backend_pid()""")

pytestmark = [pytest.mark.faults, pytest.mark.slow]
Bill = tuple[object, ...]


@contextmanager
def town(url: str) -> Generator[tuple[Database, date]]:
    """Open a database with the seeded accounts; gives the day of their bills too."""
    with closing(Database(url, statement_ms=30_000, pool=1)) as database:
        database.run(load_chart)
        seed_accounts(database, ACCOUNTS, lambda _done, _of: None)
        yield database, database.run(today)


def bills(database: Database) -> list[Bill]:
    """List each account with its bills, postings and sums."""
    return [tuple(row) for row in database.run(lambda session: session.execute(BILLS).all())]


def billed(url: str, on: date, death: tuple[int, float] | None = None) -> float:
    """Have a process bill the town; killed so many seconds after so many steps. Gives seconds."""
    command = [sys.executable, "-c", WORKER, url, on.isoformat()]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as child:
        said = child.stdout
        assert said
        began = time.monotonic()
        if death is None:
            assert len(said.readlines()) == STEPS
            assert child.wait(BOUND) == 0
            return time.monotonic() - began
        steps, after = death
        assert all(said.readline() for _ in range(steps))
        time.sleep(after)
        child.send_signal(signal.SIGKILL)
        assert child.wait(BOUND) == -signal.SIGKILL
    return time.monotonic() - began


def gone(database: Database) -> None:
    """Wait until the server has noticed that a killed process is no longer there."""
    look: Callable[[], bool] = lambda: not database.run(lambda db: db.execute(OTHERS).scalar_one())  # noqa: E731  a look
    wait_until(look, 10.0)


def test_a_billing_run_killed_at_any_moment_ends_like_one_that_never_was(
    new_database: Callable[[str], str], servers: Servers, seed: int
) -> None:
    calm, killed = (on_database(servers.database_url, new_database("bills")) for _ in range(2))
    with town(calm) as (database, on):
        took = billed(calm, on)
        wanted = bills(database)
    draw = random.Random(seed)
    deaths = sorted(draw.sample(range(1, STEPS - 2), DEATHS))
    seen = list[int]()
    with town(killed) as (database, on):
        for steps in deaths:
            billed(killed, on, (steps, draw.uniform(0, took / STEPS)))
            gone(database)
            seen.append(sum(int(str(row[2])) for row in bills(database)))
        billed(killed, on)
        found = bills(database)
        broken = [each for each in database.run(lambda db: list(verdicts(db))) if each.breaks]
    assert found == wanted
    assert {row[1] for row in found} == {1}
    assert all(row[2] == (row[3] == "posted") for row in found)
    assert not broken
    assert 0 < seen[-1] < ACCOUNTS, seen  # the deaths did fall into the run
