"""Faults that a severe reader found: each was seen to lose, double or hide a cent before."""

from collections.abc import Callable, Generator
from datetime import UTC, date, datetime, timedelta
from threading import Thread

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from billing.errors import AnotherBody, Conflict
from billing.ledger.balances import owed
from billing.payments import collections, intents, lockbox, plans, refunds, requests
from billing.payments.charges import lock
from billing.payments.credit import use_credit
from billing.payments.limits import load_limits
from billing.payments.returned import take_back
from billing.payments.taking import Taking, take_payment
from billing.processor import pulling
from billing.processor.client import HttpCardProcessor
from billing.processor.port import ProcessorCharge, SettledLine, SettlementReport
from billing.processor.settlement import deposit, import_report
from billing.shapes import CardTender, PaymentResult, Receipt, Unknown
from billing.statements.deciding import correct, post_statement
from db.session import Database
from jobs.outbox import promise
from tests.services import Servers
from tests.unit.billing.bill_homes import ON as BILLED
from tests.unit.billing.bill_homes import STEADY, a_home, free_cycle, posted, statement, the_round
from tests.unit.billing.bill_homes import bill as bill_all
from tests.unit.billing.paying import ON, agrees, bill, breaks, cash, owing, own_database

Key = Callable[[str], str]
PAST = date(2026, 11, 1)
CARD = plans.Consent(tender="card", token="tok", last_four="4242", said={"script": "1"})
BANKED = text("""
SELECT e.code, e.cents FROM entries e JOIN journal j ON j.id = e.transaction_id
WHERE j.key = :key""")
PAID = text("SELECT id FROM payments WHERE intent_id = :intent")
KEPT = text("""
SELECT i.confirmation, i.last_four, i.reason, p.reference
FROM payment_intents i JOIN payments p ON p.intent_id = i.id WHERE i.id = :id""")
CLOSED = text("UPDATE accounts SET status = 'closed' WHERE id = :id")
TAKEN = text("SELECT id FROM accounts WHERE id = :id FOR NO KEY UPDATE NOWAIT")
LOOSE = text("SELECT id FROM payment_intents WHERE account_id = :id AND state = 'created'")


@pytest.fixture(scope="module")
def database(servers: Servers, new_database: Callable[[str], str]) -> Generator[Database]:
    for made in own_database(servers, new_database):
        made.run(load_limits)
        yield made


def pulled(database: Database, account: int, on: date) -> int | None:
    made = database.run(lambda db: plans.pull(db, account, on))
    return made.intent.cents if made else None


def begun(database: Database, account: int, name: str, cents: int, tender: CardTender) -> str:
    wanted = intents.Wanted(
        account_id=account, cents=cents, tender=tender, channel="desk", language="en"
    )
    return database.run(lambda db: intents.create(db, wanted, name)).id


def taken(database: Database, account: int) -> None:
    """Let the processor say yes to what is under way."""
    for name in database.run(lambda db: db.execute(LOOSE, {"id": account}).scalars().all()):
        database.run(lambda db, n=name: intents.finish(db, PaymentResult(n, "approved")))


def approved(
    database: Database, account: int, name: str, what: tuple[str, int, str, dict[str, int]]
) -> int:
    kind, cents, reason, details = what
    asked = requests.Asked(
        kind=kind, account_id=account, cents=cents, reason=reason, made_by="s",
        made_as="supervisor", details=details,
    )  # fmt: skip
    made = database.run(lambda db: requests.ask(db, asked, name)).id
    return database.run(lambda db: requests.approve(db, made, "b", "administrator")).id


def not_asked(_session: Session, _payment: int, _line: SettledLine) -> None:
    raise AssertionError


def test_a_payment_that_comes_back_after_its_bill_was_corrected_is_owed_by_a_charge(
    database: Database, key: Key
) -> None:
    cycle = free_cycle(database)
    home = database.run(lambda db: a_home(db, cycle, STEADY)).account_id
    bill_all(database, cycle, BILLED)
    posted(database, cycle, BILLED)
    first = statement(database, home)
    paid = Taking(
        account_id=home, tender="check", cents=first.total_cents, received_on=BILLED, key=key("p")
    )
    payment = database.run(lambda db: take_payment(db, paid, "t")).id
    made = database.run(lambda db: correct(db, first.id, "boss", the_round(BILLED)))
    database.run(lambda db: post_statement(db, made.id, "boss", the_round(BILLED)))
    database.run(lambda db: use_credit(db, home, BILLED, "t", key("c")))
    assert database.run(lambda db: owed(db, home)).total == 0
    back = key("r")
    for _ in range(2):
        database.run(lambda db: take_back(db, payment, "KEYED", on=BILLED, actor="t", key=back))
    assert database.run(lambda db: owed(db, home)).total == first.total_cents
    assert database.run(lambda db: agrees(db, home))
    assert database.run(breaks) == []


