"""A database that has requests and arrangements already keeps what they stand for."""

from collections.abc import Generator
from datetime import timedelta
from typing import Final
from urllib.parse import urlsplit

import psycopg
import pytest
from alembic import command
from psycopg import sql
from sqlalchemy import text
from sqlalchemy.orm import Session

from billing.ledger.chart import load_chart
from billing.payments import arrangements
from billing.payments.limits import load_limits
from billing.payments.taking import take_payment
from db import migrate
from db.session import Database
from tests.services import Servers, on_database
from tests.unit.billing.conftest import open_account
from tests.unit.billing.paying import DUE, ON, bill, breaks, cash

BEFORE: Final = "0008"
OWED: Final = ON - timedelta(days=90)
LIMIT: Final = text("""
INSERT INTO approval_limits (role, kind, reason, alone, approve)
VALUES ('rep', 'adjustment', '*', 2500, 0)""")
REQUEST: Final = text("""
INSERT INTO requests (key, kind, account_id, cents, reason, note, details, state, made_by, made_as)
VALUES (:key, 'adjustment', :account, 2500, 'goodwill', '', '{}', :state, 'ana', 'rep')""")
ARRANGED: Final = text("""
INSERT INTO arrangements (account_id, cents, state, rule, made_by, made_at)
VALUES (:account, 8000, 'current', 'by rule', 't', clock_timestamp()) RETURNING id""")
PART: Final = text("""
INSERT INTO arrangement_parts (arrangement_id, position, due_on, cents)
VALUES (:id, :position, :due, 4000)""")
KEPT: Final = text("SELECT state, alone_on IS NOT NULL, voided_by FROM requests ORDER BY id")
ABOUT: Final = text("SELECT CAST(sum(cents) AS bigint) FROM arrangement_charges")


@pytest.fixture
def older(servers: Servers, worker_id: str) -> Generator[str]:
    """Make a database as it was before; gives its name."""
    name = f"cityline_{worker_id}_before_limits"
    owner = urlsplit(servers.database_owner_url).username or ""
    drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
    create = sql.SQL("CREATE DATABASE {} TEMPLATE template0 OWNER {}").format(
        sql.Identifier(name), sql.Identifier(owner)
    )
    with psycopg.connect(servers.admin_url, autocommit=True) as admin:
        admin.execute(drop)
        admin.execute(create)
        database = Database(on_database(servers.database_owner_url, name), pool=1)
        alembic = migrate.alembic_config()
        with database.engine.begin() as connection:
            alembic.attributes["connection"] = connection
            command.upgrade(alembic, BEFORE)
        database.close()
        yield name
        admin.execute(drop)


def live(db: Session, account: int) -> None:
    """Owe 120.00, pay 40.00, arrange the rest, pay 10.00 of it; and do some alone."""
    bill(db, account, {"power": 9000, "water": 3000}, "old", OWED)
    take_payment(db, cash(account, 4000, "before"), "t")


def arranged(db: Session, account: int) -> None:
    made = db.execute(ARRANGED, {"account": account}).scalar_one()
    for position in (1, 2):
        due = ON + timedelta(days=30 * (position - 1))
        db.execute(PART, {"id": made, "position": position, "due": due})


def after(db: Session, account: int) -> None:
    take_payment(db, cash(account, 4000, "first part"), "t")
    bill(db, account, {"storm": 700}, "newer", DUE)
    db.execute(LIMIT)
    for state in ("done", "draft", "void"):
        db.execute(REQUEST, {"key": state, "account": account, "state": state})


def test_what_was_done_alone_and_arranged_before_still_counts(servers: Servers, older: str) -> None:
    url = on_database(servers.database_owner_url, older)
    database = Database(url, statement_ms=60_000, pool=1)
    database.run(load_chart)
    account = database.run(open_account)
    for work in (live, arranged, after):
        database.run(lambda db, do=work: do(db, account))
    database.close()
    migrate.upgrade(url, urlsplit(servers.database_url).username or "")
    database = Database(url, statement_ms=60_000, pool=1)
    database.run(load_limits)
    rows = [tuple(row) for row in database.run(lambda db: db.execute(KEPT).all())]
    assert rows == [
        ("done", True, None),
        ("draft", False, None),
        ("void", False, "not written down"),
    ]
    assert database.run(lambda db: db.execute(ABOUT).scalar_one()) == 8000
    stands = database.run(lambda db: arrangements.check(db, account, ON + timedelta(days=4), "t"))
    assert stands is not None
    assert stands.state == "current"  # the first part was paid after it was made
    assert database.run(breaks) == []
    database.close()
