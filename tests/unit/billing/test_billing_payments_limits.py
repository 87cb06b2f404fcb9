"""Limits add up: many small things are no way around a limit, nor are two at once."""

from collections.abc import Callable, Generator
from typing import Final

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from billing.errors import Conflict, NotAllowed, NotFound
from billing.ledger.clock import today
from billing.payments import limits
from billing.payments.limits import load_limits, may_alone, read_limits, refused
from billing.payments.requests import Asked, approve, ask, void
from billing.payments.tables import Request
from db.session import Database
from tests.services import Servers, on_database
from tests.unit.at_once import at_once
from tests.unit.billing.paying import breaks, owing, own_database

Key = Callable[[str], str]
BY_REP: Final = next(
    each
    for each in read_limits().limits
    if (each.role, each.kind, each.reason) == ("rep", "adjustment", "*")
)
DAY_OF: Final = text("SELECT alone_on FROM requests WHERE id = :id")
BACKDATED: Final = text("UPDATE requests SET alone_on = alone_on - 1 WHERE id = :id")
WRITTEN: Final = text("""
INSERT INTO requests (key, kind, account_id, cents, reason, note, details, state, made_by, made_as,
    checked_by, checked_as, voided_by, voided_as)
VALUES (:key, 'adjustment', :account, :cents, 'goodwill', '', '{}', :state, :made_by, 'rep',
    :checked_by, :checked_as, :voided_by, :voided_as) RETURNING id""")
CHANGES: Final = (
    "state = 'draft'",
    "state = 'void', voided_by = made_by",
    "checked_by = 'somebody', checked_as = 'supervisor'",
)


@pytest.fixture(scope="module")
def database(servers: Servers, new_database: Callable[[str], str]) -> Generator[Database]:
    for made in own_database(servers, new_database):
        made.run(load_limits)
        yield made


@pytest.fixture
def owner(database: Database, servers: Servers) -> Generator[Database]:
    """Open the module's database as its owner, who may switch triggers off."""
    name = str(database.engine.url.database)
    made = Database(on_database(servers.database_owner_url, name), statement_ms=60_000, pool=1)
    yield made
    made.close()


@pytest.fixture
def maker(key: Key) -> str:
    """Name a maker who did nothing yet."""
    return key("maker")


def account_of(database: Database, key: Key) -> int:
    return database.run(lambda db: owing(db, key("a"), power=60_000))


def made(database: Database, maker: str, account: int, cents: int, name: str) -> Request:
    asked = Asked(
        kind="adjustment", account_id=account, cents=cents, reason="goodwill", made_by=maker,
        made_as="rep", details={"service": "power"},
    )  # fmt: skip
    return database.run(lambda db: ask(db, asked, name))


def move_back(owner: Session, request: int, days: int) -> None:
    """Let a request have been done so many days earlier."""
    owner.execute(text("ALTER TABLE requests DISABLE TRIGGER requests_checked"))
    moved = text("UPDATE requests SET alone_on = alone_on - CAST(:days AS integer) WHERE id = :id")
    owner.execute(moved, {"id": request, "days": days})
    owner.execute(text("ALTER TABLE requests ENABLE TRIGGER requests_checked"))


def written(db: Session, key: str, account: int, cents: int, state: str, **by: str | None) -> int:
    """Write a request as a program would that goes around the rooms."""
    names = ("checked_by", "checked_as", "voided_by", "voided_as")
    given = {"key": key, "account": account, "cents": cents, "state": state, "made_by": "nobody"}
    return db.execute(WRITTEN, {**given, **dict.fromkeys(names), **by}).scalar_one()


def test_small_adjustments_add_up_for_their_maker_in_a_day(
    database: Database, key: Key, maker: str
) -> None:
    count = BY_REP.by_day // BY_REP.alone
    for _ in range(count):
        done = made(database, maker, account_of(database, key), BY_REP.alone, key("r"))
        assert done.state == "done"
    account = account_of(database, key)
    waits = made(database, maker, account, 1, key("r"))
    assert waits.state == "draft"
    other = made(database, key("other"), account, 1, key("r"))
    assert other.state == "done"  # the day is the maker's own
    assert database.run(lambda db: approve(db, waits.id, "ben", "supervisor")).state == "done"
    assert database.run(breaks) == []


