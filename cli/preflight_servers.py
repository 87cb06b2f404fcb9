"""What can be told only by asking: the database, its roles and tables, Redis, and a signature."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import psycopg

from cli.findings import Finding
from config.settings import Settings

ASK_SECONDS = 2
OLDEST_POSTGRES = 140000
APPEND_ONLY = "ticket_events"


def about_the_signature(settings: Settings) -> Iterator[Finding]:
    """Sign a call as Twilio does, with the token and address we have, and check it as we do."""
    from twilio.request_validator import RequestValidator

    from webhooks.addresses import VOICE
    from webhooks.signature import Fields, SignatureCheck

    form = [("CallSid", "CA" + "0" * 32), ("From", settings.line_number)]
    validator = RequestValidator(settings.twilio_auth_token)
    signed = str(validator.compute_signature(settings.public_url + VOICE, Fields(form)))  # pyright: ignore[reportUnknownMemberType]  twilio has no types
    if not SignatureCheck(settings, settings.public_url).holds(VOICE, "", form, signed):
        what = "and TWILIO_AUTH_TOKEN do not agree: a signature made with them is refused"
        yield Finding("CITYLINE_PUBLIC_URL", what)


def about_the_database(settings: Settings) -> Iterator[Finding]:
    """Sign in as both roles, look at the app's rights and at the tables' revision."""
    try:
        with connected(settings.database_url) as app:
            yield from about_the_app_role(app)
            yield from about_the_revision(app)
    except psycopg.Error as error:
        yield Finding("DATABASE_URL", f"cannot be used: {reason(error, settings.database_url)}")
        return
    if settings.database_owner_url is None:
        return
    try:
        connected(settings.database_owner_url).close()
    except psycopg.Error as error:
        why = reason(error, settings.database_owner_url)
        yield Finding("DATABASE_OWNER_URL", f"cannot be used: {why}")


def connected(url: str) -> psycopg.Connection:
    """Connect with a bound on every wait."""
    address = url.replace("postgresql+psycopg:", "postgresql:", 1)
    options = f"-c statement_timeout={ASK_SECONDS * 1000}"
    return psycopg.connect(address, connect_timeout=ASK_SECONDS, options=options, autocommit=True)


def about_the_app_role(app: psycopg.Connection) -> Iterator[Finding]:
    """Refuse a role that could rewrite what must stay as written."""
    if app.info.server_version < OLDEST_POSTGRES:
        yield Finding("DATABASE_URL", "is an older PostgreSQL than 14", "warning")
    mighty = app.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone()
    if mighty and mighty[0]:
        yield Finding("DATABASE_URL", "signs in as a superuser")
        return
    owned = app.execute("SELECT count(*) FROM pg_tables WHERE tableowner = current_user").fetchone()
    if owned and owned[0]:
        yield Finding("DATABASE_URL", f"signs in as the owner of {owned[0]} tables")
        return
    may = "SELECT has_table_privilege(current_user, to_regclass(%s), 'UPDATE, DELETE')"
    rewrites = app.execute(may, [APPEND_ONLY]).fetchone()
    if rewrites and rewrites[0]:
        yield Finding("DATABASE_URL", f"may rewrite {APPEND_ONLY}: ./cityline db migrate mends it")


def about_the_revision(app: psycopg.Connection) -> Iterator[Finding]:
    """Compare the tables' revision with the one this code was written for."""
    from db.migrate import newest_revision

    there = app.execute("SELECT to_regclass('alembic_version')").fetchone()
    if not there or there[0] is None:
        yield Finding("DATABASE_URL", "holds no tables yet: ./cityline db migrate makes them")
        return
    row = app.execute("SELECT version_num FROM alembic_version").fetchone()
    found, wanted = str(row[0]) if row else "none", newest_revision()
    if found != wanted:
        what = f"is at revision {found}, this code needs {wanted}: ./cityline db migrate"
        yield Finding("DATABASE_URL", what)


def about_valkey(settings: Settings) -> Iterator[Finding]:
    """Ask Redis; without it calls are taken all the same, and jobs wait."""
    from redis import Redis
    from redis.exceptions import RedisError

    client = Redis.from_url(  # pyright: ignore[reportUnknownMemberType]  redis leaves **kwargs open
        settings.redis_url,
        socket_timeout=ASK_SECONDS,
        socket_connect_timeout=ASK_SECONDS,
        retry=None,
    )
    try:
        client.ping()  # pyright: ignore[reportUnknownMemberType]  the same
    except RedisError as error:
        yield Finding("REDIS_URL", f"does not answer, jobs would wait: {error}", "warning")
    finally:
        client.close()


def reason(error: psycopg.Error, url: str) -> str:
    """Return PostgreSQL's first line, without the password."""
    lines = str(error).strip().splitlines() or [type(error).__name__]
    password = urlsplit(url).password
    return lines[0].replace(password, "***") if password else lines[0]