def test_autopay_of_a_budget_takes_no_more_than_is_due_and_one_part_a_month(
    database: Database, key: Key
) -> None:
    account = database.run(lambda db: owing(db, key("a")))
    database.run(lambda db: bill(db, account, {"power": 12000}, key("b"), PAST))
    database.run(lambda db: plans.start_budget(db, account, ON, {"said": "yes"}))
    database.run(lambda db: plans.start_autopay(db, account, CARD, ON))
    assert pulled(database, account, ON) == 1000
    taken(database, account)
    assert pulled(database, account, ON + timedelta(1)) is None
    assert pulled(database, account, ON + timedelta(30)) == 1000
    taken(database, account)
    small = database.run(lambda db: owing(db, key("s")))
    database.run(lambda db: bill(db, small, {"power": 12000}, key("b"), PAST))
    database.run(lambda db: plans.start_budget(db, small, ON, {"said": "yes"}))
    database.run(lambda db: take_payment(db, cash(small, 11500, key("p")), "t"))
    database.run(lambda db: plans.start_autopay(db, small, CARD, ON))
    assert pulled(database, small, ON) == 500


def test_autopay_takes_what_is_due_still_when_it_comes_to_an_account(
    database: Database, key: Key
) -> None:
    account = database.run(lambda db: owing(db, key("a")))
    database.run(lambda db: bill(db, account, {"water": 5000}, key("b"), PAST))
    database.run(lambda db: plans.start_autopay(db, account, CARD, ON))
    assert account in database.run(lambda db: plans.due(db, ON))
    waiting = Thread(target=lambda: found.append(pulled(database, account, ON)))
    found: list[int | None] = []
    with database.transaction() as mine:
        take_payment(mine, cash(account, 4000, key("p")), "t")
        waiting.start()
        waiting.join(0.5)
        assert waiting.is_alive()  # it waits for the payment that is being taken
    waiting.join(20)
    assert found == [1000]


def test_autopay_that_the_processor_took_otherwise_waits_for_a_person(
    database: Database, key: Key
) -> None:
    account = database.run(lambda db: owing(db, key("a")))
    database.run(lambda db: bill(db, account, {"water": 5000}, key("b"), PAST))
    database.run(lambda db: plans.start_autopay(db, account, CARD, date(2026, 1, 1)))
    made = database.run(lambda db: plans.pull(db, account, ON))
    assert made is not None
    answer = pulling.charge(database, Half(), made.intent.id)
    assert isinstance(answer, Unknown)
    assert database.run(lambda db: owed(db, account)).total == 5000


class Half(HttpCardProcessor):
    """A processor that takes half of what it was asked for."""

    def __init__(self) -> None:
        super().__init__("http://127.0.0.1:9", "none")

    def charge(self, intent: str, cents: int, tender: CardTender, token: str) -> ProcessorCharge:
        assert token == "tok"
        return ProcessorCharge(
            intent, "approved", cents // 2, tender, "c", "", "4242", datetime.now(UTC)
        )


def test_a_credit_that_was_used_since_it_was_listed_is_not_handed_to_the_state(
    database: Database, key: Key
) -> None:
    account = database.run(lambda db: owing(db, key("a")))
    long_ago = Taking(
        account_id=account, tender="cash", cents=4200, received_on=date(2023, 1, 5), key=key("p")
    )
    database.run(lambda db: take_payment(db, long_ago, "t"))
    database.run(lambda db: db.execute(CLOSED, {"id": account}))
    batch = key("state")
    assert account in database.run(lambda db: collections.list_credits(db, batch, ON))
    database.run(lambda db: bill(db, account, {"water": 3000}, key("b"), PAST))
    database.run(lambda db: use_credit(db, account, ON, "t", key("c")))
    assert database.run(lambda db: collections.report_credits(db, batch, ON, "t")) == 0
    assert database.run(lambda db: owed(db, account)).credit == 1200
    again = database.run(lambda db: collections.list_credits(db, key("x"), date(2030, 1, 1)))
    assert account in again
    assert database.run(breaks) == []


