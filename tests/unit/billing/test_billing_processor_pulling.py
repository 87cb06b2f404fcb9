"""Autopay charges what is due once, by the token it was agreed with, and never a number."""

from collections.abc import Callable, Generator
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from billing.ledger.balances import owed
from billing.ledger.chart import load_chart
from billing.ledger.clock import today
from billing.payments import intents, plans
from billing.payments.charges import Fee, add_fee
from billing.processor import pulling
from billing.processor.sweeping import sweep
from billing.scan import scan
from billing.shapes import Declined, Receipt
from db.session import Database
from tests.contract.processors import Outside, in_process

GOOD, DECLINED, LOST = "4242424242424242", "4000000000009995", "4000000000000077"
PROMISED = text("SELECT args ->> 'intent' FROM outbox WHERE name = 'charge autopay' ORDER BY id")


@pytest.fixture
def database(fresh_database_url: str) -> Generator[Database]:
    """A database of this test alone: every autopay that is due is pulled."""
    made = Database(fresh_database_url, statement_ms=60_000, pool=4)
    made.run(load_chart)
    yield made
    made.close()


@pytest.fixture
def outside() -> Generator[Outside]:
    """The stand-in processor."""
    with in_process() as made:
        yield made


@pytest.fixture
def due(
    database: Database, outside: Outside, account: Callable[[], int]
) -> Callable[[str], tuple[int, str]]:
    """Open an account on autopay with this card that owes $50 today; gives it and its intent."""

    def make(number: str) -> tuple[int, str]:
        whose, token = account(), outside.token(number)

        def owe(session: Session) -> None:
            on = today(session)
            fee = Fee(
                account_id=whose, service="water", kind="use", cents=5000, on=on,
                due_on=on - timedelta(days=1), code="water.revenue",
            )  # fmt: skip
            add_fee(session, fee, "test", f"owed:{whose}")
            agreed = plans.Consent(
                tender="card", token=token, last_four=number[-4:], said={"script": "1"}
            )
            plans.start_autopay(session, whose, agreed, on)

        database.run(owe)
        assert pulling.pull(database) == 1
        (intent,) = database.run(lambda session: session.execute(PROMISED).scalars().all())[-1:]
        return whose, str(intent)

    return make


def total(database: Database, account: int) -> int:
    return database.run(lambda session: owed(session, account).total)


def test_what_is_due_is_charged_once_however_often_the_job_runs(
    database: Database, outside: Outside, due: Callable[[str], tuple[int, str]]
) -> None:
    account, intent = due(GOOD)
    charge = pulling.charger(database, outside.port)
    assert isinstance(charge({"intent": intent}), Receipt)
    assert charge({"intent": intent}) is None
    assert total(database, account) == 0
    assert pulling.pull(database) == 0
    assert database.run(scan) == []


def test_a_declined_card_is_owed_still(
    database: Database, outside: Outside, due: Callable[[str], tuple[int, str]]
) -> None:
    account, intent = due(DECLINED)
    told = pulling.charge(database, outside.port, intent)
    assert told == Declined(intent, "insufficient funds")
    assert total(database, account) == 5000


def test_a_lost_answer_is_found_by_the_sweeper(
    database: Database, outside: Outside, due: Callable[[str], tuple[int, str]]
) -> None:
    account, intent = due(LOST)
    assert pulling.charge(database, outside.port, intent) is None
    assert pulling.pull(database) == 0  # nobody is charged again while it is not known
    later = database.run(lambda session: intents.get(session, intent).expires_at)
    assert sweep(database, outside.port, now=later) == {"approved": 1}
    assert total(database, account) == 0


def test_autopay_that_was_stopped_meanwhile_charges_nobody(
    database: Database, outside: Outside, due: Callable[[str], tuple[int, str]]
) -> None:
    account, intent = due(GOOD)
    database.run(lambda session: plans.stop(session, account, plans.AUTOPAY, today(session)))
    told = pulling.charge(database, outside.port, intent)
    assert told == Declined(intent, "autopay was stopped")
    assert outside.port.find(intent) is None
