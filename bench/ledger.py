"""What the ledger takes, beside the naive design in plain SQL on the same server in the same run.

naive     a balance is kept for every account, the cash account's too: each payment locks that row
          (SELECT ... FOR UPDATE), writes the payment with its two entries and the new balances
journal   the shipped `journal.post`: key compared, four entries in two funds, every rule checked
paced     payments that arrive at a fixed pace into one cash account; from when each was due
many      `journal.post_many`, one writer, as the lockbox import uses it
books     the trial balance over all of it, and the ledger's invariants
bills     the billing run of a whole city, beside a plain copy of the rows it wrote (bench/bills.py)

Commits are safe ones (fsync). Writers, server and whatever else runs here share the machine.
"""

import itertools
import json
import statistics
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, date, datetime

import psycopg
from sqlalchemy import text

from bench.bills import billing_run
from bench.ground import Ground, ground
from billing.accounts.numbers import numbered
from billing.ledger import books, lines
from billing.ledger.chart import load_chart
from billing.ledger.journal import Posting, post, post_many
from billing.verifying import verdicts
from db.session import Database, psycopg_url

WRITERS = 16
ACCOUNTS = 400
SECONDS = 5.0
ROUNDS = 3
PACE = 50  # payments a second
PACED_SECONDS = 15.0
BATCH = 500
BATCHES = 12
BILLED = 36_000  # accounts
TODAY = date(2026, 11, 23)

NAIVE = """
CREATE TABLE naive_balances (code text PRIMARY KEY, cents bigint NOT NULL);
CREATE TABLE naive_payments (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key text NOT NULL UNIQUE, cents bigint NOT NULL, at timestamptz NOT NULL DEFAULT now());
CREATE TABLE naive_entries (payment_id bigint NOT NULL REFERENCES naive_payments (id),
    code text NOT NULL REFERENCES naive_balances (code), cents bigint NOT NULL);
INSERT INTO naive_balances SELECT 'account ' || n, 0 FROM generate_series(1, 400) n;
INSERT INTO naive_balances VALUES ('cash', 0);
"""
TOWN = """
WITH r AS (INSERT INTO residents (name, language, email, mailing)
    SELECT 'Resident ' || n, 'en', '', '' FROM generate_series(1, 400) n RETURNING id),
p AS (INSERT INTO premises (address, zip, cycle)
    SELECT n || ' Center Street', '84601', 1 FROM generate_series(1, 400) n RETURNING id)
INSERT INTO accounts (number, resident_id, premise_id, kind, status, owner_group, paperless,
    opened_on, version)
SELECT numbers.number, r.id, r.id, 'residential', 'active', '', false, '2020-01-01', 1
FROM r JOIN p ON p.id = r.id
JOIN unnest(CAST(:numbers AS text[])) WITH ORDINALITY AS numbers (number, id) ON numbers.id = r.id
"""
LOCK = "SELECT cents FROM naive_balances WHERE code = %s FOR UPDATE"
KEEP = "UPDATE naive_balances SET cents = %s WHERE code = %s"
WRITE = "INSERT INTO naive_entries VALUES (%s, %s, %s), (%s, %s, %s)"
PAID = "INSERT INTO naive_payments (key, cents) VALUES (%s, %s) RETURNING id"

Pay = Callable[[int], object]
Figures = dict[str, float]


def naive(connection: psycopg.Connection, number: int) -> None:
    """Take a payment as a plain design would; two locks in one order, so nothing deadlocks."""
    account = f"account {number % ACCOUNTS + 1}"
    with connection.transaction():
        paid = (connection.execute(PAID, [f"pay:{number}", 100]).fetchone() or (0,))[0]
        for code, cents in (("cash", 100), (account, -100)):
            held = (connection.execute(LOCK, [code]).fetchone() or (0,))[0]
            connection.execute(KEEP, [held + cents, code])
        connection.execute(WRITE, [paid, "cash", 100, paid, account, -100])


def payment(number: int) -> Posting:
    """Write a payment of one dollar for power into the one cash account."""
    account = number % ACCOUNTS + 1
    taken = lines.received("pool.undeposited", {"power": 100}, 0, account)
    return Posting(f"pay:{number}", "payment", TODAY, "bench", taken, account)