def test_small_adjustments_add_up_on_an_account_whoever_makes_them(
    database: Database, key: Key
) -> None:
    account = account_of(database, key)
    for _ in range(BY_REP.by_account // BY_REP.alone):
        assert made(database, key("maker"), account, BY_REP.alone, key("r")).state == "done"
    assert made(database, key("maker"), account, 1, key("r")).state == "draft"


@pytest.mark.parametrize(("days", "state"), [(29, "draft"), (30, "done")])
def test_an_account_s_sum_ends_after_thirty_days(  # noqa: PLR0913, PLR0917  fixtures and the table
    database: Database, key: Key, maker: str, owner: Database, days: int, state: str
) -> None:
    account = account_of(database, key)
    count = BY_REP.by_account // BY_REP.alone
    early = [made(database, key("m"), account, BY_REP.alone, key("r")).id for _ in range(count)]
    for each in early:
        owner.run(lambda db, one=each: move_back(db, one, days))
    assert made(database, maker, account, 1, key("r")).state == state


def test_what_somebody_else_approved_counts_for_nobody_s_day(
    database: Database, key: Key, maker: str
) -> None:
    account = account_of(database, key)
    waits = made(database, maker, account, BY_REP.alone + 1, key("r"))
    database.run(lambda db: approve(db, waits.id, "ben", "supervisor"))
    assert made(database, maker, account, BY_REP.alone, key("r")).state == "done"
    assert database.run(lambda db: db.execute(DAY_OF, {"id": waits.id}).scalar_one()) is None


def test_two_at_once_never_both_pass(database: Database, key: Key, maker: str) -> None:
    count = BY_REP.by_day // BY_REP.alone
    accounts = [account_of(database, key) for _ in range(2 * count)]
    states = at_once(
        *[
            lambda one=each: made(database, maker, one, BY_REP.alone, key("r")).state
            for each in accounts
        ]
    )
    assert sorted(states) == ["done"] * count + ["draft"] * count


def test_two_makers_at_once_never_both_pass_on_one_account(database: Database, key: Key) -> None:
    account, count = account_of(database, key), BY_REP.by_account // BY_REP.alone

    def one() -> bool:
        name = key("maker")
        try:
            database.run(lambda db: written(db, name, account, BY_REP.alone, "done", made_by=name))
        except DBAPIError as error:
            assert "alone on an account" in str(error)  # noqa: PT017  each thread for itself
            return False
        return True

    assert sum(at_once(*[one] * 4 * count)) == count


def test_the_database_itself_names_the_rule(database: Database, key: Key) -> None:
    def fill(db: Session, cents: int, accounts: list[int]) -> None:
        for account in accounts:
            written(db, key("w"), account, cents, "done", made_by=maker)

    maker, account = key("maker"), account_of(database, key)
    others = [account_of(database, key) for _ in range(BY_REP.by_day // BY_REP.alone + 1)]
    for accounts, rule in ((others, limits.IN_A_DAY), ([account] * 3, limits.ON_AN_ACCOUNT)):
        with pytest.raises(DBAPIError) as caught:
            database.run(lambda db, these=accounts: fill(db, BY_REP.alone, these))
        told = refused(caught.value)
        assert isinstance(told, NotAllowed)
        assert told.rule == rule


def test_a_checker_who_may_not_approve_is_no_checker(database: Database, key: Key) -> None:
    account = account_of(database, key)
    with pytest.raises(DBAPIError, match="maker and checker"):
        database.run(
            lambda db: written(db, key("w"), account, 1, "done", checked_by="cy", checked_as="rep")
        )


@pytest.mark.parametrize("change", CHANGES)
def test_what_was_done_alone_stays_counted(
    database: Database, key: Key, maker: str, change: str
) -> None:
    done = made(database, maker, account_of(database, key), 1, key("r"))
    statement = text(f"UPDATE requests SET {change} WHERE id = :id")  # noqa: S608  the cases above
    with pytest.raises(DBAPIError, match="ledger rule"):
        database.run(lambda db: db.execute(statement, {"id": done.id}))


def test_the_application_cannot_move_the_day_it_was_done(
    database: Database, key: Key, maker: str
) -> None:
    done = made(database, maker, account_of(database, key), 1, key("r"))
    database.run(lambda db: db.execute(BACKDATED, {"id": done.id}))
    on = database.run(lambda db: db.execute(DAY_OF, {"id": done.id}).scalar_one())
    assert on == database.run(today)


def test_an_older_snapshot_may_do_nothing_alone(database: Database, key: Key, maker: str) -> None:
    account = account_of(database, key)
    with database.transaction() as mine:
        mine.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
        asked = Request(
            key=key("w"), kind="adjustment", account_id=account, cents=1, reason="goodwill",
            made_by=maker, made_as="rep",
        )  # fmt: skip
        assert not may_alone(mine, asked)


# Taking a request back.


@pytest.mark.parametrize(
    ("by", "role", "allowed"),
    [
        (None, "rep", True),
        ("ben", "supervisor", True),
        ("cy", "rep", False),
        ("cy", "", False),
    ],
)
def test_a_request_is_taken_back_by_its_maker_or_who_may_approve_it(  # noqa: PLR0913  fixtures and the table
    database: Database, key: Key, maker: str, by: str | None, role: str, *, allowed: bool
) -> None:
    waits = made(database, maker, account_of(database, key), BY_REP.alone + 1, key("r"))
    if not allowed:
        with pytest.raises(NotAllowed) as caught:
            database.run(lambda db: void(db, waits.id, by or maker, role))
        assert caught.value.rule == "maker and checker"
        return
    gone = database.run(lambda db: void(db, waits.id, by or maker, role))
    assert (gone.state, gone.voided_by, gone.voided_as) == ("void", by or maker, role)
    assert gone.voided_at is not None
    for again in ("void", "approve"):
        with pytest.raises(Conflict):
            twice(database, again, waits.id)


def test_no_request_is_void_without_a_name(database: Database, key: Key) -> None:
    account = account_of(database, key)
    for by in (None, "cy"):
        with pytest.raises(DBAPIError, match="maker and checker"):
            database.run(
                lambda db, who=by: written(
                    db, key("w"), account, 1, "void", voided_by=who, voided_as="rep"
                )
            )


def test_a_void_request_is_void_for_good(database: Database, key: Key, maker: str) -> None:
    waits = made(database, maker, account_of(database, key), BY_REP.alone + 1, key("r"))
    database.run(lambda db: void(db, waits.id, maker, "rep"))
    for change in ("state = 'draft'", "voided_by = 'ben'"):
        statement = text(f"UPDATE requests SET {change} WHERE id = :id")  # noqa: S608  the cases above
        with pytest.raises(DBAPIError, match="ledger rule"):
            database.run(lambda db, it=statement: db.execute(it, {"id": waits.id}))


def test_an_unknown_request_is_not_taken_back(database: Database) -> None:
    with pytest.raises(NotFound):
        database.run(lambda db: void(db, 10**12, "ana", "rep"))


def twice(database: Database, what: str, request: int) -> None:
    """Void or approve a request."""
    if what == "void":
        database.run(lambda db: void(db, request, "ana", "rep"))
        return
    database.run(lambda db: approve(db, request, "ben", "supervisor"))
