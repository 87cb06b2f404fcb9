"""Taking money in: the payment, its entries and what it pays for, in one transaction.

The accounts are locked in the order of their ids, so that payments wait for one another only on one
account; what has no account is locked by its key. A key that comes again gives the payment it made.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from billing.errors import AnotherBody, BadAmount, NotFound
from billing.ledger.journal import Line, Posting, post_many
from billing.ledger.lines import received
from billing.money import Cents, above_zero, whole
from billing.payments import charges
from billing.payments.allocation import Applied, Open, Order, allocate, left_open
from billing.payments.receipts import receipt
from billing.payments.rules import order_in_use
from billing.payments.tables import Payment
from billing.scan import blotted

CASH_CODES: Final[Mapping[str, str]] = {
    "cash": "pool.undeposited",
    "check": "pool.undeposited",
    "money order": "pool.undeposited",
    "pledge": "pool.undeposited",
    "card": "pool.card_clearing",
    "ach": "pool.ach_clearing",
    "lockbox": "pool.lockbox",
}
SAME_KEY: Final = "Use a new key for a new payment."

BEFORE: Final = text("""
SELECT j.key, p.id, p.receipt, p.account_id, p.intent_id, p.tender, p.cents, p.received_on,
    p.reference, p.channel, p.state, p.transaction_id
FROM payments p JOIN journal j ON j.id = p.transaction_id
WHERE j.key = ANY (CAST(:keys AS text[]))""")
# One lock of 64 for each key: a file of thousands needs no more, and strangers seldom wait.
LOCK: Final = text("""
SELECT pg_advisory_xact_lock(312, place) FROM (
    SELECT DISTINCT hashtext(key) & 63 AS place FROM unnest(CAST(:keys AS text[])) AS key
    ORDER BY place
) AS places""")
IDS: Final = text("""
SELECT nextval(pg_get_serial_sequence('payments', 'id')) FROM generate_series(1, :count)""")
WRITE: Final = text("""
INSERT INTO payments (id, receipt, account_id, intent_id, tender, cents, received_on, reference,
    channel, state, transaction_id)
SELECT id, receipt, account_id, intent_id, tender, cents, received_on, reference, channel,
    'posted', transaction_id
