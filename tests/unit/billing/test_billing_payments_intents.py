"""Two-phase payments: whatever arrives, however often, the money is taken in once."""

from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from billing.errors import AnotherBody, BadAmount, Conflict, NotFound
from billing.ledger.balances import owed
from billing.payments import intents
from billing.payments.intents import Wanted, create, finish, get, mark_sent, paid_before, sweep
from billing.shapes import Declined, Outcome, PaymentResult, Receipt, Unknown
from db.session import Database
from tests.services import Servers
from tests.unit.billing.paying import breaks, owing, own_database, payments

Key = Callable[[str], str]
THREADS = 16
PROMISED = text("SELECT count(*) FROM outbox WHERE name = :name AND args ->> :field = :value")


@pytest.fixture(scope="module")
def database(servers: Servers, new_database: Callable[[str], str]) -> Generator[Database]:
    yield from own_database(servers, new_database)


def wanted(account: int, cents: int = 5000, fee_cents: int = 0) -> Wanted:
    return Wanted(
        account_id=account,
        cents=cents,
        tender="card",
        channel="phone",
        language="es",
        fee_cents=fee_cents,
    )


def said(intent: str, outcome: Outcome, **more: str) -> PaymentResult:
    return PaymentResult(intent, outcome, **more)


@pytest.fixture
def account(database: Database, key: Key) -> int:
    return database.run(lambda db: owing(db, key("a"), power=6000))


@pytest.fixture
def begun(database: Database, key: Key, account: int) -> str:
    """Begin a payment and ask the processor."""
    intent = database.run(lambda db: create(db, wanted(account), key("i")))
    return database.run(lambda db: mark_sent(db, intent.id)).id


def promised(database: Database, name: str, field: str, value: str) -> int:
    given = {"name": name, "field": field, "value": value}
    return database.run(lambda db: db.execute(PROMISED, given).scalar_one())


def test_an_intent_is_written_down_once_per_key(database: Database, key: Key, account: int) -> None:
    name = key("i")
    first = database.run(lambda db: create(db, wanted(account), name))
    assert database.run(lambda db: create(db, wanted(account), name)).id == first.id
    with pytest.raises(AnotherBody):
        database.run(lambda db: create(db, wanted(account, 5001), name))


def test_nothing_is_paid_for_nothing(database: Database, key: Key, account: int) -> None:
    for bad in (wanted(account, 0), wanted(account, fee_cents=-1)):
        with pytest.raises(BadAmount):
            database.run(lambda db, bad=bad: create(db, bad, key("i")))
    with pytest.raises(NotFound):
        database.run(lambda db: get(db, "nobody's"))


def test_an_approval_is_posted_with_its_receipt(
    database: Database, account: int, begun: str
) -> None:
    answer = database.run(lambda db: finish(db, said(begun, "approved", last_four="4242")))
    assert isinstance(answer, Receipt)
    assert (answer.cents, answer.owed) == (5000, 1000)
    again = database.run(lambda db: finish(db, said(begun, "approved", last_four="4242")))
    assert again == answer
    assert database.run(lambda db: payments(db, account)) == 1
    paid = "SELECT CAST(id AS text) FROM payments WHERE intent_id = :id"
    number = database.run(lambda db: db.execute(text(paid), {"id": begun}).scalar_one())
    assert promised(database, intents.RECEIPT, "payment", number) == 1


def test_a_fee_is_beside_the_payment_and_not_in_it(
    database: Database, key: Key, account: int
) -> None:
    intent = database.run(lambda db: create(db, wanted(account, fee_cents=150), key("i")))
    answer = database.run(lambda db: finish(db, said(intent.id, "approved")))
    assert isinstance(answer, Receipt)
    assert (answer.cents, answer.owed) == (5000, 1000)
    assert database.run(breaks) == []


def test_a_callback_by_many_threads_is_one_payment(
    database: Database, account: int, begun: str
) -> None:
    with ThreadPoolExecutor(THREADS) as pool:
        work = [
            pool.submit(database.run, lambda db: finish(db, said(begun, "approved")))
            for _ in range(THREADS)
        ]
        answers = [each.result(timeout=60) for each in work]
    assert len({each.number for each in answers if isinstance(each, Receipt)}) == 1
    assert database.run(lambda db: payments(db, account)) == 1
    assert database.run(lambda db: owed(db, account)).total == 1000


