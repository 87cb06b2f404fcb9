"""No payment stays without an end: the processor is asked, and nothing is guessed."""

from collections import Counter
from collections.abc import Callable, Generator
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from billing.ledger.balances import owed
from billing.ledger.chart import load_chart
from billing.payments import intents, returned
from billing.payments.intents import Wanted
from billing.processor.port import NoAnswer, ProcessorCharge, SettlementReport
from billing.processor.settling import settle
from billing.processor.sweeping import Loose, judged, sweep
from billing.shapes import CardTender
from db.session import Database
from tests.contract.processors import Outside, in_process

GOOD, DECLINED, LOST = "4242424242424242", "4000000000009995", "4000000000000077"
DISPUTED = "4000000000000259"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
FIRST = datetime(2026, 11, 23, 16, tzinfo=UTC)  # when the stand-in's clock begins
TICKETS = text("SELECT count(*) FROM outbox WHERE name = 'payment unknown'")


@pytest.fixture
def database(fresh_database_url: str) -> Generator[Database]:
    """A database of this test alone: a sweep sees every payment there is."""
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
def sent(database: Database, account: Callable[[], int]) -> Callable[..., str]:
    """Begin a payment of which the processor is asked from now on; gives its id."""

    def make(key: str, cents: int = 4000) -> str:
        wanted = Wanted(
            account_id=account(), cents=cents, tender="card", channel="phone", language="en"
        )

        def begin(session: Session) -> str:
            made = intents.create(session, wanted, key)
            return intents.mark_sent(session, made.id).id

        return database.run(begin)

    return make


def state(database: Database, intent: str) -> str:
    return database.run(lambda session: intents.get(session, intent).state)


def later() -> datetime:
    """Be an hour on: every payment of these tests has had its time."""
    return datetime.now(UTC) + HOUR


def swept(database: Database, outside: Outside, now: datetime | None = None) -> Counter[str]:
    return sweep(database, outside.port, now=now or later())


def test_a_charge_whose_answer_was_lost_is_found_and_posted_once(
    database: Database, outside: Outside, sent: Callable[..., str]
) -> None:
    intent = sent("lost")
    with pytest.raises(NoAnswer):
        outside.port.charge(intent, 4000, "card", outside.token(LOST))
    assert swept(database, outside) == {"approved": 1}
    assert swept(database, outside) == {}
    assert state(database, intent) == "posted"
    whose = database.run(lambda session: intents.get(session, intent).account_id)
    assert database.run(lambda session: owed(session, whose).total) == -4000


def test_a_declined_charge_and_one_never_made_are_ended(
    database: Database, outside: Outside, sent: Callable[..., str]
) -> None:
    declined, never = sent("declined"), sent("never")
    outside.port.charge(declined, 4000, "card", outside.token(DECLINED))
    assert swept(database, outside) == {"declined": 1, "abandoned": 1}
    assert (state(database, declined), state(database, never)) == ("declined", "abandoned")


def test_a_caller_who_may_still_be_keying_is_left_alone(
    database: Database, outside: Outside, sent: Callable[..., str]
) -> None:
    intent = sent("keying")
    soon = datetime.now(UTC) + timedelta(minutes=6)
    assert swept(database, outside, soon) == {"waiting": 1}
    assert state(database, intent) == "sent"


def test_a_silent_processor_makes_payments_unknown_with_a_ticket_each(
    database: Database, outside: Outside, sent: Callable[..., str]
) -> None:
    names = [sent(f"silent {number}") for number in range(3)]
    outside.port.charge(names[0], 4000, "card", outside.token(GOOD))
    outside.does("/control/away", requests=1)  # asked once, and then not waited for again
    assert swept(database, outside) == {"unknown": 3}
    assert {state(database, name) for name in names} == {"unknown"}
    assert database.run(lambda session: session.execute(TICKETS).scalar_one()) == 3
    assert swept(database, outside) == {"approved": 1, "abandoned": 2}
    assert [state(database, name) for name in names] == ["posted", "void", "void"]


def test_no_transaction_is_open_while_the_processor_is_asked(
    database: Database, sent: Callable[..., str]
) -> None:
    sent("asked")
    asked: list[int] = []
    busy = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
        "AND state = 'idle in transaction'"
    )

    class Watching:
        """A processor that looks at the database while it is asked."""

        def charge(
            self, intent: str, cents: int, tender: CardTender, token: str
        ) -> ProcessorCharge:
            raise AssertionError((intent, cents, tender, token))

        def refund(self, intent: str, of: str, cents: int) -> ProcessorCharge:
            raise AssertionError((intent, of, cents))

        def settlement(self, day: date) -> SettlementReport | None:
            raise AssertionError(day)

        def find(self, intent: str) -> ProcessorCharge | None:
            del intent
            asked.append(database.run(lambda session: session.execute(busy).scalar_one()))

    sweep(database, Watching(), now=later())
    assert asked == [0]


def test_a_round_ends_in_time_however_many_there_are(
    database: Database, outside: Outside, sent: Callable[..., str]
) -> None:
    for number in range(4):
        sent(f"many {number}")
    ticks = iter(range(0, 10**12, 10**10))
    made = sweep(database, outside.port, now=later(), clock=lambda: next(ticks))
    assert made == {"abandoned": 2}
    assert swept(database, outside) == {"abandoned": 2}


def test_another_amount_than_was_asked_is_never_posted() -> None:
    found = ProcessorCharge("i", "approved", 4001, "card", "ch", "", "4242", datetime.now(UTC))
    result = judged(Loose("i", 4000, is_over=False), found)
    assert result is not None
    assert result.outcome == "unknown"
    assert "4001" in result.reason


def test_a_disputed_payment_is_undone_and_owed_again(
    database: Database, outside: Outside, sent: Callable[..., str]
) -> None:
    intent = sent("disputed")
    outside.port.charge(intent, 4000, "card", outside.token(DISPUTED))
    swept(database, outside)
    assert outside.forward
    outside.forward(2 * DAY)
    made = settle(database, outside.port, returned.settle, FIRST + 2 * DAY)
    assert sum((one.counts for one in made), Counter[str]()) == {"matched": 1, "chargeback": 1}
    undone = text("SELECT state FROM payments WHERE intent_id = :intent")
    given = {"intent": intent}
    assert database.run(lambda s: s.execute(undone, given).scalar_one()) == "reversed"


def test_reports_of_days_that_are_over_are_imported_once(
    database: Database, outside: Outside, sent: Callable[..., str]
) -> None:
    intent = sent("settled")
    outside.port.charge(intent, 4000, "card", outside.token(GOOD))
    swept(database, outside)
    assert outside.forward

    def settled(now: datetime) -> list[str]:
        made = settle(database, outside.port, returned.settle, now)
        return [one.report for one in made if one.counts["matched"]]

    assert settled(FIRST) == []
    outside.forward(DAY)
    assert settled(FIRST + DAY) == ["settlement-2026-11-23"]
    assert settled(FIRST + DAY) == []
