"""Whoever takes payments is killed outright, and so is PostgreSQL: what was acknowledged is there.

Writers acknowledge each payment after its commit. After a death everything acknowledged is looked
for, nothing may be posted by half, and once the sweeper has asked the processor no payment is left
without an end.
"""

import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Generator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final
from urllib.parse import urlsplit

import httpx
from sqlalchemy import text
from sqlalchemy.orm import Session
from werkzeug.serving import WSGIRequestHandler, make_server

import app
from bench.money.acknowledged import Ledger
from bench.money.town import Outcome, found_town, judge
from bench.money.writer import THREADS, Writers
from billing.payments.charges import Fee, add_fee
from billing.processor.client import HttpCardProcessor
from db import migrate
from db.embedded import home, servers
from db.embedded.postgres import Postgres
from db.embedded.process import wait_until
from db.session import Database
from devphone.cards.numbers import card
from devphone.cards.processor import Processor
from devphone.cards.server import build

KEY: Final = "a-key-of-the-stand-in-0123456789"
GOOD: Final = "4242424242424242"
ACCOUNTS: Final = 40
AFTER_SECONDS: Final = (0.02, 1.0)  # a death comes so long after the first acknowledgement
GONE_SECONDS: Final = 10.0
BUSY: Final = 40  # so many are acknowledged before a database is killed
JUDGED_EVERY: Final = 20
OTHERS: Final = """
SELECT CAST(count(*) AS text) FROM pg_stat_activity WHERE datname = current_database()
AND usename = current_user AND pid <> pg_backend_pid() AND application_name <> 'judge'"""

Tell = Callable[[int], None]


def kill_writers(url: str, rounds: int, seed: int, tell: Tell) -> Outcome:
    """Kill a writer's process again and again while its threads write."""
    draw, outcome = random.Random(seed), Outcome()
    with ExitStack() as stack:
        database = stack.enter_context(closing(settled(url)))
        ledger, cards = stack.enter_context(standing_in(database, outcome))
        acks = Path(stack.enter_context(tempfile.NamedTemporaryFile(prefix="acks-")).name)
        forks = stack.enter_context(forking())
        read = stack.enter_context(acks.open("r", encoding="ascii"))
        paid_with = token(ledger.processor)
        began = time.perf_counter()
        for number in range(rounds):
            words = f"{url} {cards} {KEY} {paid_with} {seed}:{number} {acks}"
            one_death(forks, words, read, draw, ledger)
            wait_until(lambda: ledger.rows(OTHERS) == ["0"], GONE_SECONDS)  # its last commits
            for line in read:
                ledger.ack(line.strip())
            ledger.nothing_is_lost(f"round {number}")
            if (number + 1) % JUDGED_EVERY == 0:
                ledger.everything_ends()
                judge(database, outcome, f"round {number}")
            tell(number + 1)
        outcome.figures |= {"deaths": rounds, "seconds": time.perf_counter() - began}
        ledger.closes("swept")
    return outcome


def one_death(
    forks: subprocess.Popen[str], words: str, read: IO[str], draw: random.Random, ledger: Ledger
) -> None:
    """Have a writer forked, and kill it at a moment drawn from the seed."""
    say, said = forks.stdin, forks.stdout
    if say is None or said is None:
        raise RuntimeError("the writers have no pipe")
    say.write(f"{words}\n")
    say.flush()
    pid = int(said.readline())
    file = os.fstat(read.fileno())
    wait_until(lambda: os.fstat(read.fileno()).st_size > file.st_size, GONE_SECONDS)
    time.sleep(draw.uniform(*AFTER_SECONDS))
    os.kill(pid, signal.SIGKILL)
    if said.readline().strip() != "gone":
        ledger.outcome.wrong.append("a killed writer went on")


def kill_database(rounds: int, seed: int, tell: Tell) -> Outcome:
    """Kill all processes of a PostgreSQL of its own while writers write, and start it again."""
    draw, outcome = random.Random(seed), Outcome()
    var = Path(tempfile.mkdtemp(prefix="cityline-deaths-"))
    var.chmod(0o711)  # PostgreSQL's user passes through it when we are root
    with ExitStack() as stack:
        stack.callback(home.forget, var)
        server = stack.enter_context(Killable.started(var))
        database = stack.enter_context(closing(settled(server.url())))
        ledger, _ = stack.enter_context(standing_in(database, outcome))
        back = [
            one_death_of(server, ledger, draw, f"{seed}:{number}", tell) for number in range(rounds)
        ]
        outcome.figures |= {"deaths": rounds, "recovery s, least": min(back)}
        outcome.figures |= {"recovery s, most": max(back)}
        ledger.closes("asked again")
    return outcome


