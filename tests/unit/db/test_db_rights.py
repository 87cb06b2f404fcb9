"""What the application's role may do, what not even the owner may, and that the tables are ours."""

import subprocess
import sys
from collections.abc import Generator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from psycopg import errors, sql
from sqlalchemy.dialects.postgresql.base import ischema_names

import app
from billing.ledger.tables import Xid8
from db.base import Base
from db.migrate import (
    APPEND_ONLY,
    NEVER_CHANGED,
    NEVER_TAKEN_AWAY,
    newest_revision,
    upgrade,
)
from db.session import Database
from tests.services import Servers, on_database

ROOT = Path(__file__).parents[3]
TABLES = sorted(Base.metadata.tables)
assert app.ROOT == ROOT  # importing app.py registers every table
ischema_names["xid8"] = Xid8  # pyright: ignore[reportArgumentType]  reflection does not know it


@pytest.fixture
def as_app(database_url: str) -> Generator[psycopg.Connection]:
    with psycopg.connect(database_url, autocommit=True) as connection:
        yield connection


@pytest.fixture
def as_owner(database_owner_url: str) -> Generator[psycopg.Connection]:
    with psycopg.connect(database_owner_url, autocommit=True) as connection:
        yield connection


def written(statement: str, table: str) -> sql.Composed:
    """Write a statement about a table."""
    return sql.SQL(statement).format(sql.Identifier(table))  # pyright: ignore[reportArgumentType]  ours


def from_models(_object: Any, _name: str | None, kind: str, reflected: bool, other: Any) -> bool:  # noqa: ANN401, FBT001  Alembic's own signature
    """Leave out what only the database has: indexes are its own affair, and Alembic's table."""
    return not (reflected and other is None and kind in {"index", "unique_constraint"}) and (
        _name != "alembic_version"
    )


def test_the_models_and_the_migrated_database_are_the_same(database_owner_url: str) -> None:
    database = Database(database_owner_url)
    with database.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "include_object": from_models}
        )
        differences: object = compare_metadata(context, Base.metadata)
    database.close()
    assert differences == []


def test_every_model_has_its_table_and_every_table_its_model(as_owner: psycopg.Connection) -> None:
    query = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
    tables = [row[0] for row in as_owner.execute(query)]
    assert tables == sorted([*TABLES, "alembic_version"])


def test_the_app_owns_nothing(as_app: psycopg.Connection) -> None:
    query = "SELECT count(*) FROM pg_class WHERE relowner = current_user::regrole"
    assert as_app.execute(query).fetchone() == (0,)
    with pytest.raises(errors.InsufficientPrivilege):
        as_app.execute("CREATE TABLE public.mine (id int)")
    mighty = "rolsuper OR rolcreaterole OR rolcreatedb OR rolbypassrls"
    query = sql.SQL("SELECT {} FROM pg_roles WHERE rolname = current_user").format(sql.SQL(mighty))
    assert as_app.execute(query).fetchone() == (False,)


@pytest.mark.parametrize("table", [*TABLES, "alembic_version"])
def test_the_app_changes_no_table_itself(as_app: psycopg.Connection, table: str) -> None:
    for statement in (
        "TRUNCATE {} CASCADE",
        "ALTER TABLE {} ADD COLUMN mine int",
        "DROP TABLE {} CASCADE",
        "ALTER TABLE {} DISABLE TRIGGER ALL",
    ):
        with pytest.raises(errors.InsufficientPrivilege):
            as_app.execute(written(statement, table))


def rewriting(connection: psycopg.Connection, table: str) -> list[sql.Composed]:
    """Write the statements that would change a table's rows, by a column it has."""
    query = "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum = 1"
    column = sql.Identifier(*(connection.execute(query, [table]).fetchone() or ("",)))
    update = sql.SQL("UPDATE {} SET {} = {}").format(sql.Identifier(table), column, column)
    return [update, written("DELETE FROM {}", table)]


@pytest.mark.parametrize("table", [*APPEND_ONLY, *NEVER_CHANGED])
def test_the_app_only_adds_to_what_is_append_only(as_app: psycopg.Connection, table: str) -> None:
    as_app.execute(written("SELECT * FROM {} LIMIT 1", table))
    for statement in rewriting(as_app, table):
        with pytest.raises(errors.InsufficientPrivilege):
            as_app.execute(statement)


@pytest.mark.parametrize("table", APPEND_ONLY)
def test_not_even_the_owner_rewrites_what_is_append_only(
    as_owner: psycopg.Connection, table: str
) -> None:
    for statement in (*rewriting(as_owner, table), written("TRUNCATE {} CASCADE", table)):
        with pytest.raises(errors.RestrictViolation, match="is append-only"):
            as_owner.execute(statement)


