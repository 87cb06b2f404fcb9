"""The books as CSV for other systems: general ledger, trial balance, aging. Amounts in dollars.

Aging is what is open of each charge at the end of a month by how long it has been due: days past
the due day, 0 to 30 (and what is not due yet), 31 to 60, 61 to 90, 90 and more. It is worked out
from charges and what is open of them now, so it is exact for the running month.
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
    sum(c.open_cents) FILTER (WHERE :on - c.due_on <= 30) AS first,
    sum(c.open_cents) FILTER (WHERE :on - c.due_on BETWEEN 31 AND 60) AS second,
    sum(c.open_cents) FILTER (WHERE :on - c.due_on BETWEEN 61 AND 90) AS third,
    sum(c.open_cents) FILTER (WHERE :on - c.due_on > 90) AS last,
    sum(c.open_cents) AS total
FROM charges c JOIN accounts a ON a.id = c.account_id
WHERE c.open_cents > 0 AND c.charged_on <= :on
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
    """Give the aging's head, a row for each account and service, and a last row with the sums."""
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
