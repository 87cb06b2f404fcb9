"""Every planted break of payments is found and named."""

from collections.abc import Callable, Generator

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from billing.ledger.chart import load_chart
from billing.payments import deposits, intents, requests
from billing.payments.limits import load_limits
from billing.payments.taking import take_payment
from billing.shapes import PaymentResult
from db.session import Database
from tests.services import Servers, on_database
from tests.unit.billing.paying import ON, breaks, cash, owing

PLANTS = (
    ("I6: what is open", "UPDATE charges SET open_cents = open_cents - 1 WHERE open_cents > 0"),
    ("I6: a payment is", "UPDATE payments SET state = 'reversed'"),
    ("I6: a payment is", "UPDATE payments SET cents = 1"),
    ("I6: what a transaction", "UPDATE charges SET service = 'storm'"),
    ("I6: a payment's transaction", "UPDATE payments SET cents = cents + 1"),
    ("I6: the refunds that wait", "UPDATE requests SET state = 'void' WHERE kind = 'refund'"),
    ("I10: the deposits held", "UPDATE deposits SET cents = cents + 1"),
    ("I10: a deposit was taken", "UPDATE deposits SET held_by = NULL"),
    ("I11: nothing over", "UPDATE requests SET checked_by = NULL"),
    ("I11: nothing over", "UPDATE requests SET checked_as = 'rep'"),
    ("I13: a posted intent", "UPDATE payment_intents SET state = 'void'"),
    ("I13: a posted intent", "UPDATE payment_intents SET cents = cents + 1"),
    ("I16: a fee", "UPDATE journal SET kind = 'fee' WHERE kind = 'payment'"),
    ("I6: every trigger", "ALTER TABLE charges DISABLE TRIGGER charges_begin_open"),
    ("I6: every trigger", "DROP TRIGGER append_only ON allocations"),
)


@pytest.fixture(scope="module")
def owned(servers: Servers, new_database: Callable[[str], str]) -> Generator[Database]:
    """Open a database with one of each, as its owner, who could change what is behind us."""
    name = new_database("owned")
    app = Database(on_database(servers.database_url, name), statement_ms=60_000, pool=1)
    app.run(load_chart)
    app.run(load_limits)
    account = app.run(lambda db: owing(db, "a", power=6000, water=3000))
    paid = app.run(lambda db: take_payment(db, cash(account, 8000, "p"), "rep"))
    wanted = intents.Wanted(
        account_id=account, cents=500, tender="card", channel="phone", language="en"
    )
    begun = app.run(lambda db: intents.create(db, wanted, "i"))
    app.run(lambda db: intents.finish(db, PaymentResult(begun.id, "approved")))
    asked = requests.Asked(
        kind="refund",
        account_id=account,
        cents=700,
        reason="overpaid",
        made_by="ana",
        made_as="rep",
        details={"payment": paid.id},
    )
    waits = app.run(lambda db: requests.ask(db, asked, "r"))
    app.run(lambda db: requests.approve(db, waits.id, "ben", "supervisor"))
    due = app.run(lambda db: deposits.ask_for(db, account, deposits.Required(7500, "least")))
    assert due is not None
    app.run(lambda db: deposits.hold(db, due.id, into="pool.undeposited", on=ON, actor="t"))
    assert app.run(breaks) == []
    app.close()
    made = Database(on_database(servers.database_owner_url, name), statement_ms=60_000, pool=1)
    yield made
    made.close()


@pytest.mark.parametrize(("name", "plant"), PLANTS)
def test_a_planted_break_is_found(owned: Database, name: str, plant: str) -> None:
    with Session(owned.engine) as session:
        kept_off = () if plant.startswith(("ALTER", "DROP")) else ("requests", "journal")
        for table in kept_off:
            session.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        session.execute(text(plant))
        found = breaks(session)
        session.rollback()
    assert any(each.startswith(name) for each in found), found
