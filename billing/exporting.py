"""The books as CSV for other systems: general ledger, trial balance, aging. Amounts in dollars.

Aging is what is open of each charge at the end of a month by how long it has been due: days past
the due day, 0 to 30 (and what is not due yet), 31 to 60, 61 to 90, 90 and more. What was open on a
day is what is open now without the allocations that count later, so that the sums of a service are
its receivable in the trial balance of the same day, however long ago that is. A payment that counts
before the charge it was applied to stands in the first column, below zero, until that day.
"""

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Final, TextIO

from sqlalchemy import text
from sqlalchemy.orm import Session

from billing.ledger import books
from billing.money import Cents

Row = Sequence[object]

LEDGER: Final = (
    "entry", "transaction", "key", "kind", "effective_on", "posted_on", "actor", "fund", "code",
    "debit", "credit", "account", "reverses", "belongs_to",
)  # fmt: skip
TRIAL: Final = ("fund", "code", "kind", "name", "debit", "credit")
AGING: Final = ("account", "service", "0-30", "31-60", "61-90", "90+", "total")
AGED: Final = text("""
SELECT a.number, c.service,
    sum(c.open) FILTER (WHERE c.days <= 30) AS first,
    sum(c.open) FILTER (WHERE c.days BETWEEN 31 AND 60) AS second,
    sum(c.open) FILTER (WHERE c.days BETWEEN 61 AND 90) AS third,
    sum(c.open) FILTER (WHERE c.days > 90) AS last,
    sum(c.open) AS total
FROM (
    SELECT c.account_id, c.service, sum(part.cents) AS open,
        CASE WHEN bool_or(part.ahead) THEN 0 ELSE CAST(:on AS date) - c.due_on END AS days
    FROM (
        SELECT id AS charge_id, open_cents AS cents, false AS ahead FROM charges
        WHERE open_cents > 0
        UNION ALL
        SELECT l.charge_id, l.cents, false FROM allocations l
        JOIN journal j ON j.id = l.transaction_id WHERE j.effective_on > :on
        UNION ALL
        SELECT c.id, -c.cents, true FROM charges c
        JOIN journal j ON j.id = c.transaction_id WHERE j.effective_on > :on) part
    JOIN charges c ON c.id = part.charge_id GROUP BY c.id HAVING sum(part.cents) <> 0) c
JOIN accounts a ON a.id = c.account_id
GROUP BY a.number, c.service ORDER BY a.number, c.service""")


def ledger(session: Session, first: date, last: date) -> Iterator[Row]:
    """Give the general ledger's head and a row for each entry, effective first to last."""
    yield LEDGER
    for row in books.ledger_rows(session, first, last):
        yield (
            row.id, row.transaction_id, row.key, row.kind, row.effective_on, row.posted_on,
            row.actor, row.fund, row.code, dollars(max(row.cents, 0)), dollars(max(-row.cents, 0)),
            row.account or "", row.reverses or "", row.belongs_to or "",
        )  # fmt: skip


def trial_balance(session: Session, last: date) -> Iterator[Row]:
    """Give the trial balance's head, a row for each code, and a last row with both columns."""
    yield TRIAL
    rows = books.trial_balance(session, last)
    for row in rows:
        debit, credit = dollars(row.debit), dollars(row.credit)
        yield row.fund, row.code, row.kind, row.name_en, debit, credit
    debits, credits_ = sum(row.debit for row in rows), sum(row.credit for row in rows)
    yield "", "", "", "total", dollars(debits), dollars(credits_)


def aging(session: Session, on: date) -> Iterator[Row]:
    """Give the aging's head, a row for each account and service, and a last row with the sums.

    It is that of the end of a day, from what was posted to count then, in any month.
    """
    yield AGING
    sums = [0, 0, 0, 0, 0]
    for number, service, *buckets in session.execute(AGED, {"on": on}):
        cents = [int(one or 0) for one in buckets]
        sums = [one + more for one, more in zip(sums, cents, strict=True)]
        yield number, service, *(dollars(one) for one in cents)
    yield "total", "", *(dollars(one) for one in sums)


def write(rows: Iterable[Row], out: TextIO) -> int:
    """Write rows as CSV; gives how many there were besides the head."""
    written = -1
    writer = csv.writer(out, lineterminator="\n")
    for row in rows:
        writer.writerow([_harmless(cell) for cell in row])
        written += 1
    return written


def dollars(cents: Cents) -> Decimal:
    """Write cents as dollars with two places, without a sign or commas: 1234.56."""
    return Decimal(cents).scaleb(-2)


def _harmless(cell: object) -> object:
    # A spreadsheet would take such a text for a formula.
    is_formula = isinstance(cell, str) and cell.startswith(("=", "+", "-", "@", "\t", "\r"))
    return f"'{cell}" if is_formula else cell
