"""The API over a billing core that is written down here."""

from collections.abc import Callable, Generator
from typing import cast

import pytest
from flask import Flask

from api import keys
from api.blueprint import ApiPorts, make_blueprint
from billing.ports import BillingCore
from billing.wire import SCOPES
from db.session import Database
from tests.unit.api.asking import Asker, PaperCore


@pytest.fixture(scope="session")
def database(database_url: str) -> Generator[Database]:
    """Open the worker's database as the app's role."""
    made = Database(database_url)
    yield made
    made.close()


@pytest.fixture
def core() -> PaperCore:
    """A core that knows one account."""
    return PaperCore()


@pytest.fixture
def flask(database: Database, core: PaperCore) -> Flask:
    """The API alone."""
    made = Flask("api-alone", static_folder=None)
    made.register_blueprint(make_blueprint(ApiPorts(database, cast("BillingCore", core))))
    return made


@pytest.fixture
def asker(database: Database, flask: Flask) -> Callable[..., Asker]:
    """Make a system with a key for these scopes (all of them where none is named)."""

    def make(*scopes: str, per_minute: int = 1000) -> Asker:
        wanted = scopes or tuple(SCOPES)
        _, secret = database.run(lambda session: keys.make(session, "t", wanted, per_minute))
        return Asker(flask.test_client(), secret)

    return make
