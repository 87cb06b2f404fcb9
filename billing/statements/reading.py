"""Reading a bill back from its rows, as it can be worded, drawn and explained again."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from billing.errors import NotFound
from billing.rates.shapes import Rated, Span
from billing.statements.body import Bill

HEAD: Final = text("""
SELECT s.*, a.number AS account, r.name, r.mailing, p.address, p.zip
FROM statements s JOIN accounts a ON a.id = s.account_id JOIN residents r ON r.id = a.resident_id
JOIN premises p ON p.id = a.premise_id WHERE s.number = :number""")
LINES: Final = text("SELECT * FROM statement_lines WHERE statement_id = :id ORDER BY position")
USE: Final = text("""
SELECT s.bill_on, l.service, l.unit, CAST(sum(l.quantity) AS numeric) AS units,
    max(s.ends_on - s.starts_on) AS days
FROM statements s JOIN statement_lines l ON l.statement_id = s.id
WHERE s.account_id = :account AND s.bill_on <= :on AND s.bill_on > CAST(:on AS date) - 400
AND (s.state = 'posted' OR s.number = :number)
AND l.kind = 'use' AND l.unit IN ('kWh', 'kgal') AND l.service IN ('power', 'water')
GROUP BY s.id, s.bill_on, l.service, l.unit ORDER BY s.bill_on, l.service""")
FIGURES: Final = 13


@dataclass(frozen=True, slots=True)
class UseBar:
    """What was used in one bill's days, by day in thousandths, for a bar of a chart."""

    bill_on: date
    service: str
    unit: str
    thousandths_a_day: int


def bill_of_statement(session: Session, number: str) -> Bill:
    """Read a bill by its number; raises NotFound."""
    head = session.execute(HEAD, {"number": number}).one_or_none()
    if head is None:
        raise NotFound("known statement", f"there is no statement {number!r}", "List them.")
    return Bill(
        number=head.number,
        account=head.account,
        kind=head.kind,
        name=head.name,
        address=f"{head.address}, {head.zip}",
        mailing=head.mailing,
        span=Span(head.starts_on, head.ends_on),
        bill_on=head.bill_on,
        due_on=head.due_on,
        before_cents=head.before_cents,
        charges_cents=head.charges_cents,
        language=head.language,
        lines=tuple(rated_of(row) for row in session.execute(LINES, {"id": head.id})),
    )


def rated_of(row: Row[Any]) -> Rated:
    """Give a kept line as the engine gave it."""
    return Rated(
        row.service, row.kind, row.tariff, row.version, row.quantity, row.unit, row.rate,
        row.days, row.cents, row.basis,
    )  # fmt: skip


def use_of_months(session: Session, number: str) -> tuple[UseBar, ...]:
    """Give the use by day of the last 13 bills of an account, up to this one, by service."""
    head = session.execute(HEAD, {"number": number}).one_or_none()
    if head is None:
        raise NotFound("known statement", f"there is no statement {number!r}", "List them.")
    given = {"account": head.account_id, "on": head.bill_on, "number": number}
    bars = [
        UseBar(row.bill_on, row.service, row.unit, int(row.units * 1000) // max(row.days, 1))
        for row in session.execute(USE, given)
    ]
    dates = sorted({bar.bill_on for bar in bars})[-FIGURES:]
    return tuple(bar for bar in bars if bar.bill_on in dates)
