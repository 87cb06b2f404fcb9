"""The books: trial balance by fund, and the general ledger row by row for export."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from billing.money import Cents

AT_ONCE: Final = 5_000
ALL: Final = "SELECT code, sum(cents) AS cents FROM entries GROUP BY code"
# Sums by code and day of everything but what came later; a date costs the join with the journal.
AS_OF: Final = """
SELECT e.code, sum(e.cents) AS cents FROM entries e JOIN journal j ON j.id = e.transaction_id
WHERE j.effective_on <= :as_of GROUP BY e.code"""
ROWS: Final = """
SELECT a.fund, a.code, a.kind, a.name_en, a.name_es, CAST(s.cents AS bigint) AS cents
FROM ({sums}) s JOIN ledger_accounts a USING (code) WHERE s.cents <> 0 ORDER BY a.fund, a.code"""
LEDGER: Final = text("""
SELECT e.id, j.id AS transaction_id, j.key, j.kind, j.effective_on, j.posted_on, j.posted_at,
    j.actor, e.fund, e.code, e.cents, a.number AS account, j.reverses, j.belongs_to
FROM journal j JOIN entries e ON e.transaction_id = j.id LEFT JOIN accounts a ON a.id = e.account_id
WHERE j.effective_on BETWEEN :first AND :last ORDER BY j.effective_on, j.id, e.id""")


@dataclass(frozen=True, slots=True)
class TrialRow:
    """What one code adds up to, in cents: debit above zero, credit below."""

    fund: str
    code: str
    kind: str
    name_en: str
    name_es: str
    cents: Cents

    @property
    def debit(self) -> Cents:
        """Give the debit column."""
        return max(self.cents, 0)

    @property
    def credit(self) -> Cents:
        """Give the credit column."""
        return max(-self.cents, 0)


@dataclass(frozen=True, slots=True)
class Footing:
    """The two columns of one fund; they are equal, or the books are broken."""

    fund: str
    debits: Cents
    credits: Cents


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One entry with its transaction, as the general ledger lists it; `account` by its number."""

    id: int
    transaction_id: int
    key: str
    kind: str
    effective_on: date
    posted_on: date
    posted_at: datetime
    actor: str
    fund: str
    code: str
    cents: Cents
    account: str | None
    reverses: int | None
    belongs_to: date | None


def trial_balance(session: Session, as_of: date | None = None) -> list[TrialRow]:
    """Add up every code, of all that is effective up to a day (or ever), by fund and code."""
    sums = ALL if as_of is None else AS_OF
    rows = session.execute(text(ROWS.format(sums=sums)), {} if as_of is None else {"as_of": as_of})
    return [TrialRow(*row) for row in rows]


def footings(session: Session, as_of: date | None = None) -> list[Footing]:
    """Add up the debit and the credit column of every fund."""
    rows = trial_balance(session, as_of)
    funds = sorted({row.fund for row in rows})
    return [
        Footing(
            fund,
            sum(row.debit for row in rows if row.fund == fund),
            sum(row.credit for row in rows if row.fund == fund),
        )
        for fund in funds
    ]


def ledger_rows(session: Session, first: date, last: date) -> Iterator[LedgerRow]:
    """List every entry effective from `first` to `last`, in order, a few thousand at a time."""
    found = session.execute(
        LEDGER, {"first": first, "last": last}, execution_options={"yield_per": AT_ONCE}
    )
    for row in found:
        yield LedgerRow(*row)