def one_death_of(
    server: "Killable", ledger: Ledger, draw: random.Random, seed: str, tell: Tell
) -> float:
    """Kill the database while eight write, let them go on after it, and look; gives the seconds."""
    writers = writing(server.url(), ledger, seed)
    threads, enough = writers.start(), ledger.seen() + BUSY
    wait_until(lambda: ledger.seen() > enough, GONE_SECONDS)
    time.sleep(draw.uniform(*AFTER_SECONDS))
    took = server.dies_and_comes_back()
    time.sleep(draw.uniform(*AFTER_SECONDS))
    writers.over.set()
    for thread in threads:
        thread.join(GONE_SECONDS)
    writers.database.close()
    figures = ledger.outcome.figures
    figures["asked again"] = figures.get("asked again", 0) + len(writers.again)
    ledger.nothing_is_lost(f"round {seed}", all_of_it=True)
    judge(ledger.database, ledger.outcome, f"round {seed}")
    tell(int(seed.rpartition(":")[2]) + 1)
    return took


@dataclass
class Killable:
    """A PostgreSQL that we started, and may kill."""

    var: Path
    postgres: Postgres
    running: subprocess.Popen[bytes]

    @classmethod
    @contextmanager
    def started(cls, var: Path) -> Generator["Killable"]:
        """Start one in a folder of its own, migrated; it ends on leaving."""
        postgres, _ = servers.both(var)
        made = cls(var, postgres, servers.start(postgres, var))
        try:
            addresses = servers.addresses(*servers.both(var))
            role = urlsplit(addresses.database_url).username or ""
            migrate.upgrade(addresses.database_owner_url, role)
            yield made
        finally:
            servers.stop(postgres, made.running)

    def url(self) -> str:
        """Give the app's address; the port stays through every death."""
        return servers.addresses(*servers.both(self.var)).database_url

    def dies_and_comes_back(self) -> float:
        """Kill every process of it, start it again; gives the seconds from death to answers."""
        began = time.perf_counter()
        for pid in (self.running.pid, *children(self.running.pid)):
            os.kill(pid, signal.SIGKILL)
        self.running.wait(GONE_SECONDS)
        self.running = servers.start(self.postgres, self.var)
        return time.perf_counter() - began


def children(parent: int) -> list[int]:
    """List the processes that one started: of PostgreSQL's, all."""
    listed = Path(f"/proc/{parent}/task/{parent}/children").read_text("ascii")
    return [int(pid) for pid in listed.split()]


def settled(url: str) -> Database:
    """Open accounts that owe something; gives the judge's own way to the ledger."""
    database = Database(f"{url}?application_name=judge", statement_ms=30_000, pool=2)
    accounts = found_town(database, ACCOUNTS)

    def owe(db: Session) -> None:
        on = db.execute(text("SELECT CAST(now() AS date)")).scalar_one()
        for account in accounts:
            bill = Fee(
                account_id=account, service="power", kind="use", cents=5_000_000, on=on,
                due_on=on, code="power.revenue",
            )  # fmt: skip
            add_fee(db, bill, "town", f"bill:{account}")

    database.run(owe)
    return database


class Quiet(WSGIRequestHandler):
    """Serves without a line for each request, on connections that stay."""

    protocol_version = "HTTP/1.1"

    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002  werkzeug's name
        """Say nothing."""


@contextmanager
def standing_in(database: Database, outcome: Outcome) -> Generator[tuple[Ledger, str]]:
    """Serve the stand-in processor, which outlives every writer; gives its address too."""
    processor = Processor()
    application = build(processor, KEY)
    server = make_server("127.0.0.1", 0, application, threaded=True, request_handler=Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    port = HttpCardProcessor("http://cards", KEY, transport=httpx.WSGITransport(app=application))
    try:
        yield Ledger(database, processor, port, outcome), f"http://127.0.0.1:{server.port}"
    finally:
        port.close()
        server.shutdown()
        server.server_close()


@contextmanager
def forking() -> Generator[subprocess.Popen[str]]:
    """Start the process that forks writers; it ends, with the last of them, on leaving."""
    child = subprocess.Popen(
        [sys.executable, "-P", "-m", "bench.money.writer"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=app.ROOT,
        env=os.environ | {"PYTHONPATH": str(app.ROOT)},
    )
    try:
        yield child
    finally:
        child.communicate(timeout=GONE_SECONDS)


def token(processor: Processor) -> str:
    """Put the card that everybody pays with on file."""
    known = card(GOOD)
    if known is None:
        raise RuntimeError("the stand-in does not know its own card")
    return processor.tokenise(known)


def writing(url: str, ledger: Ledger, seed: str) -> Writers:
    """Make writers that are threads of this process."""
    database = Database(url, statement_ms=20_000, pool=THREADS)
    return Writers(database, ledger.port, token(ledger.processor), seed, ledger.ack)
