"""Many at once: payers on one account; webhooks that come many times, some of them altered."""

import random
import time
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Final, TypeVar

from sqlalchemy import text
from sqlalchemy.orm import Session

from bench.money.town import Outcome, found_town, judge
from billing.errors import AnotherBody
from billing.ledger.balances import owed
from billing.ledger.clock import today
from billing.payments.charges import Fee, add_fee
from billing.payments.taking import Taking, take_payment
from db.session import Database

ALTERED: Final = 0.1
LATE: Final = 0.05
SENDERS: Final = 16
ACCOUNTS: Final = 50
CENTS: Final = 100
BILLS: Final = 10  # one bill would hide a missing lock: two payers of a bill's last cents show it
COUNTED: Final = text("SELECT count(*), coalesce(sum(cents), 0) FROM payments")
T = TypeVar("T")
Tell = Callable[[int], None]


@dataclass(frozen=True)
class Letter:
    """One delivery of a payment's webhook."""

    key: int
    altered: bool
    late: bool


def crowd(url: str, payers: int, each: int, tell: Tell) -> Outcome:
    """Let many pay the bills of one account at once, to the last cent."""
    outcome, database = Outcome(), Database(url, statement_ms=30_000, pool=payers)
    (account,), on = found_town(database, 1), database.run(today)
    database.run(lambda db: bill_in_parts(db, account, payers * each * CENTS, on))

    def pay(payer: int) -> list[float]:
        took: list[float] = []
        for number in range(each):
            began = time.perf_counter()
            taking = counter_payment(account, CENTS, f"{payer}:{number}", on)
            database.run(lambda db, one=taking: take_payment(db, one, "crowd"))
            took.append(time.perf_counter() - began)
            if payer == 0:
                tell(number * payers)
        return took

    began = time.perf_counter()
    took = sorted(sum(run_all(partial(pay, payer) for payer in range(payers)), list[float]()))
    outcome.figures["payments a second"] = len(took) / (time.perf_counter() - began)
    outcome.figures["p99 ms"] = took[int(len(took) * 0.99)] * 1000
    posted, cents = database.run(lambda db: db.execute(COUNTED).one())
    outcome.figures |= {"acknowledged": len(took), "posted": posted}
    outcome.claim(posted == payers * each, f"{posted} posted of {payers * each}")
    outcome.claim(cents == payers * each * CENTS, f"{cents} cents posted")
    outcome.claim(database.run(lambda db: owed(db, account).total) == 0, "something is still owed")
    judge(database, outcome, "after the crowd")
    database.close()
    return outcome


def duplicates(url: str, keys: int, deliveries: int, seed: int, tell: Tell) -> Outcome:
    """Deliver each payment many times from many senders, in disorder, some of them altered.

    Altered ones say another amount under the same key; late ones come when all others have.
    """
    outcome, database = Outcome(), Database(url, statement_ms=30_000, pool=SENDERS)
    accounts, on = found_town(database, ACCOUNTS), database.run(today)
    letters = shuffled(keys, deliveries, random.Random(seed))

    def deliver(sender: int) -> Counter[str]:
        said: Counter[str] = Counter()
        for number, letter in enumerate(letters[sender::SENDERS], 1):
            cents = 1000 + letter.key + letter.altered
            account = accounts[letter.key % ACCOUNTS]
            said[answer(database, counter_payment(account, cents, f"hook:{letter.key}", on))] += 1
            if sender == 0:
                tell(number * SENDERS // deliveries)
        return said

    said = sum(run_all(partial(deliver, sender) for sender in range(SENDERS)), Counter[str]())
    posted = database.run(lambda db: db.execute(COUNTED).one())[0]
    outcome.figures |= {"deliveries": len(letters), "posted": posted, **said}
    outcome.claim(posted == keys, f"{posted} posted of {keys} keys")
    outcome.claim(said["refused"] > 0, "no altered body was refused")
    outcome.claim(said.total() == len(letters), "some were not answered")
    judge(database, outcome, "after the duplicates")
    database.close()
    return outcome


def shuffled(keys: int, deliveries: int, draw: random.Random) -> list[Letter]:
    """Put every key's deliveries in disorder; the late ones come after all the others."""
    letters = [
        Letter(key, altered=draw.random() < ALTERED, late=draw.random() < LATE)
        for key in range(keys)
        for _ in range(deliveries)
    ]
    draw.shuffle(letters)
    return sorted(letters, key=lambda letter: letter.late)


def answer(database: Database, taking: Taking) -> str:
    """Deliver one; another body under a known key must be refused."""
    try:
        database.run(lambda db: take_payment(db, taking, "hook"))
    except AnotherBody:
        return "refused"
    return "answered"


def counter_payment(account: int, cents: int, key: str, on: date) -> Taking:
    """Make a payment in cash."""
    return Taking(account_id=account, tender="cash", cents=cents, received_on=on, key=key)


def power_bill(account: int, cents: int, on: date) -> Fee:
    """Make a charge for power."""
    return Fee(
        account_id=account, service="power", kind="use", cents=cents, on=on, due_on=on,
        code="power.revenue",
    )  # fmt: skip


def bill_in_parts(session: Session, account: int, cents: int, on: date) -> None:
    """Charge an amount in some bills, the last of them with what is left over."""
    part = cents // BILLS
    for number in range(BILLS):
        last = number == BILLS - 1
        bill = power_bill(account, cents - part * number if last else part, on)
        add_fee(session, bill, "crowd", f"bill:{number}")


def run_all(works: Iterable[Callable[[], T]]) -> list[T]:
    """Run each in a thread of its own to its end; what one raises is raised."""
    every = list(works)
    with ThreadPoolExecutor(len(every)) as threads:
        return [running.result() for running in [threads.submit(work) for work in every]]