def per_second(writer: Callable[[], tuple[Pay, Callable[[], None]]], numbers: "Numbers") -> Figures:
    """Have sixteen writers who never pause; gives postings a second and the p99."""
    times: list[float] = []
    end = time.perf_counter() + SECONDS

    def write() -> None:
        pay, done = writer()
        while (began := time.perf_counter()) < end:
            pay(next(numbers))
            times.append((time.perf_counter() - began) * 1000)
        done()

    threads = [threading.Thread(target=write) for _ in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return {"per_second": round(len(times) / SECONDS), **centiles(times)}


def paced(pay: Pay, numbers: "Numbers") -> Figures:
    """Have payments arrive at a fixed pace, answered or not; each counts from when it was due."""
    began = time.perf_counter()

    def one(due: float) -> float:
        pay(next(numbers))
        return (time.perf_counter() - due) * 1000

    with ThreadPoolExecutor(WRITERS) as threads:
        waiting: list[Future[float]] = []
        for number in range(int(PACE * PACED_SECONDS)):
            due = began + number / PACE
            time.sleep(max(0.0, due - time.perf_counter()))
            waiting.append(threads.submit(one, due))
        times = [each.result(60) for each in waiting]
    return {"per_second": PACE, **centiles(times)}


def centiles(times: list[float]) -> Figures:
    """Give the middle and the slowest hundredth, in milliseconds."""
    hundred = statistics.quantiles(times, n=100)
    return {"p50_ms": round(hundred[49], 1), "p99_ms": round(hundred[98], 1)}


class Numbers:
    """Numbers that no two writers share."""

    def __init__(self) -> None:
        """Begin at one."""
        self._count = itertools.count(1)
        self._lock = threading.Lock()

    def __next__(self) -> int:
        """Give the next."""
        with self._lock:
            return next(self._count)


def plain(url: str) -> psycopg.Connection:
    """Connect with the bare driver."""
    driver = psycopg_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    return psycopg.connect(driver, autocommit=True, connect_timeout=5)


def settled(stage: Ground) -> Database:
    """Write chart, accounts and the naive tables; gives the app's database."""
    database = Database(stage.settings.database_url, statement_ms=60_000, pool=WRITERS)
    database.run(load_chart)
    town = {"numbers": [numbered(place) for place in range(ACCOUNTS)]}
    database.run(lambda db: db.execute(text(TOWN), town))
    with plain(stage.settings.database_owner_url or "") as owner:
        owner.execute(NAIVE)
        owner.execute("GRANT ALL ON naive_balances, naive_payments, naive_entries TO PUBLIC")
    return database


def duel(database: Database, url: str, numbers: Numbers) -> dict[str, Figures]:
    """Let both designs write in turn; gives the middle round of each, and their ratio."""
    rounds: dict[str, list[Figures]] = {"naive": [], "journal": []}

    def by_hand() -> tuple[Pay, Callable[[], None]]:
        connection = plain(url)
        return (lambda number: naive(connection, number)), connection.close

    def shipped() -> tuple[Pay, Callable[[], None]]:
        return (lambda number: database.run(lambda db: post(db, payment(number)))), lambda: None

    for _ in range(ROUNDS):
        rounds["naive"].append(per_second(by_hand, numbers))
        rounds["journal"].append(per_second(shipped, numbers))
    found = {
        name: sorted(each, key=lambda one: one["per_second"])[ROUNDS // 2]
        for name, each in rounds.items()
    }
    ratio = found["journal"]["per_second"] / found["naive"]["per_second"]
    found["journal"]["ratio"] = round(ratio, 2)
    return found


def many(database: Database, numbers: Numbers) -> Figures:
    """Post batches from one writer."""
    batches = [[payment(next(numbers)) for _ in range(BATCH)] for _ in range(BATCHES)]
    began = time.perf_counter()
    for batch in batches:
        database.run(lambda db, it=batch: post_many(db, it))
    return {"per_second": round(BATCH * BATCHES / (time.perf_counter() - began))}


def the_books(database: Database) -> Figures:
    """Add everything up, and check every invariant; milliseconds over so many entries."""
    entries = database.run(lambda db: db.execute(text("SELECT count(*) FROM entries")).scalar_one())
    began = time.perf_counter()
    rows = database.run(books.trial_balance)
    added = time.perf_counter()
    found = database.run(lambda db: list(verdicts(db)))
    broken = [f"{each.name}: {each.breaks[0]}" for each in found if each.breaks]
    if sum(row.cents for row in rows) or broken:
        raise RuntimeError(f"the books do not foot: {broken}")
    return {
        "entries": entries,
        "trial_balance_ms": round((added - began) * 1000),
        "verify_ms": round((time.perf_counter() - added) * 1000),
    }


def measure() -> dict[str, Figures]:
    """Measure all of it on ground of its own."""
    numbers = Numbers()
    with ground() as stage:
        database = settled(stage)
        found = duel(database, stage.settings.database_url, numbers)
        one: Pay = lambda number: database.run(lambda db: post(db, payment(number)))  # noqa: E731
        found["paced"] = paced(one, numbers)
        found["many"] = many(database, numbers)
        found["books"] = the_books(database)
        with plain(stage.settings.database_owner_url or "") as owner:
            found |= billing_run(database, owner, BILLED, TODAY)
        database.close()
    return found


def run(*, as_json: bool) -> None:
    """Measure and print."""
    found = measure()
    if as_json:
        print(json.dumps({"at": datetime.now(UTC).isoformat(), "ledger": found}))
        return
    print(
        f"{WRITERS} writers into one cash account, the middle of {ROUNDS} rounds; {PACE} a second"
    )
    print(f"for {PACED_SECONDS:g} s; {BATCHES} batches of {BATCH} from one writer.")
    for name, row in found.items():
        print(f"{name:<8} " + "  ".join(f"{key} {value:g}" for key, value in row.items()))
