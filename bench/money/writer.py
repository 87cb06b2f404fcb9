"""A process that takes payments until it is killed, and acknowledges each after its commit.

`python -m bench.money.writer` forks one on every line of its input: what a killed one would have to
import anew is there already. It prints the new one's process, and "gone" once that one has ended.
"""

import itertools
import os
import random
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, NoReturn

from sqlalchemy import text

from billing.ledger.clock import today
from billing.payments import intents
from billing.payments.intents import Wanted
from billing.payments.taking import Taking, take_payment
from billing.processor.client import HttpCardProcessor
from billing.processor.port import NoAnswer, ProcessorCharge
from billing.shapes import PaymentResult
from db.errors import DatabaseUnavailable
from db.session import Database

THREADS: Final = 8
CASH: Final = 0.4
PATIENCE_SECONDS: Final = 0.05
ACCOUNTS: Final = text("SELECT id FROM accounts ORDER BY id")


@dataclass
class Writers:
    """Several threads that take payments. `acked` is told of what was committed, never before.

    What is acknowledged: "begun <intent>", "paid <intent>", "cash <key>". A payment that the
    database did not answer for is taken again under its own key, until it is.
    """

    database: Database
    processor: HttpCardProcessor
    token: str
    seed: str
    acked: Callable[[str], object]
    over: threading.Event = field(default_factory=threading.Event)
    again: list[str] = field(default_factory=list[str])  # keys that were not answered for

    def start(self, threads: int = THREADS) -> list[threading.Thread]:
        """Let them write; each draws from the seed and its own number."""
        accounts = self.database.run(lambda db: list(db.execute(ACCOUNTS).scalars()))
        begun = [
            threading.Thread(target=self._write, args=(number, accounts), daemon=True)
            for number in range(threads)
        ]
        for thread in begun:
            thread.start()
        return begun

    def _write(self, number: int, accounts: list[int]) -> None:
        draw = random.Random(f"{self.seed}:{number}")
        for place in itertools.count():
            if self.over.is_set():
                return
            key = f"{self.seed}:{number}:{place}"
            pay = self.cash if draw.random() < CASH else self.by_intent
            account, cents = draw.choice(accounts), draw.randint(1, 30_000)
            while not self._done(pay, account, cents, key):
                time.sleep(PATIENCE_SECONDS)

    def _done(
        self, pay: Callable[[int, int, str], None], account: int, cents: int, key: str
    ) -> bool:
        """Say whether a payment was answered for; once they are to stop, what is left is left."""
        try:
            pay(account, cents, key)
        except (DatabaseUnavailable, NoAnswer):
            self.again.append(key)
            return self.over.is_set()
        return True

    def cash(self, account: int, cents: int, key: str) -> None:
        """Take a payment at the counter."""
        on = self.database.run(today)
        taking = Taking(account_id=account, tender="cash", cents=cents, received_on=on, key=key)
        self.database.run(lambda db: take_payment(db, taking, "counter"))
        self.acked(f"cash {key}")

    def by_intent(self, account: int, cents: int, key: str) -> None:
        """Take a payment by card, each step in a commit of its own."""
        wanted = Wanted(
            account_id=account, cents=cents, tender="card", channel="phone", language="en"
        )
        intent = self.database.run(lambda db: intents.create(db, wanted, key)).id
        self.acked(f"begun {intent}")
        if self.database.run(lambda db: intents.get(db, intent)).state == "created":
            self.database.run(lambda db: intents.mark_sent(db, intent))
        said = heard(self.processor.charge(intent, cents, "card", self.token))
        self.database.run(lambda db: intents.finish(db, said))
        if said.outcome == "approved":
            self.acked(f"paid {intent}")


def heard(charge: ProcessorCharge) -> PaymentResult:
    """Turn what the processor has into what an intent is told."""
    outcome = "approved" if charge.state == "approved" else "declined"
    return PaymentResult(
        charge.intent, outcome, charge.confirmation, charge.last_four, charge.reason
    )


@dataclass(frozen=True)
class Told:
    """What a writer's process is told: a line of words."""

    url: str
    cards: str
    key: str
    token: str
    seed: str
    acks: str

    def writers(self, database: Database) -> Writers:
        """Make writers that acknowledge into a file, each line in one write."""
        file = os.open(Path(self.acks), os.O_WRONLY | os.O_APPEND)
        port = HttpCardProcessor(self.cards, self.key)
        return Writers(
            database, port, self.token, self.seed, lambda line: os.write(file, f"{line}\n".encode())
        )


def warm(told: Told) -> Database:
    """Pay once each way and let go of the connections: what is worked out then, forks inherit."""
    database = Database(told.url, statement_ms=20_000, pool=THREADS)
    account = database.run(lambda db: list(db.execute(ACCOUNTS).scalars()))[0]
    writers = told.writers(database)
    writers.cash(account, 100, f"warm:{told.seed}:cash")
    writers.by_intent(account, 100, f"warm:{told.seed}:card")
    writers.processor.close()
    database.close()
    return database


def write(writers: Writers) -> NoReturn:
    """Write until killed."""
    for thread in writers.start():
        thread.join()
    os._exit(0)


def main() -> None:
    """Fork a writer for every line that comes in, and tell when it is gone; ends with its input."""
    database: Database | None = None
    for line in sys.stdin:
        told = Told(*line.split())
        database = database or warm(told)
        pid = os.fork()
        if pid == 0:
            write(told.writers(database))
        print(pid, flush=True)
        os.waitpid(pid, 0)
        print("gone", flush=True)


if __name__ == "__main__":
    main()
