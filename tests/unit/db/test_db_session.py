"""Transactions: tried again where that helps, given up in time where it does not."""

import socket
import threading
import time
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, ProgrammingError
from sqlalchemy.orm import Session

from db.errors import DatabaseUnavailable
from db.session import Database

ADD = text("INSERT INTO heartbeats (process, at) VALUES (:name, now())")
TOUCH = text("UPDATE heartbeats SET at = now() WHERE process = :name")
COUNT = text("SELECT count(*) FROM heartbeats WHERE process = :name")
BACKEND = text("SELECT pg_backend_pid()")
KILL = text("SELECT pg_terminate_backend(:pid, 5000)")


@pytest.fixture
def database(database_url: str) -> Generator[Database]:
    made = Database(database_url, statement_ms=10_000, pool=4)
    yield made
    made.close()


@pytest.fixture
def other(database_url: str) -> Generator[Database]:
    """Another process on the same database, which may end our connections."""
    made = Database(database_url, statement_ms=10_000)
    yield made
    made.close()


@pytest.fixture
def named(database: Database) -> Generator[Callable[[str], str]]:
    """Write a row of this test alone; gives its name."""
    made: list[str] = []

    def make(name: str) -> str:
        made.append(f"{name} {time.monotonic_ns()}")
        database.run(lambda db: db.execute(ADD, {"name": made[-1]}))
        return made[-1]

    yield make
    swept = text("DELETE FROM heartbeats WHERE process = ANY(:names)")
    database.run(lambda db: db.execute(swept, {"names": made}))


def unavailable(database: Database, work: Callable[[Session], object]) -> float:
    """Run what must not be possible now; gives how long that took to say."""
    began = time.monotonic()
    with pytest.raises(DatabaseUnavailable):
        database.run(work)
    return time.monotonic() - began


def select_one(session: Session) -> object:
    return session.execute(text("SELECT 1")).scalar_one()


def test_a_real_deadlock_is_tried_again_and_nobody_sees_it(
    database: Database, named: Callable[[str], str]
) -> None:
    one, two = named("one"), named("two")
    meet = threading.Barrier(2)
    tries: list[str] = []

    def cross(first: str, second: str) -> None:
        def work(session: Session) -> None:
            tries.append(first)
            session.execute(TOUCH, {"name": first})
            if len(tries) <= 2:
                meet.wait(5)  # both hold one row and want the other's
            session.execute(TOUCH, {"name": second})

        database.run(work)

    with ThreadPoolExecutor(2) as threads:
        done = [threads.submit(cross, one, two), threads.submit(cross, two, one)]
        assert [each.result(30) for each in done] == [None, None]
    assert len(tries) in {3, 4}  # the second try may meet the other once more


def test_a_conflict_that_never_ends_is_given_up_after_three_tries(database: Database) -> None:
    tries: list[int] = []

    def conflict(session: Session) -> None:
        tries.append(1)
        session.execute(text("DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '40001'; END $$"))

    unavailable(database, conflict)
    assert len(tries) == 3


def test_connections_killed_in_the_pool_go_unnoticed(database: Database, other: Database) -> None:
    for _ in range(5):
        pid = database.run(lambda db: db.execute(BACKEND).scalar_one())
        other.run(lambda db, pid=pid: db.execute(KILL, {"pid": pid}))
        assert database.run(select_one) == 1


def killed(other: Database, times: int, tries: list[int]) -> Callable[[Session], object]:
    """Make work whose connection is killed in the middle, so many times."""

    def work(session: Session) -> object:
        tries.append(1)
        pid = session.execute(BACKEND).scalar_one()
        if len(tries) <= times:
            other.run(lambda db: db.execute(KILL, {"pid": pid}))
        return select_one(session)

    return work


def test_a_connection_killed_in_mid_transaction_is_tried_again_once(
    database: Database, other: Database
) -> None:
    tries: list[int] = []
    assert database.run(killed(other, 1, tries)) == 1
    assert len(tries) == 2


def test_a_connection_killed_again_is_an_outage(database: Database, other: Database) -> None:
    tries: list[int] = []
    unavailable(database, killed(other, 5, tries))
    assert len(tries) == 2


def test_a_refused_connection_is_unavailable_at_once() -> None:
    assert unavailable(Database("postgresql://nobody@127.0.0.1:1/nowhere"), select_one) < 1


def test_a_server_that_never_answers_is_unavailable_in_time() -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        url = f"postgresql://nobody@127.0.0.1:{mute.getsockname()[1]}/nowhere"
        assert unavailable(Database(url), select_one) < 4


def test_an_exhausted_pool_is_unavailable_in_time(database_url: str) -> None:
    small = Database(database_url, pool=1)
    with small.transaction() as session:
        select_one(session)
        assert unavailable(small, select_one) < 2
    assert small.run(select_one) == 1
    small.close()


def test_a_slow_statement_is_unavailable_in_time(database_url: str) -> None:
    quick = Database(database_url, statement_ms=200)
    assert unavailable(quick, lambda db: db.execute(text("SELECT pg_sleep(5)"))) < 1.5
    quick.close()


def test_a_lock_that_is_held_is_unavailable_in_time(
    database: Database, database_url: str, named: Callable[[str], str]
) -> None:
    name = named("held")
    quick = Database(database_url, statement_ms=200)
    with database.transaction() as session:
        session.execute(TOUCH, {"name": name})
        assert unavailable(quick, lambda db: db.execute(TOUCH, {"name": name})) < 1.5
    quick.close()


def test_faults_of_ours_rise_as_they_are_and_write_nothing(
    database: Database, named: Callable[[str], str]
) -> None:
    name, tries = named("twice"), list[int]()

    def twice(session: Session) -> None:
        tries.append(1)
        session.execute(ADD, {"name": f"{name} again"})
        session.execute(ADD, {"name": name})

    with pytest.raises(IntegrityError):
        database.run(twice)
    with pytest.raises(ProgrammingError):
        database.run(lambda db: db.execute(text("SELECT nothing FROM nowhere")))
    assert len(tries) == 1
    assert database.run(lambda db: db.execute(COUNT, {"name": f"{name} again"}).scalar_one()) == 0


def test_every_connection_speaks_utc(database: Database) -> None:
    assert database.run(lambda db: db.execute(text("SHOW timezone")).scalar_one()) == "UTC"
