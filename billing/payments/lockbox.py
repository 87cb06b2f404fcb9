"""A lockbox file: many payments at once, taken whole and only if its control totals agree."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from io import StringIO
from typing import Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from billing.errors import AnotherBody, BadAmount, BillingError
from billing.money import Cents, parse
from billing.payments.taking import Taking, take_many

COLUMNS: Final = ("account", "amount", "reference")
NUMBERS: Final = text("""
SELECT number, id FROM accounts WHERE number = ANY (CAST(:numbers AS text[]))""")
KEYS: Final = text("SELECT key FROM journal WHERE key = ANY (CAST(:keys AS text[]))")
AGREE: Final = "Ask the bank for the file again; nothing of it was posted."


@dataclass(frozen=True, slots=True)
class Item:
    """One remittance: whose, how much, and the bank's reference."""

    account: str
    cents: Cents
    reference: str


@dataclass(frozen=True, slots=True)
class Taken:
    """What a file came to: payments, cents, and how many are of no account known here."""

    count: int
    cents: Cents
    unknown: int


def read(written: str) -> list[Item]:
    """Read a CSV of account, amount, reference; raises BadAmount naming the line."""
    rows = csv.DictReader(StringIO(written))
    if tuple(rows.fieldnames or ()) != COLUMNS:
        message = f"the columns are {rows.fieldnames}"
        raise BadAmount("columns", message, f"Columns are {', '.join(COLUMNS)}.")
    return [_item(place, row) for place, row in enumerate(rows, 2)]


def take(  # noqa: PLR0913  a file, what the bank says of it, when and by whom
    session: Session,
    batch: str,
    items: Sequence[Item],
    *,
    count: int,
    cents: Cents,
    on: date,
    actor: str,
) -> Taken:
    """Take a file in, whole, once per batch; what names no account waits in suspense.

    Raises BadAmount where the items are not `count`, or do not add up to `cents`; AnotherBody where
    the batch was taken with other items.
    """
    total = sum(item.cents for item in items)
    if (len(items), total) != (count, cents):
        message = f"{len(items)} items of {total} cents, not {count} of {cents}"
        raise BadAmount("control totals", message, AGREE)
    _same_many(session, batch, count)
    numbers = [item.account for item in items]
    rows = session.execute(NUMBERS, {"numbers": numbers})
    known = {row.number: int(row.id) for row in rows}
    takings = [
        Taking(
            account_id=known.get(item.account),
            tender="lockbox",
            cents=item.cents,
            received_on=on,
            key=_key(batch, place),
            reference=item.reference,
            channel="lockbox",
        )
        for place, item in enumerate(items, 1)
    ]
    take_many(session, takings, actor)
    return Taken(len(items), total, sum(item.account not in known for item in items))


def _key(batch: str, place: int) -> str:
    return f"lockbox:{batch}:{place}"


def _same_many(session: Session, batch: str, count: int) -> None:
    """Refuse a batch that was taken with more or fewer items: it was taken whole."""
    first, last, beyond = (_key(batch, place) for place in (1, count, count + 1))
    found = set(session.execute(KEYS, {"keys": [first, last, beyond]}).scalars())
    if beyond in found or (first in found and last not in found):
        message = f"the batch {batch!r} was taken with other items"
        raise AnotherBody("same batch, same items", message, "Give new items a batch of their own.")


def _item(place: int, row: dict[str, str]) -> Item:
    try:
        return Item((row["account"] or "").strip(), parse(row["amount"]), row["reference"] or "")
    except BillingError as error:
        raise BadAmount(error.rule, f"line {place}: {error}", error.advice) from error