@pytest.mark.parametrize("outcome", ["declined", "abandoned"])
def test_what_was_not_taken_changes_nothing(
    database: Database, account: int, begun: str, outcome: Outcome
) -> None:
    answer = database.run(lambda db: finish(db, said(begun, outcome, reason="no funds")))
    assert answer == Declined(begun, "no funds")
    assert database.run(lambda db: finish(db, said(begun, "unknown"))) == answer
    assert database.run(lambda db: owed(db, account)).total == 6000
    with pytest.raises(Conflict):
        database.run(lambda db: mark_sent(db, begun))


def test_what_nobody_knows_is_told_to_a_person_once(database: Database, begun: str) -> None:
    for _ in range(2):
        answer = database.run(lambda db: finish(db, said(begun, "unknown", reason="timeout")))
        assert answer == Unknown(begun, "timeout")
    assert promised(database, intents.UNKNOWN, "intent", begun) == 1


@pytest.mark.parametrize(
    ("outcome", "state", "left"), [("approved", "posted", 1000), ("declined", "void", 6000)]
)
def test_what_was_unknown_ends_when_it_is_known(  # noqa: PLR0913, PLR0917  fixtures and the table
    database: Database, account: int, begun: str, outcome: Outcome, state: str, left: int
) -> None:
    database.run(lambda db: finish(db, said(begun, "unknown")))
    database.run(lambda db: finish(db, said(begun, outcome)))
    assert database.run(lambda db: get(db, begun)).state == state
    assert database.run(lambda db: owed(db, account)).total == left


@pytest.mark.parametrize("before", ["declined", "abandoned"])
def test_money_that_came_after_all_is_posted_and_a_person_told(
    database: Database, account: int, begun: str, before: Outcome
) -> None:
    database.run(lambda db: finish(db, said(begun, before)))
    answer = database.run(lambda db: finish(db, said(begun, "approved")))
    assert isinstance(answer, Receipt)
    assert database.run(lambda db: owed(db, account)).total == 1000
    assert promised(database, intents.UNKNOWN, "why", f"approved after {before}") >= 1
    late = database.run(lambda db: finish(db, said(begun, "declined")))
    assert late == answer  # a late decline takes nothing back


def test_a_payment_like_an_earlier_one_is_asked_about(
    database: Database, key: Key, account: int, begun: str
) -> None:
    database.run(lambda db: finish(db, said(begun, "approved")))
    like = database.run(lambda db: create(db, wanted(account), key("i")))
    unlike = database.run(lambda db: create(db, wanted(account, 4999), key("i")))
    found = database.run(lambda db: paid_before(db, like))
    assert found is not None
    assert (found.cents, found.state) == (5000, "posted")
    assert database.run(lambda db: paid_before(db, unlike)) is None


def test_while_one_is_unknown_every_other_is_asked_about(
    database: Database, key: Key, account: int, begun: str
) -> None:
    database.run(lambda db: finish(db, said(begun, "unknown")))
    other = database.run(lambda db: create(db, wanted(account, 100), key("i")))
    found = database.run(lambda db: paid_before(db, other))
    assert found is not None
    assert found.state == "unknown"


def test_the_sweep_finds_what_is_loose_and_ends_what_was_never_sent(
    database: Database, key: Key, account: int, begun: str
) -> None:
    never = database.run(lambda db: create(db, wanted(account), key("i"))).id
    soon, late = datetime.now(UTC), datetime.now(UTC) + timedelta(minutes=20)
    assert begun not in database.run(lambda db: sweep(db, soon, 10_000))
    assert begun in database.run(lambda db: sweep(db, late, 10_000))
    assert database.run(lambda db: get(db, never)).state == "abandoned"
    database.run(lambda db: finish(db, said(begun, "approved")))
    assert begun not in database.run(lambda db: sweep(db, late, 10_000))
