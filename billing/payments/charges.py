"""Open charges: reading and locking them, moving what is open, and adding a fee as a charge.

A charge is only ever moved by an allocation; the database does the rest. Whoever moves one holds
the lock of its account first.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from billing.errors import NotFound, translated
from billing.ledger.journal import Posting, post
from billing.ledger.lines import charged
from billing.money import Cents
from billing.payments.allocation import Open, Part

# Not FOR UPDATE: that would make a posting's foreign key to the account wait for it too.
LOCK: Final = text("""
SELECT id FROM accounts WHERE id = ANY (CAST(:accounts AS bigint[])) ORDER BY id
FOR NO KEY UPDATE""")
OPEN: Final = text("""
SELECT account_id, id, service, kind, open_cents, due_on FROM charges
WHERE account_id = ANY (CAST(:accounts AS bigint[])) AND open_cents > 0
ORDER BY account_id, due_on, id""")
WRITE: Final = text("""
INSERT INTO allocations (payment_id, charge_id, transaction_id, cents)
SELECT payment, charge, transaction, cents FROM unnest(CAST(:payments AS bigint[]),
    CAST(:charges AS bigint[]), CAST(:transactions AS bigint[]), CAST(:cents AS bigint[]))
    AS made (payment, charge, transaction, cents)""")
CHARGE: Final = text("""
INSERT INTO charges (account_id, transaction_id, service, kind, cents, open_cents, charged_on,
    due_on)
VALUES (:account, :transaction, :service, :kind, :cents, :cents, :on, :due) RETURNING id""")
MADE: Final = text("SELECT id FROM charges WHERE transaction_id = :transaction")
ANY_KEY: Final = text("""
SELECT EXISTS (SELECT FROM journal WHERE account_id = :account AND starts_with(key, :start))""")
STANDING: Final = text("""
SELECT c.id, c.service, CAST(sum(a.cents) AS bigint) AS cents, max(a.id) AS last
FROM allocations a JOIN charges c ON c.id = a.charge_id WHERE a.payment_id = :payment
GROUP BY c.id, c.service HAVING sum(a.cents) > 0 ORDER BY last DESC""")
FREED: Final = text("""
SELECT c.id, c.service, CAST(-sum(a.cents) AS bigint) AS cents
FROM allocations a JOIN charges c ON c.id = a.charge_id JOIN journal j ON j.id = a.transaction_id
WHERE a.payment_id = :payment AND j.kind = 'payment freed'
GROUP BY c.id, c.service ORDER BY c.id""")
CREDITED: Final = text("""
SELECT c.id, c.service, CAST(sum(a.cents) AS bigint) AS cents, max(a.id) AS last
FROM allocations a JOIN charges c ON c.id = a.charge_id JOIN journal j ON j.id = a.transaction_id
WHERE c.account_id = :account AND a.payment_id IS NULL AND j.kind = ANY (CAST(:kinds AS text[]))
GROUP BY c.id, c.service HAVING sum(a.cents) > 0 ORDER BY last DESC""")
CREDIT_KINDS: Final = ("credit used", "credit taken back")


@dataclass(frozen=True, slots=True)
class Moved:
    """An allocation to be written: below zero where it is taken back."""

    charge_id: int
    cents: Cents
    transaction_id: int
    payment_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fee:
    """A fee to be charged: `code` is what earned it, such as "general.fees"."""

    account_id: int
    service: str
    kind: str
    cents: Cents
    on: date
    due_on: date
    code: str


def lock(session: Session, accounts: Collection[int]) -> None:
    """Lock accounts until the transaction ends, lowest id first; raises NotFound."""
    found = session.execute(LOCK, {"accounts": sorted(accounts)}).scalars().all()
    missing = sorted({*accounts} - {*found})
    if missing:
        message = f"there is no account {missing[0]}"
        raise NotFound("known account", message, "Look the account up by its number.")


def open_by_account(session: Session, accounts: Collection[int]) -> dict[int, list[Open]]:
    """Read the open charges of these accounts."""
    found: dict[int, list[Open]] = {}
    for row in session.execute(OPEN, {"accounts": list(accounts)}):
        charge = Open(row.id, row.service, row.kind, row.open_cents, row.due_on)
        found.setdefault(row.account_id, []).append(charge)
    return found


def open_of(session: Session, account_id: int, service: str | None = None) -> list[Open]:
    """Read the open charges of one account, of one service where it is named."""
    found = open_by_account(session, (account_id,)).get(account_id, [])
    return [charge for charge in found if service in {None, charge.service}]


def write(session: Session, moved: Sequence[Moved]) -> None:
    """Write allocations; raises Conflict where more would be taken than is open."""
    if not moved:
        return
    given = {
        "payments": [each.payment_id for each in moved],
        "charges": [each.charge_id for each in moved],
        "transactions": [each.transaction_id for each in moved],
        "cents": [each.cents for each in moved],
    }
    try:
        session.execute(WRITE, given)
    except DBAPIError as error:
        raise translated(error) from error


def paid_by(parts: Iterable[Part], transaction_id: int) -> list[Moved]:
    """Turn parts into allocations that no payment stands behind."""
    return [Moved(part.charge_id, part.cents, transaction_id) for part in parts]


def taken_back(parts: Iterable[Part], transaction_id: int, payment: int | None) -> list[Moved]:
    """Turn parts into allocations that take them back."""
    return [Moved(part.charge_id, -part.cents, transaction_id, payment) for part in parts]


def standing(session: Session, payment_id: int) -> list[Part]:
    """Read where a payment still stands, the last applied first."""
    rows = session.execute(STANDING, {"payment": payment_id})
    return [Part(row.id, row.service, row.cents) for row in rows]


def freed(session: Session, payment_id: int) -> list[Part]:
    """Read what a payment had paid of bills that were corrected since: its credit by then."""
    rows = session.execute(FREED, {"payment": payment_id})
    return [Part(row.id, row.service, row.cents) for row in rows]


def credited(session: Session, account_id: int) -> list[Part]:
    """Read where an account's credit still stands, the last used first."""
    given = {"account": account_id, "kinds": list(CREDIT_KINDS)}
    return [Part(row.id, row.service, row.cents) for row in session.execute(CREDITED, given)]


def some(parts: Iterable[Part], cents: Cents) -> list[Part]:
    """Take the first of these parts up to `cents`."""
    taken: list[Part] = []
    for part in parts:
        most = min(part.cents, cents - sum(each.cents for each in taken))
        taken += [Part(part.charge_id, part.service, most)] if most > 0 else []
    return taken


def add_fee(session: Session, fee: Fee, actor: str, key: str) -> int:
    """Charge a fee once per key; gives the charge's id. Raises as the ledger does."""
    lines = charged(fee.service, fee.cents, fee.account_id, fee.code)
    memo = {"kind": fee.kind}
    posting = Posting(key, "fee", fee.on, actor, lines, fee.account_id, memo)
    posted = post(session, posting)
    if posted.again:
        return session.execute(MADE, {"transaction": posted.transaction_id}).scalar_one()
    given = {"account": fee.account_id, "service": fee.service, "kind": fee.kind}
    given |= {"cents": fee.cents, "on": fee.on, "due": fee.due_on}
    return session.execute(CHARGE, {**given, "transaction": posted.transaction_id}).scalar_one()


def any_key(session: Session, account_id: int, start: str) -> bool:
    """Say whether the key of any transaction of an account begins so."""
    return session.execute(ANY_KEY, {"account": account_id, "start": start}).scalar_one()