@pytest.mark.parametrize("table", NEVER_TAKEN_AWAY)
def test_the_app_takes_away_no_code_of_the_chart(as_app: psycopg.Connection, table: str) -> None:
    with pytest.raises(errors.InsufficientPrivilege):
        as_app.execute(written("DELETE FROM {}", table))


def test_the_app_writes_no_balance(as_app: psycopg.Connection) -> None:
    as_app.execute("SELECT * FROM balances LIMIT 1")
    for statement in (
        "INSERT INTO balances VALUES (1, 'power.receivable', 1)",
        "UPDATE balances SET cents = 0",
        "DELETE FROM balances",
    ):
        with pytest.raises(errors.InsufficientPrivilege):
            as_app.execute(statement)


def test_the_app_switches_no_trigger_off(as_app: psycopg.Connection) -> None:
    with pytest.raises(errors.InsufficientPrivilege):
        as_app.execute("SET session_replication_role = replica")
    for table in ("journal", "entries", "balances"):
        for statement in ("ALTER TABLE {} DISABLE TRIGGER USER", "DROP TRIGGER x ON {}"):
            with pytest.raises((errors.InsufficientPrivilege, errors.UndefinedObject)):
                as_app.execute(written(statement, table))


AS_OWNER = "FROM pg_proc WHERE prosecdef AND pronamespace = 'public'::regnamespace"


def test_what_runs_as_the_owner_looks_only_in_our_own_schema(as_app: psycopg.Connection) -> None:
    found = as_app.execute(f"SELECT proname, proconfig {AS_OWNER}").fetchall()
    assert {name for name, _ in found} >= {"entries_join"}
    for name, settings in found:
        assert settings == ["search_path=public, pg_temp"], name


def test_what_runs_as_the_owner_hangs_on_no_table_of_the_apps(as_app: psycopg.Connection) -> None:
    callable_by_app = f"SELECT proname {AS_OWNER} AND has_function_privilege(oid, 'EXECUTE')"
    assert as_app.execute(callable_by_app).fetchall() == []
    as_app.execute("CREATE TEMP TABLE mine (LIKE entries)")
    with pytest.raises(errors.InsufficientPrivilege):
        as_app.execute(
            "CREATE TRIGGER forged AFTER INSERT ON mine REFERENCING NEW TABLE AS fresh"
            " FOR EACH STATEMENT EXECUTE FUNCTION entries_join()"
        )
    with pytest.raises(errors.FeatureNotSupported):
        as_app.execute("SELECT journal_balances()")
    with pytest.raises(errors.CheckViolation):
        as_app.execute("SELECT ledger_rule('a rule', 'which only raises')")


def test_the_app_cannot_pretend_to_be_migrated(as_app: psycopg.Connection) -> None:
    for statement in ("UPDATE {} SET version_num = 'x'", "DELETE FROM {}"):
        with pytest.raises(errors.InsufficientPrivilege):
            as_app.execute(written(statement, "alembic_version"))


def test_what_is_audited_is_append_only() -> None:
    assert set(APPEND_ONLY) >= {"audit", "ticket_events", "text_consents", "call_events"}
    assert set(APPEND_ONLY) >= {"journal", "entries", "day_seals"}


def test_a_second_migration_changes_nothing(database_owner_url: str, database_url: str) -> None:
    role = urlsplit(database_url).username or ""
    assert upgrade(database_owner_url, role) == newest_revision()


def test_two_starts_may_race_to_migrate(servers: Servers, worker_id: str) -> None:
    name = f"cityline_{worker_id}_race"
    owner = urlsplit(servers.database_owner_url).username or ""
    role = urlsplit(servers.database_url).username or ""
    made = sql.SQL("CREATE DATABASE {} TEMPLATE template0 OWNER {}")
    with psycopg.connect(servers.admin_url, autocommit=True) as admin:
        admin.execute(written("DROP DATABASE IF EXISTS {} WITH (FORCE)", name))
        admin.execute(made.format(sql.Identifier(name), sql.Identifier(owner)))
        url = on_database(servers.database_owner_url, name)
        program = "import sys; from db.migrate import upgrade; print(upgrade(*sys.argv[1:]))"
        racing = [
            subprocess.Popen(
                [sys.executable, "-c", program, url, role],
                cwd=ROOT,
                stdout=subprocess.PIPE,
                text=True,
            )
            for _ in range(2)
        ]
        said = [one.communicate(timeout=60)[0].strip() for one in racing]
        admin.execute(written("DROP DATABASE {} WITH (FORCE)", name))
    assert said == [newest_revision(), newest_revision()]
