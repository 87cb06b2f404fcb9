"""Which days of an account no bill covers, though a later bill stands: nobody would bill them.

The days after the last bill are not among them: the next bill takes those.
"""

from collections import defaultdict
from collections.abc import Collection
from datetime import date
from typing import Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from billing.rates.shapes import Span

# A bill that charged nothing is void when it would be posted; what it found of its days stands. The
# rows without a bill say where an account's first bill began that was taken back.
COVERED: Final = """
SELECT account_id, id, starts_on, ends_on FROM statements
WHERE state <> 'void' OR (charges_cents = 0 AND transaction_id IS NULL
    AND NOT findings @> '[{"code": "not rated"}]')
UNION ALL
SELECT account_id, 0, min(starts_on), min(starts_on) FROM statements WHERE state = 'void'
GROUP BY account_id"""
LEFT_OUT: Final = f"""
SELECT account_id, billed_to AS first, starts_on AS last FROM (
    SELECT account_id, starts_on, max(ends_on) OVER (PARTITION BY account_id
        ORDER BY starts_on, id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS billed_to
    FROM ({COVERED}) covered) bills
WHERE billed_to < starts_on AND EXISTS (SELECT FROM agreements g
    WHERE g.account_id = bills.account_id AND g.starts_on < bills.starts_on
    AND (g.ends_on IS NULL OR (g.ends_on > billed_to AND g.ends_on > g.starts_on)))"""  # noqa: S608  our own words
# Account by account, by the index: the planner would read every bill there is for a few hundred.
OF_ACCOUNTS: Final = text(f"""
SELECT days.* FROM unnest(CAST(:accounts AS bigint[])) AS asked (id)
CROSS JOIN LATERAL (SELECT * FROM ({LEFT_OUT}) every
    WHERE account_id = asked.id OFFSET 0) days
WHERE days.last <= :on ORDER BY days.account_id, days.first""")  # noqa: S608  as above
NEXT: Final = text("""
SELECT n.number FROM statements s JOIN statements n ON n.account_id = s.account_id
WHERE s.id = :id AND n.id <> s.id AND n.state <> 'void' AND n.starts_on >= s.ends_on
AND EXISTS (SELECT FROM agreements g WHERE g.account_id = s.account_id AND g.starts_on < s.ends_on
    AND (g.ends_on IS NULL OR (g.ends_on > s.starts_on AND g.ends_on > g.starts_on)))
ORDER BY n.starts_on, n.id LIMIT 1""")
TOGETHER: Final = text("""
SELECT id FROM accounts WHERE id = ANY (CAST(:accounts AS bigint[])) ORDER BY id FOR KEY SHARE""")
ALONE: Final = text("SELECT id FROM accounts WHERE id = :account FOR UPDATE")


def left_out(session: Session, accounts: Collection[int], on: date) -> dict[int, list[Span]]:
    """Give the days of these accounts up to a day that no bill has, and service was taken in."""
    found: dict[int, list[Span]] = defaultdict(list)
    for row in session.execute(OF_ACCOUNTS, {"accounts": list(accounts), "on": on}):
        found[row.account_id].append(Span(row.first, row.last))
    return dict(found)


def next_bill(session: Session, statement_id: int) -> str | None:
    """Give the number of the bill after one whose days would be left out if that one were void."""
    return session.execute(NEXT, {"id": statement_id}).scalar_one_or_none()


def keep_bills(session: Session, accounts: Collection[int]) -> None:
    """Let no bill of these accounts be void while others are made; payments go on meanwhile."""
    session.execute(TOGETHER, {"accounts": list(accounts)})


def decide_alone(session: Session, account_id: int) -> None:
    """Wait until nobody makes bills of an account, and let nobody until this is committed."""
    session.execute(ALONE, {"account": account_id})
