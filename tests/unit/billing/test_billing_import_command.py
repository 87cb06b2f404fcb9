"""`./cityline billing import`, `export` and `./cityline seed`: what they print and leave behind."""

import csv
import shutil
from collections.abc import Callable, Generator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text

from billing.ledger.chart import load_chart
from cli.billing import command as billing
from cli.seed_city import command as seed
from config.settings import Settings
from db.session import Database

SAMPLE = str(Path(__file__).parents[3] / "docs" / "sample-import")
Ask = Callable[..., Result]


@pytest.fixture
def fresh(fresh_database_url: str) -> Generator[Database]:
    """Open a database of this test alone."""
    made = Database(fresh_database_url, statement_ms=60_000, pool=2)
    made.run(load_chart)
    yield made
    made.close()


@pytest.fixture
def environment(fresh: Database, fresh_database_url: str, settings: Settings) -> dict[str, str]:
    """Give what a command is started with."""
    del fresh
    return {
        "CITYLINE_VAR": str(settings.var),
        "CITYLINE_PUBLIC_URL": settings.public_url,
        "CITYLINE_NUMBER": settings.line_number,
        "CITYLINE_SECRET_KEY": settings.secret_key,
        "TWILIO_ACCOUNT_SID": settings.twilio_account_sid,
        "TWILIO_AUTH_TOKEN": settings.twilio_auth_token,
        "DATABASE_URL": fresh_database_url,
        "REDIS_URL": settings.redis_url,
    }


@pytest.fixture
def ask(environment: dict[str, str]) -> Ask:
    """Run a command of the group on that database."""
    return lambda *words: CliRunner().invoke(billing, words, env=environment)


def counted(database: Database, table: str) -> int:
    """Count a table's rows."""
    return database.run(
        lambda session: session.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()  # noqa: S608  our own names
    )


def test_an_import_is_loaded_goes_live_and_comes_out_again(
    ask: Ask, fresh: Database, tmp_path: Path
) -> None:
    loaded = ask("import", SAMPLE)
    assert loaded.exit_code == 0, loaded.output
    assert "'sample-import' is loaded; its accounts wait to go live" in loaded.output
    assert counted(fresh, "journal") == 0
    live = ask("import", SAMPLE, "--go-live")
    assert live.exit_code == 0, live.output
    assert "old and new agree to the cent" in live.output
    assert ask("import", SAMPLE, "--go-live").exit_code == 0
    assert counted(fresh, "journal") == 3
    month = fresh.run(
        lambda session: session.execute(
            text("SELECT to_char(max(effective_on), 'YYYY-MM') FROM journal")
        ).scalar_one()
    )
    file = tmp_path / "trial.csv"
    written = ask("export", "trial-balance", "--month", month, "--to", str(file))
    assert written.exit_code == 0, written.output
    *_, total = csv.DictReader(file.read_text("utf-8").splitlines())
    assert total["debit"] == total["credit"] != "0.00"
    printed = ask("export", "aging", "--month", month).output.splitlines()
    assert printed[0] == "account,service,0-30,31-60,61-90,90+,total"
    assert printed[-1].startswith("total,,")
    assert len(ask("export", "ledger", "--month", month).output.splitlines()) == 1 + 2 * 4
    assert ask("verify").exit_code == 0


def test_bad_rows_are_printed_and_nothing_is_loaded(
    ask: Ask, fresh: Database, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(SAMPLE, tmp_path / "bad"))
    reads = folder / "reads.csv"
    reads.write_text(reads.read_text("utf-8").replace("rolled over", "ok"), "utf-8")
    refused = ask("import", str(folder), "--go-live")
    assert refused.exit_code == 1
    assert "reads.csv, line 10: 260 comes after 99810" in refused.output
    assert "nothing was changed" in refused.output
    assert counted(fresh, "accounts") == counted(fresh, "imports") == 0


def test_what_differs_is_listed_and_the_import_is_refused(ask: Ask, fresh: Database) -> None:
    assert ask("import", SAMPLE).exit_code == 0
    wrong = "UPDATE import_balances SET cents = cents + 1 WHERE service = 'water'"
    fresh.run(lambda session: session.execute(text(wrong)))
    refused = ask("import", SAMPLE, "--go-live")
    assert refused.exit_code == 1
    assert "water: old $17.21, new $17.20" in refused.output
    assert counted(fresh, "journal") == counted(fresh, "charges") == 0
    state = text("SELECT state FROM imports")
    assert fresh.run(lambda session: session.execute(state).scalar_one()) == "refused"
    waiting = text("SELECT count(*) FROM accounts WHERE status = 'pending'")
    assert fresh.run(lambda session: session.execute(waiting).scalar_one()) == 3


def test_a_city_is_seeded_once(environment: dict[str, str], fresh: Database) -> None:
    for new in ("40 new", "0 new"):
        found = CliRunner().invoke(seed, ["--accounts", "40"], env=environment)
        assert found.exit_code == 0, found.output
        assert new in found.output
    assert counted(fresh, "accounts") == 40
    more = CliRunner().invoke(seed, ["--accounts", "45", "--tickets", "3"], env=environment)
    assert "5 new" in more.output
    assert counted(fresh, "tickets") == 3


def test_production_is_never_seeded(environment: dict[str, str], fresh: Database) -> None:
    given = environment | {"CITYLINE_MODE": "production"}
    found = CliRunner().invoke(seed, ["--accounts", "40"], env=given)
    assert found.exit_code == 1
    assert "production" in found.output
    assert counted(fresh, "accounts") == 0