def test_a_transfer_waits_for_the_lower_account_before_it_holds_the_higher(
    database: Database, key: Key
) -> None:
    low, high = sorted(database.run(lambda db: owing(db, key("a"), water=900)) for _ in range(2))
    asked = requests.Asked(
        kind="transfer", account_id=high, cents=900, reason="moved", made_by="s",
        made_as="supervisor", details={"to": low},
    )  # fmt: skip
    transfer = Thread(target=lambda: database.run(lambda db: requests.ask(db, asked, key("t"))))
    with database.transaction() as mine:
        lock(mine, {low})
        transfer.start()
        transfer.join(1)
        assert transfer.is_alive()
        database.run(lambda db: db.execute(TAKEN, {"id": high}))
    transfer.join(20)
    assert database.run(lambda db: owed(db, low)).total == 1800


def test_a_batch_that_comes_again_with_more_items_is_refused(database: Database, key: Key) -> None:
    batch = key("box")
    one, more = (lockbox.Item("99999999x", cents, "a") for cents in (500, 700))

    def take(items: list[lockbox.Item]) -> lockbox.Taken:
        total = sum(item.cents for item in items)
        return database.run(
            lambda db: lockbox.take(
                db, batch, items, count=len(items), cents=total, on=ON, actor="t"
            )
        )

    assert take([one]) == take([one])
    with pytest.raises(AnotherBody):
        take([one, more])


def a_refunded_draft(database: Database, key: Key) -> tuple[str, str]:
    """Take 50.00 by bank draft and give 20.00 back; gives both intents."""
    account = database.run(lambda db: owing(db, key("a")))
    intent = begun(database, account, key("i"), 5000, "ach")
    database.run(lambda db: intents.finish(db, PaymentResult(intent, "approved")))
    payment = database.run(lambda db: db.execute(PAID, {"intent": intent}).scalar_one())
    approved(database, account, key("e"), ("exception", 0, "refund in return window", {}))
    made = approved(database, account, key("q"), ("refund", 2000, "overpaid", {"payment": payment}))
    database.run(lambda db: refunds.sent(db, made))
    database.run(lambda db: refunds.cleared(db, made, ON, "t"))
    back = text("SELECT details ->> 'intent' FROM requests WHERE id = :id")
    return intent, database.run(lambda db: db.execute(back, {"id": made}).scalar_one())


def test_a_draft_given_back_leaves_the_clearing_of_drafts_and_of_nothing_else(
    database: Database, key: Key
) -> None:
    charge, refund = a_refunded_draft(database, key)
    at, name = datetime.now(UTC), key("settled")
    lines = (
        SettledLine("charge", key("ch"), charge, 5000, "ach", "", at),
        SettledLine("refund", key("re"), refund, -2000, "ach", "", at),
    )
    report = SettlementReport(name, at.date(), 3000, lines)
    made = database.run(lambda db: import_report(db, report, not_asked))
    assert made.counts["matched"] == 2
    database.run(lambda db: deposit(db, name, 3000, ON, "bank"))
    rows = database.run(lambda db: db.execute(BANKED, {"key": f"deposit:{name}"}).all())
    assert {row.code: row.cents for row in rows} == {"pool.bank": 3000, "pool.ach_clearing": -3000}


def test_a_refund_that_the_processor_may_have_made_is_not_paid_by_check_too(
    database: Database, key: Key
) -> None:
    account = database.run(lambda db: owing(db, key("a")))
    intent = begun(database, account, key("i"), 700, "card")
    database.run(lambda db: intents.finish(db, PaymentResult(intent, "approved")))
    payment = database.run(lambda db: db.execute(PAID, {"intent": intent}).scalar_one())
    made = approved(database, account, key("q"), ("refund", 700, "overpaid", {"payment": payment}))
    database.run(lambda db: refunds.sent(db, made))  # and no answer came
    with pytest.raises(Conflict):
        database.run(lambda db: refunds.by_check(db, made))
    refused = f"refund refused:{made}"
    database.run(lambda db: promise(db, "refund refused", refused, {"request": made}))
    database.run(lambda db: refunds.by_check(db, made))


def test_a_card_number_in_an_answer_is_not_kept_and_its_money_is(
    database: Database, key: Key
) -> None:
    account = database.run(lambda db: owing(db, key("a"), water=500))
    intent = begun(database, account, key("i"), 500, "card")
    said = PaymentResult(intent, "approved", "4111 1111 1111 1111", "12345", "5555-5555-5555-4444")
    for _ in range(2):
        assert isinstance(database.run(lambda db: intents.finish(db, said)), Receipt)
    assert database.run(lambda db: owed(db, account)).total == 0
    kept = database.run(lambda db: dict(db.execute(KEPT, {"id": intent}).mappings().one()))
    assert kept == {"confirmation": "####", "last_four": "", "reason": "####", "reference": "####"}
