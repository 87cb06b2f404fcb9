"""Posting: once per key whoever delivers it and how often, undone once, no cent lost or doubled."""

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from functools import partial

import pytest
from sqlalchemy import text

from billing.errors import AnotherBody, BillingError, Conflict, NotAllowed, NotFound
from billing.ledger import balances, lines
from billing.ledger.journal import Posted, Posting, post, post_many, reverse
from billing.verifying import verdicts
from db.session import Database
from tests.unit.at_once import at_once

THREADS = 16
EACH = 25
KEYS = 200
DELIVERIES = 8
WRITTEN = text("SELECT count(*) FROM journal WHERE key = ANY (:keys)")

Charge = Callable[..., Posting]


@pytest.fixture
def charge(key: Callable[[str], str], on: date) -> Charge:
    """Make a posting that charges an account for power."""

    def made(account_id: int, cents: int = 100) -> Posting:
        written = lines.charged("power", cents, account_id, "power.revenue")
        return Posting(key("charge"), "charge", on, "test", written, account_id, {"why": "test"})

    return made


def owed(database: Database, account_id: int) -> balances.Owed:
    return database.run(lambda db: balances.owed(db, account_id))


def test_the_same_key_and_body_is_one_transaction(
    database: Database, account: Callable[[], int], charge: Charge
) -> None:
    posting = replace(charge(account()), memo={"a": 1, "b": 2})
    first = database.run(lambda db: post(db, posting))
    assert not first.again
    later = replace(posting, actor="sweeper", memo={"b": 2, "a": 1})
    turned = replace(later, lines=tuple(reversed(posting.lines)))
    for again in (posting, later, turned):
        assert database.run(lambda db, p=again: post(db, p)) == Posted(first.transaction_id, True)
    assert owed(database, posting.account_id or 0).total == 100


ALTERED: dict[str, Callable[[Posting], Posting]] = {
    "cents": lambda p: replace(
        p, lines=lines.charged("power", 101, p.account_id or 0, "power.revenue")
    ),
    "code": lambda p: replace(
        p, lines=lines.charged("power", 100, p.account_id or 0, "power.fees")
    ),
    "kind": lambda p: replace(p, kind="late fee"),
    "day": lambda p: replace(p, effective_on=p.effective_on + timedelta(1)),
    "memo": lambda p: replace(p, memo={"why": "else"}),
    "month": lambda p: replace(p, belongs_to=date(2026, 1, 1)),
    "account": lambda p: replace(p, account_id=None),
}


@pytest.mark.parametrize("part", list(ALTERED))
def test_an_altered_body_under_the_same_key_is_refused_and_writes_nothing(
    database: Database, account: Callable[[], int], charge: Charge, part: str
) -> None:
    posting = charge(account())
    database.run(lambda db: post(db, posting))
    other, new = ALTERED[part](posting), charge(posting.account_id or 0)
    with pytest.raises(AnotherBody) as refused:
        database.run(lambda db: post(db, other))
    assert refused.value.rule == "same key, same body"
    with pytest.raises(AnotherBody):
        database.run(lambda db: post_many(db, [new, other]))
    assert owed(database, posting.account_id or 0).total == 100


def test_a_batch_that_was_refused_writes_nothing_even_where_the_transaction_goes_on(
    database: Database, account: Callable[[], int], charge: Charge
) -> None:
    old, new = charge(account()), charge(account())
    with database.transaction() as db:
        post(db, old)
        with pytest.raises(AnotherBody):
            post_many(db, [new, ALTERED["cents"](old)])
    assert owed(database, new.account_id or 0).total == 0


def test_many_are_posted_in_the_order_they_were_given(
    database: Database, account: Callable[[], int], charge: Charge
) -> None:
    whose = account()
    asked = [charge(whose, cents) for cents in (7, 5, 3)]
    first = database.run(lambda db: post(db, asked[1]))
    done = database.run(lambda db: post_many(db, [*asked, asked[0]]))
    assert [each.again for each in done] == [False, True, False, True]
    assert done[1].transaction_id == first.transaction_id
    assert done[3].transaction_id == done[0].transaction_id
    assert owed(database, whose).total == 15
    assert database.run(lambda db: post_many(db, [])) == []
    with pytest.raises(AnotherBody):
        database.run(
            lambda db: post_many(db, [charge(whose), asked[0], ALTERED["cents"](asked[0])])
        )
    assert owed(database, whose).total == 15


def test_a_payment_reaches_every_fund_and_the_rest_is_credit(
    database: Database, account: Callable[[], int], key: Callable[[str], str], on: date
) -> None:
    whose = account()
    taken = lines.received("pool.undeposited", {"power": 60, "water": 30, "storm": 0}, 10, whose)
    used = lines.applied({"storm": 4}, whose)
    held = lines.deposited("pool.undeposited", 500, whose)
    for each in (taken, used, held):
        posting = Posting(key("pay"), "payment", on, "test", each, whose)
        database.run(lambda db, p=posting: post(db, p))
    found = owed(database, whose)
    assert found == balances.Owed({"power": -60, "water": -30, "storm": -4}, -6, -100)
    assert found.credit == 6
    assert database.run(lambda db: balances.deposits(db, whose)) == 500
    assert database.run(lambda db: balances.refunds_payable(db, whose)) == 0


def test_an_account_that_never_had_an_entry_owes_nothing(
    database: Database, account: Callable[[], int]
) -> None:
    assert owed(database, account()) == balances.Owed({}, 0, 0)


