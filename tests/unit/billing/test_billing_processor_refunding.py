"""A refund goes back once to the card it came from, and is booked when it did."""

from collections.abc import Callable, Generator
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from billing.ledger.balances import refunds_payable
from billing.ledger.chart import load_chart
from billing.payments import intents, requests
from billing.payments.limits import load_limits
from billing.processor.refunding import REFUSED, give_back
from billing.shapes import PaymentResult
from db.session import Database
from tests.contract.processors import Outside, in_process

STATE = text("SELECT state FROM requests WHERE id = :id")
PAID = text("SELECT id FROM payments WHERE intent_id = :intent")
TOLD = text("SELECT count(*) FROM outbox WHERE name = :name")


@pytest.fixture
def database(fresh_database_url: str) -> Generator[Database]:
    """A database of this test alone: every refund that waits is asked for."""
    made = Database(fresh_database_url, statement_ms=60_000, pool=4)
    made.run(load_chart)
    made.run(load_limits)
    yield made
    made.close()


@pytest.fixture
def outside() -> Generator[Outside]:
    """The stand-in processor."""
    with in_process() as made:
        yield made


@pytest.fixture
def approved(
    database: Database, outside: Outside, account: Callable[[], int]
) -> Callable[..., tuple[int, int]]:
    """Take a card payment and approve its refund; gives the account and the request."""

    def make(cents: int = 4000, *, charged: bool = True) -> tuple[int, int]:
        whose, key = account(), uuid4().hex[:12]

        def pay(session: Session) -> str:
            wanted = intents.Wanted(
                account_id=whose, cents=cents, tender="card", channel="phone", language="en"
            )
            made = intents.create(session, wanted, key)
            intents.mark_sent(session, made.id)
            intents.finish(session, PaymentResult(made.id, "approved", "ch"))
            return made.id

        def ask(session: Session, intent: str) -> int:
            payment = session.execute(PAID, {"intent": intent}).scalar_one()
            asked = requests.Asked(
                kind="refund", account_id=whose, cents=cents, reason="paid twice",
                made_by="rep-1", made_as="rep", details={"payment": payment},
            )  # fmt: skip
            made = requests.ask(session, asked, key)
            return requests.approve(session, made.id, "supervisor-1", "supervisor").id

        intent = database.run(pay)
        if charged:
            outside.port.charge(intent, cents, "card", outside.token("4242424242424242"))
        return whose, database.run(lambda session: ask(session, intent))

    return make


def state(database: Database, request: int) -> str:
    return database.run(lambda session: session.execute(STATE, {"id": request}).scalar_one())


def test_a_refund_is_given_back_once_and_booked(
    database: Database, outside: Outside, approved: Callable[..., tuple[int, int]]
) -> None:
    account, request = approved()
    assert database.run(lambda session: refunds_payable(session, account)) == 4000
    assert give_back(database, outside.port) == {"cleared": 1}
    assert give_back(database, outside.port) == {}
    assert state(database, request) == "cleared"
    assert database.run(lambda session: refunds_payable(session, account)) == 0


def test_a_silent_processor_is_asked_again_later(
    database: Database, outside: Outside, approved: Callable[..., tuple[int, int]]
) -> None:
    _, request = approved()
    outside.does("/control/away", requests=1)
    assert give_back(database, outside.port) == {}
    assert state(database, request) == "sent"
    assert give_back(database, outside.port) == {"cleared": 1}


def test_what_the_processor_refuses_a_person_hears_of_once(
    database: Database, outside: Outside, approved: Callable[..., tuple[int, int]]
) -> None:
    account, request = approved(charged=False)
    assert give_back(database, outside.port) == {"refused": 1}
    assert give_back(database, outside.port) == {}
    assert state(database, request) == "sent"
    assert database.run(lambda session: refunds_payable(session, account)) == 4000
    told = database.run(lambda session: session.execute(TOLD, {"name": REFUSED}).scalar_one())
    assert told == 1
