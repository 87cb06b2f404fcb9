"""`./cityline billing`: what it prints, and the exit code of what is broken."""

import json
from collections.abc import Callable, Generator

import psycopg
import pytest
from click.testing import CliRunner, Result

from billing.ledger import lines
from billing.ledger.chart import load_chart
from billing.ledger.clock import today
from billing.ledger.journal import Posting, post
from cli.billing import command
from config.settings import Settings
from db.session import Database
from tests.services import Servers, on_database
from tests.unit.billing.conftest import open_account

Ask = Callable[..., Result]


@pytest.fixture
def fresh(fresh_database_url: str) -> Generator[Database]:
    """Open a database of this test alone, with a charge of today in it."""
    made = Database(fresh_database_url, statement_ms=60_000, pool=2)
    made.run(load_chart)
    account = made.run(open_account)
    charged = lines.charged("power", 123456, account, "power.revenue")
    made.run(lambda db: post(db, Posting("one", "charge", today(db), "test", charged, account)))
    yield made
    made.close()


@pytest.fixture
def ask(fresh: Database, fresh_database_url: str, settings: Settings) -> Ask:
    """Run the command on that database."""
    del fresh
    environment = {
        "CITYLINE_VAR": str(settings.var),
        "CITYLINE_PUBLIC_URL": settings.public_url,
        "CITYLINE_NUMBER": settings.line_number,
        "CITYLINE_SECRET_KEY": settings.secret_key,
        "TWILIO_ACCOUNT_SID": settings.twilio_account_sid,
        "TWILIO_AUTH_TOKEN": settings.twilio_auth_token,
        "DATABASE_URL": fresh_database_url,
        "REDIS_URL": settings.redis_url,
    }
    return lambda *words: CliRunner().invoke(command, words, env=environment)


@pytest.fixture
def as_owner(fresh_database_url: str, servers: Servers) -> Generator[psycopg.Connection]:
    name = fresh_database_url.rsplit("/", 1)[1]
    url = on_database(servers.database_owner_url, name)
    with psycopg.connect(url, autocommit=True) as connection:
        yield connection


def test_verify_names_every_rule_and_the_first_break(
    ask: Ask, as_owner: psycopg.Connection
) -> None:
    whole = ask("verify")
    assert (whole.exit_code, whole.exception) == (0, None)
    assert "ok     I3: a kept balance is the sum of its entries" in whole.output
    assert "ok     I15" in whole.output
    as_owner.execute("UPDATE balances SET cents = 5")
    broken = ask("verify")
    assert broken.exit_code == 1
    assert "BROKEN I3" in broken.output
    assert "power.receivable: kept 5, entries 123456" in broken.output
    found = json.loads(ask("verify", "--json", "--from", "2026-01-01", "--to", "2026-02-01").output)
    assert [name[:2] for name, breaks in found.items() if breaks] == ["I3"]


def test_the_books_are_printed_sealed_and_closed(ask: Ask, fresh: Database) -> None:
    balance = ask("trial-balance", "--language", "es").output
    assert "$1,234.56" in balance
    assert "Electricidad: ingresos" in balance
    assert json.loads(ask("trial-balance", "--json").output)[0]["cents"] == 123456
    assert "0 transactions" in ask("seal", "--to", "2026-01-31").output
    assert ask("seal").exit_code == 0
    closed = ask("close", "2026-01", "--by", "rep")
    assert closed.output.endswith("2026-01 is closed.\n")
    assert ask("close", "2026-01").output.endswith("was closed before.\n")
    early = ask("close", f"{fresh.run(today):%Y-%m}")
    assert early.exit_code == 1
    assert "is not over yet. Close it when its last day has passed." in early.output


def test_a_file_beside_it_is_a_further_command(ask: Ask) -> None:
    listed = ask("--help").output
    assert {"verify", "seal", "close", "trial-balance"} <= set(listed.split())
    assert ask("gold").exit_code == 2
