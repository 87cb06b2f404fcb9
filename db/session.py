"""The only module that begins and commits transactions.

`Database.run(work)` is the way in: it opens a short transaction, runs `work(session)` and
commits. A deadlock or serialisation conflict is tried again (the whole unit, at most three times),
a connection that died in the pool once. Everything that means "not now" rises as
`DatabaseUnavailable`. Nothing inside `work` may wait on a network other than the database's.
"""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import TypeVar

from sqlalchemy import URL, Engine, create_engine, make_url
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session, sessionmaker

from db.errors import DatabaseUnavailable

T = TypeVar("T")

CONFLICTS = {"40001", "40P01"}  # serialisation failure, deadlock: the whole unit may run again
NOT_NOW = {"57014", "55P03", "57P01", "57P02", "57P03", "53300", "53100", "25P03"}
TRIES_MAX = 3


class Database:
    """One engine and the transactions on it.

    `statement_ms` bounds every statement and lock wait, in milliseconds; a turn of a call gets
    1.5 s, the desk and the jobs more.
    """

    def __init__(self, url: str, *, statement_ms: int = 1500, pool: int = 8) -> None:
        """Build the engine; nothing is connected before the first use."""
        self.engine = build_engine(url, statement_ms=statement_ms, pool=pool)
        self._sessions = sessionmaker(self.engine, expire_on_commit=False)

    def run(self, work: Callable[[Session], T]) -> T:
        """Run `work` in one transaction and commit it; raises DatabaseUnavailable."""
        for attempt in range(1, TRIES_MAX + 1):
            try:
                with self.transaction() as session:
                    return work(session)
            except (DBAPIError, PoolTimeout) as error:
                if not may_run_again(error, attempt):
                    raise translated(error) from error
        message = "unreachable: the last attempt either returned or raised"
        raise AssertionError(message)

    @contextmanager
    def transaction(self) -> Generator[Session]:
        """One transaction, committed on leaving, rolled back on an error. No retries."""
        with self._sessions() as session, session.begin():
            yield session

    def close(self) -> None:
        """Give every pooled connection back to the server."""
        self.engine.dispose()


def build_engine(url: str, *, statement_ms: int, pool: int) -> Engine:
    """Build an engine in which no wait is without a bound.

    No connection is pinged before its use, which would cost every transaction a round trip: one
    that died in the pool shows at its first statement, and `Database.run` then takes a new one.
    """
    return create_engine(
        psycopg_url(url),
        pool_size=pool,
        max_overflow=0,
        pool_timeout=1.0,
        hide_parameters=True,  # what a caller said stands in no error and so in no log
        connect_args={
            "connect_timeout": 2,
            "tcp_user_timeout": 4000,
            "options": f"-c statement_timeout={statement_ms} -c lock_timeout={statement_ms}"
            " -c idle_in_transaction_session_timeout=10000 -c timezone=UTC",
        },
    )


def psycopg_url(url: str) -> URL:
    """Name the driver: a plain postgresql:// address means psycopg 3."""
    return make_url(url).set(drivername="postgresql+psycopg")


def sqlstate(error: Exception) -> str:
    """Give the five characters PostgreSQL named the fault with, or an empty string."""
    return str(getattr(getattr(error, "orig", None), "sqlstate", None) or "")


def may_run_again(error: Exception, attempt: int) -> bool:
    """Tell a conflict (three tries) and a stale pooled connection (two) from a real fault."""
    if sqlstate(error) in CONFLICTS:
        return attempt < TRIES_MAX
    stale = isinstance(error, DBAPIError) and error.connection_invalidated
    return stale and attempt == 1


def translated(error: Exception) -> Exception:
    """Name an outage what it is; hand any other error on as it came."""
    if isinstance(error, PoolTimeout | InterfaceError) or sqlstate(error) in NOT_NOW:
        return DatabaseUnavailable(str(error))
    if isinstance(error, OperationalError) and sqlstate(error) in {"", *CONFLICTS}:
        return DatabaseUnavailable(str(error))
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return DatabaseUnavailable(str(error))
    return error
