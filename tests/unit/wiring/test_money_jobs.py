"""Promised work about money, as it is wired: each job has its hands, a case, or a text."""

import uuid
from collections.abc import Generator, Mapping
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import text

import common
import money_jobs
from billing.ledger.chart import load_chart
from billing.payments import intents
from billing.payments.taking import Taking, take_payment
from config.settings import Settings
from db.session import Database
from jobs.work import Handler
from messages.consent import agree, take_back
from people.residents import add_phone
from tests.unit.billing.conftest import open_account

NOW = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)
PHONE = "+18015550177"
CASES = text("""
SELECT service_type, details, queue FROM tickets WHERE service_type = 'UB-UNKNOWN'
AND details ->> 'account' = (SELECT number FROM accounts WHERE id = :account)""")
TEXTS = text("SELECT phone, body FROM text_messages WHERE key = :key")
HOLDER = text("SELECT resident_id FROM accounts WHERE id = :account")


@pytest.fixture(scope="module")
def database(settings: Settings) -> Generator[Database]:
    made = Database(settings.database_url, statement_ms=20_000)
    made.run(load_chart)
    yield made
    made.close()


@pytest.fixture
def handlers(settings: Settings, database: Database) -> Mapping[str, Handler]:
    return money_jobs.handlers(settings, database, common.the_city, lambda: NOW)


def test_every_case_is_of_a_type_that_the_city_has() -> None:
    assert set(money_jobs.CASES.values()) <= common.the_city().services.keys()


def test_an_unknown_payment_is_one_case_that_says_what_and_whose(
    database: Database, handlers: Mapping[str, Handler]
) -> None:
    account = database.run(open_account)
    args: dict[str, Any] = {"intent": "a1", "account": account, "cents": 4200, "why": "unknown"}
    for _ in range(2):
        handlers[intents.UNKNOWN](args)
    ((code, details, queue),) = database.run(
        lambda db: db.execute(CASES, {"account": account}).all()
    )
    assert (code, queue, details["amount"]) == ("UB-UNKNOWN", "utility", "$42.00")
    assert "unknown" in details["note"]


@pytest.mark.parametrize("agreed", [True, False])
def test_a_receipt_is_texted_to_a_phone_that_agreed_and_to_no_other(
    database: Database, handlers: Mapping[str, Handler], *, agreed: bool
) -> None:
    account = database.run(open_account)
    holder = database.run(lambda db: db.execute(HOLDER, {"account": account}).scalar_one())
    database.run(lambda db: add_phone(db, holder, PHONE))
    database.run(lambda db: (agree if agreed else take_back)(db, PHONE, "test"))
    taking = Taking(
        account_id=account, tender="cash", cents=512, received_on=date(2026, 11, 23),
        key=f"pay:{uuid.uuid4()}",
    )  # fmt: skip
    payment = database.run(lambda db: take_payment(db, taking, "rep"))
    for _ in range(2):
        handlers[intents.RECEIPT]({"payment": payment.id})
    key = {"key": f"receipt:{payment.receipt}"}
    texts = database.run(lambda db: db.execute(TEXTS, key).all())
    assert [phone for phone, _ in texts] == [PHONE] * agreed
    assert all("$5.12" in body and payment.receipt[:3] in body for _, body in texts)