def test_a_reversal_is_the_exact_negative_and_says_what_it_undoes(
    database: Database, account: Callable[[], int], charge: Charge, key: Callable[[str], str]
) -> None:
    posting = charge(account())
    first = database.run(lambda db: post(db, posting)).transaction_id
    name, day = key("undo"), date(2026, 12, 2)
    done = database.run(lambda db: reverse(db, first, name, day, "rep", {"why": "slip"}))
    again = database.run(lambda db: reverse(db, first, name, day, "rep", {"why": "slip"}))
    assert again == Posted(done.transaction_id, True)
    assert owed(database, posting.account_id or 0).total == 0
    query = text("SELECT reverses, belongs_to, account_id, kind FROM journal WHERE id = :id")
    row = database.run(lambda db: db.execute(query, {"id": done.transaction_id}).one())
    assert tuple(row) == (first, date(2026, 11, 1), posting.account_id, "reversal")


def test_what_cannot_be_reversed_says_why(
    database: Database, account: Callable[[], int], charge: Charge, key: Callable[[str], str],
    on: date,
) -> None:  # fmt: skip
    first = database.run(lambda db: post(db, charge(account()))).transaction_id
    undone = database.run(lambda db: reverse(db, first, key("undo"), on, "rep", {})).transaction_id
    for wrong, kind, rule in (
        (first, Conflict, "reversed once"),
        (undone, NotAllowed, "reversal of a reversal"),
        (10**12, NotFound, "known transaction"),
    ):
        with pytest.raises(kind) as refused:
            database.run(lambda db, it=wrong: reverse(db, it, key("undo"), on, "rep", {}))
        assert refused.value.rule == rule


def test_two_who_reverse_at_once_undo_it_once(
    database: Database, account: Callable[[], int], charge: Charge, key: Callable[[str], str],
    on: date,
) -> None:  # fmt: skip
    whose = account()
    firsts = [database.run(lambda db: post(db, charge(whose))).transaction_id for _ in range(10)]

    def undo(first: int) -> str:
        try:
            database.run(lambda db: reverse(db, first, key("undo"), on, "rep", {}))
        except Conflict as refused:
            return refused.rule
        return "done"

    for first in firsts:
        said = at_once(*[partial(undo, first)] * 4)
        assert sorted(said) == ["done", *["reversed once"] * 3]
    assert owed(database, whose).total == 0


def test_threads_that_pay_one_account_lose_and_double_nothing(
    database: Database, account: Callable[[], int], key: Callable[[str], str], on: date
) -> None:
    whose = account()

    def pay_many() -> int:
        for number in range(EACH):
            taken = lines.received("pool.undeposited", {"power": 60}, 40 + number, whose)
            posting = Posting(key("pay"), "payment", on, "test", taken, whose)
            database.run(lambda db, p=posting: post(db, p))
        return EACH

    assert sum(at_once(*[pay_many] * THREADS)) == THREADS * EACH
    credit = THREADS * sum(40 + number for number in range(EACH))
    power = -60 * THREADS * EACH
    assert owed(database, whose) == balances.Owed({"power": power}, -credit, power - credit)
    query = text("SELECT count(*) FROM journal WHERE account_id = :id")
    rows = database.run(lambda db: db.execute(query, {"id": whose}).scalar_one())
    assert rows == THREADS * EACH


def test_duplicate_deliveries_post_once_and_altered_ones_are_refused(
    database: Database, account: Callable[[], int], charge: Charge
) -> None:
    draw = random.Random(7)
    whose = [account() for _ in range(20)]
    bodies = [charge(draw.choice(whose), draw.randrange(1, 9999)) for _ in range(KEYS)]
    sent = [
        ALTERED["memo"](body) if draw.random() < 0.1 else body
        for body in bodies for _ in range(DELIVERIES)
    ]  # fmt: skip
    draw.shuffle(sent)

    def deliver(posting: Posting) -> tuple[Posting, int | None]:
        try:
            return posting, database.run(lambda db: post(db, posting)).transaction_id
        except AnotherBody:
            return posting, None

    with ThreadPoolExecutor(THREADS) as threads:
        outcomes = list(threads.map(deliver, sent))
    keys = [body.key for body in bodies]
    assert database.run(lambda db: db.execute(WRITTEN, {"keys": keys}).scalar_one()) == KEYS
    for body in bodies:
        took = {(str(p.memo), id_) for p, id_ in outcomes if p.key == body.key and id_}
        refused = {str(p.memo) for p, id_ in outcomes if p.key == body.key and not id_}
        assert len(took) == 1
        assert refused.isdisjoint({memo for memo, _ in took})
    due = sum(body.lines[0].cents for body in bodies)
    assert sum(owed(database, each).total for each in whose) == due


def test_writers_of_the_same_batch_wait_for_each_other(
    database: Database, account: Callable[[], int], charge: Charge
) -> None:
    batch = [charge(account()) for _ in range(20)]
    orders = [random.Random(seed).sample(batch, len(batch)) for seed in range(6)]

    def write(order: list[Posting]) -> int:
        return sum(not each.again for each in database.run(lambda db: post_many(db, order)))

    assert sum(at_once(*[partial(write, order) for order in orders])) == len(batch)
    assert all(owed(database, each.account_id or 0).total == 100 for each in batch)


def test_after_all_of_this_every_invariant_holds(database: Database) -> None:
    found = database.run(lambda db: list(verdicts(db)))
    mine = [each for each in found if each.name[:3] in {"I1:", "I2:", "I3:", "I4:", "I5:"}]
    assert len(mine) >= 8
    assert [each for each in mine if each.breaks] == []


def test_every_refusal_is_a_billing_error() -> None:
    kinds = [each for each in BillingError.__subclasses__() if each.__module__ == "billing.errors"]
    assert len(kinds) == 8
