"""Bring a database to the newest revision, as its owner, and give the application its rights."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from db.session import build_engine

FOLDER = Path(__file__).parent / "migrations"
APPEND_ONLY = (
    "ticket_events", "audit", "text_consents", "call_events",
    "journal", "entries", "day_seals", "allocations", "statement_lines", "reads",
    "settlement_lines",
)  # fmt: skip
NEVER_TAKEN_AWAY = ("ledger_accounts", "approval_limits")
NEVER_CHANGED = ("periods", "charges")
BY_THE_DATABASE = "balances"  # its triggers write it, as the owner
AS_OWNER = """SELECT CAST(CAST(oid AS regprocedure) AS text) FROM pg_proc
    WHERE prosecdef AND pronamespace = CAST('public' AS regnamespace)"""
ONE_AT_A_TIME = 0x311_0001  # advisory lock: two starts may race to migrate


def upgrade(owner_url: str, app_role: str) -> str:
    """Run what is missing, in one locked connection; gives the revision reached.

    `app_role` is the user name the application signs in with; it gets rows, never tables.
    """
    engine = build_engine(owner_url, statement_ms=120_000, pool=1)
    try:
        with engine.begin() as connection:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ONE_AT_A_TIME})
            alembic = alembic_config()
            alembic.attributes["connection"] = connection
            command.upgrade(alembic, "head")
            grant(connection, app_role)
            return newest_revision()
    finally:
        engine.dispose()


def alembic_config() -> Config:
    """Configure Alembic without a file: the folder is all there is to say."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    return config


def newest_revision() -> str:
    """Name the revision this code was written for."""
    return str(ScriptDirectory(str(FOLDER)).get_current_head())


def revision_of(connection: Connection) -> str | None:
    """Name the revision a database stands at, None where it was never migrated."""
    return MigrationContext.configure(connection).get_current_revision()


def grant(connection: Connection, role: str) -> None:
    """Give the application's role its rows; on append-only tables it may only add and read.

    Kept balances only the database's own triggers write.
    """
    owner = connection.execute(text("SELECT current_user")).scalar_one()
    if role == owner:
        return  # one role for both: preflight says so
    name = connection.dialect.identifier_preparer.quote(role)
    rows = "SELECT, INSERT, UPDATE, DELETE"
    for statement in (
        f"GRANT USAGE ON SCHEMA public TO {name}",
        f"GRANT {rows} ON ALL TABLES IN SCHEMA public TO {name}",
        f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {name}",
        *(f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {name}" for table in APPEND_ONLY),
        *(f"REVOKE DELETE, TRUNCATE ON {table} FROM {name}" for table in NEVER_TAKEN_AWAY),
        *(f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {name}" for table in NEVER_CHANGED),
        f"REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON {BY_THE_DATABASE} FROM {name}",
        f"REVOKE INSERT, UPDATE, DELETE ON alembic_version FROM {name}",
    ):
        connection.execute(text(statement))
    shut(connection)


def shut(connection: Connection) -> None:
    """Let nobody else call what runs as the owner.

    A trigger fires without that right; but whoever has it could hang the function on a table of
    his own, and write kept balances by it.
    """
    found = connection.execute(text(AS_OWNER)).scalars().all()
    for function in found:
        connection.execute(text(f"REVOKE EXECUTE ON FUNCTION {function} FROM PUBLIC"))
