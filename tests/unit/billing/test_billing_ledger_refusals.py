"""Whatever is wrong with a posting: the rule by its name, and nothing written."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from billing import errors
from billing.errors import BadAmount, BillingError, NotAllowed, NotFound, Unbalanced
from billing.ledger import lines
from billing.ledger.journal import Line, Posting, post, post_many
from db.session import Database

COUNT = text("""SELECT (SELECT count(*) FROM journal), (SELECT count(*) FROM entries),
    (SELECT coalesce(sum(abs(cents)), 0) FROM balances)""")
Make = Callable[[Callable[[int], tuple[Line, ...]]], Posting]


def one_by_one(db: Session, posting: Posting) -> object:
    return post(db, posting)


def in_a_batch(db: Session, posting: Posting) -> object:
    return post_many(db, [posting])


def pair(  # what is no int is the claim
    cents: Any,  # noqa: ANN401
    whose: int | None,
    code: str = "power.revenue",
) -> tuple[Line, ...]:
    """Write a charge without the helpers, which check it themselves."""
    return Line("power.receivable", cents, whose), Line(code, -cents)


@pytest.fixture
def make(account: Callable[[], int], key: Callable[[str], str], on: date) -> Make:
    """Make a posting with the lines a function gives for an account."""

    def made(written: Callable[[int], tuple[Line, ...]]) -> Posting:
        whose = account()
        return Posting(key("refused"), "charge", on, "test", written(whose), whose)

    return made


Written = Callable[[int], tuple[Line, ...]]
WRONG: dict[str, tuple[Written, type[BillingError], str]] = {
    "no entry": (lambda _: (), Unbalanced, "two entries"),
    "one entry": (lambda a: pair(5, a)[:1], Unbalanced, "two entries"),
    "unbalanced": (lambda a: (*pair(5, a), Line("power.fees", -1)), Unbalanced, "balance"),
    "another fund": (lambda a: pair(5, a, "water.revenue"), Unbalanced, "balance"),
    "a float": (lambda a: pair(5.0, a), BadAmount, "whole cents"),
    "a decimal": (lambda a: pair(Decimal(5), a), BadAmount, "whole cents"),
    "a text": (lambda a: (Line("power.receivable", "5", a), Line("power.revenue", -5)),  # pyright: ignore[reportArgumentType]  that is the claim
               BadAmount, "whole cents"),
    "true": (lambda a: (Line("power.receivable", True, a), Line("power.revenue", -1)),
             BadAmount, "whole cents"),
    "a zero": (lambda a: pair(0, a), BadAmount, "no zero entry"),
    "too much": (lambda a: pair(10**15, a), BadAmount, "size"),
    "an unknown code": (lambda a: pair(5, a, "power.gold"), NotFound, "known code"),
    "an unknown fund": (lambda a: (Line("gas.receivable", 5, a), Line("gas.revenue", -5)),
                        NotFound, "known code"),
    "an unknown account": (lambda _: pair(5, 10**12), NotFound, "known account"),
    "a kept code of no account": (lambda _: pair(5, None), NotAllowed, "fund and account"),
}  # fmt: skip


@pytest.mark.parametrize("name", list(WRONG))
def test_a_wrong_posting_names_its_rule_and_writes_nothing(
    database: Database, make: Make, name: str
) -> None:
    written, kind, rule = WRONG[name]
    posting = make(written)
    before = database.run(lambda db: db.execute(COUNT).one())
    for attempt in (one_by_one, in_a_batch):
        with pytest.raises(BillingError) as refused:
            database.run(lambda db, attempt=attempt: attempt(db, posting))
        assert type(refused.value) is kind
        assert refused.value.rule == rule
        assert refused.value.advice
    assert database.run(lambda db: db.execute(COUNT).one()) == before


def test_an_unknown_account_of_the_posting_itself_is_refused(
    database: Database, make: Make
) -> None:
    posting = replace(make(lambda a: pair(5, a)), account_id=10**12)
    with pytest.raises(NotFound, match="journal_account_id_fkey") as refused:
        database.run(lambda db: post(db, posting))
    assert refused.value.rule == "known account"


def test_one_wrong_posting_stops_the_whole_batch(database: Database, make: Make) -> None:
    good, bad = make(lambda a: pair(5, a)), make(lambda a: pair(5, a, "power.gold"))
    before = database.run(lambda db: db.execute(COUNT).one())
    with pytest.raises(NotFound):
        database.run(lambda db: post_many(db, [good, bad]))
    assert database.run(lambda db: db.execute(COUNT).one()) == before


def test_a_batch_that_was_refused_leaves_the_rest_of_the_transaction_whole(
    database: Database, make: Make
) -> None:
    good, bad = make(lambda a: pair(5, a)), make(lambda a: pair(5, a, "power.gold"))
    with database.transaction() as db:
        first = post(db, good)
        with pytest.raises(NotFound):
            post_many(db, [bad])
    assert database.run(lambda db: post(db, good)).transaction_id == first.transaction_id


AMOUNTS = [0, -1, 1.5, "1", True, None]
HELPERS: dict[str, Callable[[Any], object]] = {
    "charged": lambda cents: lines.charged("power", cents, 1, "power.revenue"),
    "received": lambda cents: lines.received("pool.bank", {}, cents, 1),
    "adjusted": lambda cents: lines.adjusted("power", cents, 1),
    "written off": lambda cents: lines.written_off("power", cents, 1),
    "moved": lambda cents: lines.moved("power", cents, 1, 2),
    "deposited": lambda cents: lines.deposited("pool.bank", cents, 1),
    "held over": lambda cents: lines.held_over("pool.deposits", "pool.unapplied", cents, 1),
    "refunded": lambda cents: lines.refunded("pool.bank", cents, 1),
    "banked": lambda cents: lines.banked("pool.vault", "pool.bank", cents),
}


@pytest.mark.parametrize("helper", list(HELPERS))
@pytest.mark.parametrize("cents", AMOUNTS, ids=repr)
def test_no_helper_takes_what_is_no_amount(helper: str, cents: object) -> None:
    with pytest.raises((BadAmount, TypeError)):
        HELPERS[helper](cents)


def test_a_negative_part_of_a_payment_is_refused() -> None:
    for wrong in ({"power": -5, "water": 10}, {"power": 5, "water": -5}):
        with pytest.raises(BadAmount):
            lines.received("pool.bank", wrong, 0, 1)
        with pytest.raises(BadAmount):
            lines.applied(wrong, 1)


def test_money_of_nobody_waits_in_suspense() -> None:
    assert lines.received("pool.lockbox", {}, 500, None) == (
        Line("pool.lockbox", 500), Line("pool.suspense", -500),
    )  # fmt: skip
    with pytest.raises(BadAmount):
        lines.received("pool.lockbox", {"power": 500}, 0, None)


RAW = {
    "two entries": (
        "INSERT INTO journal (key, digest, kind, effective_on, posted_on, actor, memo)"
        " VALUES (:key, '', 'x', :on, :on, 'x', '{}')"
    ),
    "whole transactions": (
        "INSERT INTO entries (transaction_id, code, fund, account_id, cents)"
        " VALUES (:id, 'power.receivable', 'power', :account, 5)"
    ),
    "currency": (
        "INSERT INTO entries (transaction_id, code, fund, account_id, cents, currency)"
        " VALUES (:id, 'power.receivable', 'power', :account, 5, 'MXN')"
    ),
    "no zero entry": (
        "INSERT INTO entries (transaction_id, code, fund, account_id, cents)"
        " VALUES (:id, 'power.receivable', 'power', :account, 0)"
    ),
    "rights": "UPDATE entries SET cents = 1",
}


@pytest.mark.parametrize("rule", list(RAW))
def test_the_database_refuses_it_too_and_is_translated(
    database: Database, make: Make, on: date, rule: str
) -> None:
    posting = make(lambda a: pair(5, a))
    posted = database.run(lambda db: post(db, posting))
    given = {"id": posted.transaction_id, "account": posting.account_id, "on": on,
             "key": posting.key + " raw"}  # fmt: skip
    with pytest.raises(DBAPIError) as refused:
        database.run(lambda db: db.execute(text(RAW[rule]), given))
    told = errors.translated(refused.value)
    assert isinstance(told, BillingError)
    assert told.rule == rule


def test_what_is_no_refusal_is_handed_on_as_it_came(database: Database) -> None:
    ours = ValueError("ours")
    assert errors.translated(ours) is ours
    with pytest.raises(Exception, match="nowhere") as fault:
        database.run(lambda db: db.execute(text("SELECT 1 FROM nowhere")))
    assert errors.translated(fault.value) is fault.value
