"""`./cityline billing bills`: what waits is listed, and a person decides of it."""

from collections.abc import Callable, Generator

import pytest
from click.testing import CliRunner, Result

from billing.ledger.balances import owed
from billing.ledger.chart import load_chart
from billing.ledger.clock import today
from billing.statements.deciding import bill_account
from billing.statements.waiting import round_on
from cli.billing import command
from cli.billing_bills import NOTHING
from config.settings import Settings
from db.session import Database
from tests.unit.billing.bill_homes import ON, STEADY, a_home, bill, posted, sound, statement
from tests.unit.billing.rating import TARIFFS

CYCLE = 7
Ask = Callable[..., Result]


@pytest.fixture
def fresh(fresh_database_url: str) -> Generator[Database]:
    """Open a database of this test alone."""
    made = Database(fresh_database_url, statement_ms=60_000, pool=2)
    made.run(load_chart)
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
    return lambda *words: CliRunner().invoke(command, ["bills", *words], env=environment)


@pytest.fixture
def held(fresh: Database) -> int:
    """Bill a home whose last use is ten times the usual; gives the account."""
    home = fresh.run(lambda session: a_home(session, CYCLE, (*STEADY[:-1], 7000)))
    assert bill(fresh, CYCLE, ON).held == 1
    return home.account_id


def test_with_nothing_to_decide_it_says_so(ask: Ask) -> None:
    assert ask().output.strip() == NOTHING


def test_a_held_bill_is_listed_shown_approved_and_leaves_with_its_run(
    ask: Ask, fresh: Database, held: int
) -> None:
    number = statement(fresh, held).number
    listed = ask().output
    assert number in listed
    assert "held" in listed
    assert "7,000 kWh" in listed
    shown = ask(number).output
    assert shown.startswith(number)
    assert statement(fresh, held).body in shown
    assert " ready" in ask(number, "--decide", "approve", "--by", "ana").output
    assert ask().output.strip() == NOTHING
    assert posted(fresh, CYCLE, ON).posted == 1
    one = statement(fresh, held)
    assert (one.reviewed_by, one.state) == ("ana", "posted")
    again = ask(number, "--decide", "approve")
    assert again.exit_code == 1
    assert "Traceback" not in again.output


def test_a_bill_that_is_rated_again_waits_anew(ask: Ask, fresh: Database, held: int) -> None:
    number = statement(fresh, held).number
    lines = ask(number, "--decide", "rate-again").output.splitlines()
    assert lines[0].startswith(number)
    assert " void" in lines[0]
    made = statement(fresh, held)
    assert lines[1].startswith(made.number)
    assert ask().output.splitlines() == [lines[1]]
    sound(fresh)


def test_a_ready_bill_of_no_run_is_listed_until_it_is_posted(ask: Ask, fresh: Database) -> None:
    home = fresh.run(lambda session: a_home(session, CYCLE, STEADY))
    made = fresh.run(
        lambda session: bill_account(session, home.account_id, round_on(session, ON, TARIFFS))
    )
    assert made is not None
    if made.held:
        assert ask(made.number, "--decide", "approve").exit_code == 0
    assert " ready" in ask().output
    assert " posted" in ask(made.number, "--decide", "post").output
    assert ask().output.strip() == NOTHING
    owes = fresh.run(lambda session: owed(session, home.account_id)).total
    assert owes == made.charges_cents > 0
    again = ask(made.number, "--decide", "correct")
    assert again.exit_code == 0
    assert fresh.run(lambda session: owed(session, home.account_id)).total == 0
    assert statement(fresh, home.account_id).bill_on == fresh.run(today)


def test_what_cannot_be_is_said_in_a_sentence(ask: Ask) -> None:
    for words in (("S-1",), ("S-1", "--decide", "void")):
        told = ask(*words)
        assert told.exit_code == 1
        assert "no bill 'S-1'" in told.output
    assert ask("--decide", "void").exit_code == 2
