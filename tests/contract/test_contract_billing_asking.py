"""No words that are asked with keep a card's number; over HTTP a key asks in its own name."""

from collections.abc import Callable
from typing import Final
from uuid import uuid4

import pytest
from sqlalchemy import text

from billing.core import Billing
from billing.errors import NotAllowed
from billing.ports import BillingCore
from billing.remote import RemoteBilling
from billing.scan import in_database
from billing.shapes import Declined, PaymentResult, Receipt
from billing.wire import ROLES
from db.session import Database
from tests.contract.billings import MAKER, adjust, charge

CARD: Final = "4242 4242 4242 4242"
WRITTEN: Final = (
    "3782-822463-10005.", f"she read {CARD} 12/27 123", "4242\u00a04242\u00a0 4242\n4242",
    "routing 110000000",
)  # fmt: skip
INNOCENT: Final = (
    "account 12345674, receipt 123456786", "leak at 01:26 on 2026-11-23", "call +1 801 555 0142",
    "card that ends in 4242", "reads 45213 and 45897", "9174d56c-7a69-4410-8394-81c69fa60143",
)  # fmt: skip

Ask = Callable[[BillingCore, str, str], object]
ASKED: Final[dict[str, Ask]] = {
    "note": lambda core, account, words: adjust(core, account, uuid4().hex, 100, note=words),
    "kind": lambda core, account, words: charge(core, account, uuid4().hex, kind=words),
    "channel": lambda core, account, words: core.start_payment(
        account=account, cents=1, tender="card", channel=words, language="en", key=uuid4().hex
    ),
    "call_sid": lambda core, account, words: core.start_payment(
        account=account, cents=1, tender="card", channel="phone", language="en", key=uuid4().hex,
        call_sid=words,
    ),
}  # fmt: skip
KEYED: Final[dict[str, Ask]] = {
    "adjust": lambda core, account, key: adjust(core, account, key, 100),
    "charge": charge,
    "arrangement": lambda core, account, key: core.make_arrangement(account, actor=MAKER, key=key),
    "sent": lambda core, _account, key: core.payment_sent("x", key=key),
}
KEPT: Final = text("""
SELECT (SELECT count(*) FROM api_answers) + (SELECT count(*) FROM journal)
    + (SELECT count(*) FROM requests) + (SELECT count(*) FROM payment_intents)""")
STORES: Final = ("payment", "journal.memo", "outbox", "api_answers")


def kept(database: Database) -> int:
    """Count the rows of whatever a write could leave."""
    return database.run(lambda session: session.execute(KEPT).scalar_one())


@pytest.mark.parametrize("words", WRITTEN)
@pytest.mark.parametrize("asked", ASKED)
def test_words_with_a_number_of_a_card_or_bank_are_refused_and_nothing_is_kept(
    core: BillingCore, account: str, database: Database, asked: str, words: str
) -> None:
    before = kept(database)
    with pytest.raises(NotAllowed) as refusal:
        ASKED[asked](core, account, words)
    told = f"{refusal.value} {refusal.value.advice}"
    assert refusal.value.rule == "card or bank number"
    assert f"'{asked}'" in told
    assert "4242" not in told
    assert kept(database) == before


@pytest.mark.parametrize("asked", KEYED)
def test_a_key_that_is_a_cards_number_is_refused_and_not_kept(
    core: BillingCore, account: str, database: Database, asked: str
) -> None:
    before = kept(database)
    with pytest.raises(NotAllowed) as refusal:
        KEYED[asked](core, account, f"pay {CARD}")
    assert refusal.value.rule == "card or bank number"
    assert kept(database) == before


@pytest.mark.parametrize("words", INNOCENT)
def test_words_with_other_figures_are_kept(core: BillingCore, account: str, words: str) -> None:
    charge(core, account, f"{uuid4()}", 500, kind=words)
    assert adjust(core, account, f"{words} {uuid4().hex}", 1, note=words).request


