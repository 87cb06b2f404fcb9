"""Refusals and outages are the same in process and over HTTP."""

import time
from collections.abc import Callable, Generator
from contextlib import ExitStack
from datetime import date
from typing import Never, cast
from uuid import uuid4

import httpx
import pytest
from flask import Flask
from sqlalchemy import text

from billing.core import Billing
from billing.errors import (
    AnotherBody,
    BadAmount,
    BillingDown,
    BillingError,
    ClosedPeriod,
    Conflict,
    NotAllowed,
    NotFound,
    Unbalanced,
)
from billing.ledger.chart import load_chart
from billing.ports import BillingCore
from billing.remote import SECONDS, RemoteBilling
from billing.wire import OPERATIONS
from db.session import Database
from tests.contract.billings import charge, open_account, remote, served

NOWHERE = "postgresql://nobody@127.0.0.1:1/nowhere"
ERRORS = (NotFound, BadAmount, Unbalanced, AnotherBody, Conflict, NotAllowed, BillingDown)


@pytest.fixture(params=["in process", "over HTTP"])
def away(request: pytest.FixtureRequest, database: Database) -> Generator[BillingCore]:
    """Give a core whose database is away."""
    gone = Database(NOWHERE)
    with ExitStack() as stack:
        core = Billing(gone)
        yield core if request.param == "in process" else stack.enter_context(remote(database, core))
    gone.close()


def test_an_outage_is_an_outage_in_both(away: BillingCore, key: str) -> None:
    with pytest.raises(BillingDown):
        away.balance("12345674")
    with pytest.raises(BillingDown):
        charge(away, "12345674", key)


@pytest.fixture
def closed(fresh_database_url: str) -> Generator[Database]:
    """Give a database whose months are all closed."""
    made = Database(fresh_database_url, pool=4)
    made.run(load_chart)
    close = text("INSERT INTO periods (month, closed_at) VALUES ('2099-12-01', now())")
    made.run(lambda session: session.execute(close))
    yield made
    made.close()


def test_a_closed_month_is_refused_with_the_month_that_is_open(closed: Database, key: str) -> None:
    number, inside = closed.run(open_account), Billing(closed)
    with remote(closed, inside) as outside:
        for core in (inside, outside):
            with pytest.raises(ClosedPeriod) as refusal:
                charge(core, number, key)
            assert refusal.value.open_month == date(2100, 1, 1)


class Refusing:
    """A core that refuses everything with one error."""

    def __init__(self, error: BillingError) -> None:
        self.error: BillingError = error

    def __getattr__(self, _name: str) -> Callable[..., Never]:
        def refuse(*_args: object, **_words: object) -> Never:
            raise self.error

        return refuse


@pytest.mark.parametrize("kind", ERRORS)
def test_every_refusal_comes_through_as_what_it_was(
    database: Database, kind: type[BillingError]
) -> None:
    error = kind("the rule", "what was wrong — «así»", "what to do")
    with remote(database, cast("BillingCore", Refusing(error))) as core:
        for ask in (lambda: core.balance("1"), lambda: charge(core, "1", uuid4().hex)):
            with pytest.raises(kind) as refusal:
                ask()
            assert type(refusal.value) is kind
            got = refusal.value
            assert (got.rule, got.advice, str(got)) == (error.rule, error.advice, str(error))


def test_a_server_that_is_not_there_or_makes_no_sense_is_an_outage() -> None:
    for transport in (
        httpx.MockTransport(lambda _: httpx.Response(200, text="<html>")),
        httpx.MockTransport(lambda _: httpx.Response(502, text="bad gateway")),
        httpx.MockTransport(lambda _: httpx.Response(404, text="not this server")),
        None,
    ):
        core = RemoteBilling("http://127.0.0.1:1", "key", transport=transport)
        with pytest.raises(BillingDown):
            core.balance("12345674")
        core.close()


def test_a_lost_answer_is_asked_for_again_with_the_same_key() -> None:
    keys: list[str] = []

    def lose_first(request: httpx.Request) -> httpx.Response:
        keys.append(request.headers["Idempotency-Key"])
        if len(keys) == 1:
            raise httpx.ReadTimeout("lost")
        body = {"charge": 1, "transaction": 2, "due_on": "2026-12-01"}
        return httpx.Response(200, json=body)

    core = RemoteBilling("http://line", "key", transport=httpx.MockTransport(lose_first))
    assert charge(core, "12345674", "one").charge == 1
    assert keys == ["one", "one"]
    core.close()


def test_a_slow_server_is_given_up_in_time() -> None:
    flask = Flask("slow", static_folder=None)

    @flask.get("/<path:_anything>")
    def slowly(_anything: str) -> str:
        time.sleep(SECONDS + 1)
        return ""

    with served(flask) as address:
        core, began = RemoteBilling(address, "key"), time.monotonic()
        with pytest.raises(BillingDown):
            core.balance("12345674")
        assert time.monotonic() - began < 2 * SECONDS + 1
        core.close()


def test_both_cores_have_every_operation() -> None:
    for operation in OPERATIONS:
        assert callable(getattr(RemoteBilling, operation.name))
