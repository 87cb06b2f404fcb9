"""The billing core in both its forms, and what a test of it begins with."""

from collections.abc import Generator
from uuid import uuid4

import pytest

from billing.core import Billing
from billing.ledger.chart import load_chart
from billing.payments.limits import load_limits
from billing.ports import BillingCore
from billing.remote import RemoteBilling
from db.session import Database
from tests.contract.billings import open_account, remote


@pytest.fixture(scope="module")
def database(database_url: str) -> Generator[Database]:
    made = Database(database_url, statement_ms=60_000, pool=20)
    made.run(load_chart)
    made.run(load_limits)
    yield made
    made.close()


@pytest.fixture(scope="module")
def over_http(database: Database) -> Generator[RemoteBilling]:
    with remote(database, Billing(database)) as made:
        yield made


@pytest.fixture(params=["in process", "over HTTP"])
def core(request: pytest.FixtureRequest, database: Database) -> BillingCore:
    if request.param == "in process":
        return Billing(database)
    made: BillingCore = request.getfixturevalue("over_http")
    return made


@pytest.fixture
def account(database: Database) -> str:
    return database.run(open_account)


@pytest.fixture
def key() -> str:
    return uuid4().hex