def test_money_that_has_moved_comes_in_and_the_number_does_not(
    core: BillingCore, account: str, database: Database
) -> None:
    begun = core.start_payment(
        account=account, cents=700, tender="card", channel="phone", language="en", key=uuid4().hex
    )
    said = PaymentResult(begun.id, "approved", f"ok {CARD}", "4242", f"exp 12/27 {CARD} 12")
    told = core.payment_result(said, key=uuid4().hex)
    assert isinstance(told, Receipt)
    hits = database.run(lambda session: list(in_database(session)))
    assert not [hit for hit in hits if hit.place.startswith(STORES) and hit.ends_in == "4242"]
    row = text("SELECT confirmation, reason FROM payment_intents WHERE id = :id")
    found = database.run(lambda session: session.execute(row, {"id": begun.id}).one())
    assert tuple(found) == ("ok ####", "exp 12/27 #### 12")


def test_a_refusal_of_the_processor_is_told_without_the_number(
    core: BillingCore, account: str
) -> None:
    begun = core.start_payment(
        account=account, cents=700, tender="card", channel="phone", language="en", key=uuid4().hex
    )
    said = PaymentResult(begun.id, "declined", reason=f"no funds on {CARD}")
    told = core.payment_result(said, key=uuid4().hex)
    assert told == Declined(begun.id, "no funds on ####")


# Over HTTP a write is made by the key that asks.
MADE: Final = text("SELECT made_by, made_as FROM requests WHERE id = :id")
ACTOR: Final = text("SELECT actor FROM journal WHERE id = :id")


@pytest.mark.parametrize("said", [MAKER, ""])
def test_a_write_over_http_is_signed_by_the_key_whether_the_body_says_so_or_not(
    over_http: RemoteBilling, account: str, database: Database, said: str
) -> None:
    made = over_http.charge(
        account=account, service="water", cents=500, kind="permit", actor=said, key=uuid4().hex
    )
    given = {"id": made.transaction}
    assert database.run(lambda db: db.execute(ACTOR, given).scalar_one()) == MAKER
    role = ROLES["adjustments:write"] if said else ""
    asked = adjust(over_http, account, uuid4().hex, 100, made_by=said, made_as=role)
    found = database.run(lambda db: db.execute(MADE, {"id": asked.request}).one())
    assert tuple(found) == (MAKER, "rep")


@pytest.mark.parametrize(
    "changed", [{"made_by": "rep-1"}, {"made_as": "supervisor"}, {"made_as": "administrator"}]
)
def test_an_adjustment_in_anothers_name_or_role_is_refused(
    over_http: RemoteBilling, account: str, database: Database, changed: dict[str, str]
) -> None:
    before = kept(database)
    with pytest.raises(NotAllowed) as refusal:
        adjust(over_http, account, uuid4().hex, 100, **changed)
    assert refusal.value.rule == "the maker is the key"
    assert next(iter(changed)) in str(refusal.value)
    assert refusal.value.advice
    assert kept(database) == before


def test_a_charge_and_an_arrangement_in_anothers_name_are_refused(
    over_http: RemoteBilling, account: str
) -> None:
    with pytest.raises(NotAllowed) as refusal:
        over_http.charge(
            account=account, service="water", cents=1, kind="fee", actor="rep-1", key=uuid4().hex
        )
    assert refusal.value.rule == "the maker is the key"
    with pytest.raises(NotAllowed) as refusal:
        over_http.make_arrangement(account, actor="rep-1", key=uuid4().hex)
    assert refusal.value.rule == "the maker is the key"


def test_in_process_the_desk_says_who_it_has_signed_in(
    account: str, database: Database, key: str
) -> None:
    inside = Billing(database)
    charge(inside, account, f"{key}-owed", 5000)
    made = adjust(inside, account, key, 100, made_by="rep-7", made_as="supervisor")
    found = database.run(lambda db: db.execute(MADE, {"id": made.request}).one())
    assert tuple(found) == ("rep-7", "supervisor")