FROM unnest(CAST(:ids AS bigint[]), CAST(:receipts AS text[]), CAST(:accounts AS bigint[]),
    CAST(:intents AS text[]), CAST(:tenders AS text[]), CAST(:cents AS bigint[]),
    CAST(:ons AS date[]), CAST(:references AS text[]), CAST(:channels AS text[]),
    CAST(:transactions AS bigint[])) AS made (id, receipt, account_id, intent_id, tender, cents,
    received_on, reference, channel, transaction_id)""")


@dataclass(frozen=True, slots=True, kw_only=True)
class Taking:
    """A payment to be taken. Without an account it waits in suspense.

    `into` is the cash code where it is not the tender's own (a drawer); `fee_cents` comes on top of
    `cents` and goes to general.fees; `key` names it once for all.
    """

    account_id: int | None
    tender: str
    cents: Cents
    received_on: date
    key: str
    reference: str = ""
    channel: str = "desk"
    intent_id: str | None = None
    fee_cents: Cents = 0
    into: str = ""


def take_payment(
    session: Session, taking: Taking, actor: str, order: Order | None = None
) -> Payment:
    """Take one payment, apply it in the city's order, keep what is over as the account's credit.

    Raises NotFound (account), BadAmount, AnotherBody, ClosedPeriod.
    """
    return take_many(session, (taking,), actor, order)[0]


def take_many(
    session: Session, takings: Sequence[Taking], actor: str, order: Order | None = None
) -> list[Payment]:
    """Take many payments in a few statements, all or none; a key that comes again is a replay.

    Several of one account are applied in the order they stand here. Raises as `take_payment`.
    """
    takings = [_checked(taking) for taking in takings]
    _lock(session, takings)
    known = _before(session, takings)
    new = {each.key: each for each in takings if each.key not in known}
    made = _take(session, list(new.values()), actor, order or order_in_use()) if new else {}
    for taking in takings:
        _same({**known, **made}[taking.key], taking)
    return [{**known, **made}[taking.key] for taking in takings]


def _lock(session: Session, takings: Sequence[Taking]) -> None:
    charges.lock(session, {each.account_id for each in takings if each.account_id is not None})
    loose = [each.key for each in takings if each.account_id is None]
    if loose:
        session.execute(LOCK, {"keys": loose})


def _take(
    session: Session, takings: Sequence[Taking], actor: str, order: Order
) -> dict[str, Payment]:
    accounts = {each.account_id for each in takings if each.account_id is not None}
    still = charges.open_by_account(session, accounts)
    applied = [_apply(still, each, order) for each in takings]
    postings = [_posting(each, to, actor) for each, to in zip(takings, applied, strict=True)]
    posted = post_many(session, postings)
    ids = session.execute(IDS, {"count": len(takings)}).scalars().all()
    payments = [
        _payment(taking, transaction.transaction_id, number)
        for taking, transaction, number in zip(takings, posted, ids, strict=True)
    ]
    session.execute(WRITE, _columns(payments))
    charges.write(session, _allocations(payments, applied))
    return {taking.key: payment for taking, payment in zip(takings, payments, strict=True)}


def _apply(still: dict[int, list[Open]], taking: Taking, order: Order) -> Applied:
    """Apply one, and remember what is open after it."""
    if taking.account_id is None:
        return Applied(unapplied=taking.cents)
    mine = still.get(taking.account_id, [])
    applied = allocate(mine, taking.cents, order, taking.received_on)
    still[taking.account_id] = left_open(mine, applied.parts)
    return applied


def _posting(taking: Taking, applied: Applied, actor: str) -> Posting:
    code = taking.into or CASH_CODES[taking.tender]
    lines = received(code, applied.by_service, applied.unapplied, taking.account_id)
    memo = {"tender": taking.tender, "channel": taking.channel, "reference": taking.reference}
    return Posting(
        taking.key,
        "payment",
        taking.received_on,
        actor,
        (*lines, *fee_lines(code, taking.fee_cents)),
        taking.account_id,
        memo,
    )


def fee_lines(cash_code: str, cents: Cents) -> tuple[Line, ...]:
    """Take a fee for paying in, at once and without a charge; nothing for no fee."""
    if not cents:
        return ()
    return (
        Line(cash_code, above_zero(cents)),
        Line("pool.due_to_general", -cents),
        Line("general.due_from_pool", cents),
        Line("general.fees", -cents),
    )


def _payment(taking: Taking, transaction_id: int, number: int) -> Payment:
    payment = Payment(
        receipt=receipt(number),
        account_id=taking.account_id,
        intent_id=taking.intent_id,
        tender=taking.tender,
        cents=taking.cents,
        received_on=taking.received_on,
        reference=taking.reference,
        channel=taking.channel,
        transaction_id=transaction_id,
    )
    payment.id = number
    return payment


def _allocations(payments: Iterable[Payment], applied: Iterable[Applied]) -> list[charges.Moved]:
    return [
        charges.Moved(part.charge_id, part.cents, payment.transaction_id, payment.id)
        for payment, to in zip(payments, applied, strict=True)
        for part in to.parts
    ]


def _before(session: Session, takings: Sequence[Taking]) -> dict[str, Payment]:
    found: dict[str, Payment] = {}
    for row in session.execute(BEFORE, {"keys": [each.key for each in takings]}).mappings():
        fields = dict(row)
        key, number = fields.pop("key"), fields.pop("id")
        found[key] = Payment(**fields)
        found[key].id = number
    return found


def _same(payment: Payment, taking: Taking) -> None:
    """Refuse a key that was used for another payment; the day may differ between deliveries."""
    was = (payment.account_id, payment.cents, payment.tender, payment.reference, payment.intent_id)
    asked = (taking.account_id, taking.cents, taking.tender, taking.reference, taking.intent_id)
    if was != asked:
        message = f"the key {taking.key!r} was used for payment {payment.receipt}"
        raise AnotherBody("same key, same body", message, SAME_KEY)


def _checked(taking: Taking) -> Taking:
    """Refuse what is no payment; of its reference keep no number of a card: the money is here."""
    above_zero(taking.cents)
    if whole(taking.fee_cents) < 0 or not taking.key:
        message = f"{taking.key!r} with a fee of {taking.fee_cents} is no payment"
        raise BadAmount("above zero", message, "Give a key, and no fee below zero.")
    if not taking.into and taking.tender not in CASH_CODES:
        advice = f"Tenders are {', '.join(sorted(CASH_CODES))}."
        raise NotFound("known tender", f"{taking.tender!r} is no tender", advice)
    return replace(taking, reference=blotted(taking.reference))


def _columns(payments: Sequence[Payment]) -> dict[str, list[object]]:
    return {
        "ids": [each.id for each in payments],
        "receipts": [each.receipt for each in payments],
        "accounts": [each.account_id for each in payments],
        "intents": [each.intent_id for each in payments],
        "tenders": [each.tender for each in payments],
        "cents": [each.cents for each in payments],
        "ons": [each.received_on for each in payments],
        "references": [each.reference for each in payments],
        "channels": [each.channel for each in payments],
        "transactions": [each.transaction_id for each in payments],
    }
