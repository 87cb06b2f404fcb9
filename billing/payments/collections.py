"""Debts handed to collections and recalled; credits nobody claims, reported to the state.

A list is made in a batch, once; a person sends its file. Nothing is taken off what is owed by it.
"""

import csv
from collections.abc import Sequence
from datetime import date, timedelta
from io import StringIO
from typing import Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from billing.errors import Conflict
from billing.ledger.balances import owed_by_each
from billing.ledger.journal import Line, Posting, post_many
from billing.money import Cents, shown
from billing.payments import charges
from billing.payments.policies import CollectionRules, collection_rules

DEBTS: Final = "collections"
CREDITS: Final = "unclaimed property"
HEADER: Final = ("account", "name", "mailing", "address", "amount", "oldest due")
CREDIT: Final = "pool.unapplied"

LIST: Final = text("""
INSERT INTO collections (account_id, kind, cents, batch, state)
SELECT c.account_id, 'collections', sum(c.open_cents), :batch, 'listed'
FROM charges c JOIN accounts a ON a.id = c.account_id
WHERE c.open_cents > 0 AND a.status IN ('final', 'closed')
AND NOT EXISTS (SELECT FROM collections l WHERE l.account_id = c.account_id
    AND l.kind = 'collections' AND l.state IN ('listed', 'sent'))
AND NOT EXISTS (SELECT FROM holds h WHERE h.account_id = c.account_id
    AND h.kind IN ('dispute', 'bankruptcy', 'arrangement') AND h.released_at IS NULL
    AND h.starts_on <= :on AND (h.ends_on IS NULL OR h.ends_on >= :on))
GROUP BY c.account_id HAVING sum(c.open_cents) >= :least AND min(c.due_on) < :before
ORDER BY c.account_id ON CONFLICT DO NOTHING RETURNING account_id""")
LIST_CREDITS: Final = text("""
INSERT INTO collections (account_id, kind, cents, batch, state)
SELECT b.account_id, 'unclaimed property', -b.cents, :batch, 'listed'
FROM balances b JOIN accounts a ON a.id = b.account_id
WHERE b.code = 'pool.unapplied' AND b.cents < 0 AND a.status = 'closed'
AND NOT EXISTS (SELECT FROM journal j WHERE j.account_id = b.account_id
    AND j.effective_on > :before)
AND NOT EXISTS (SELECT FROM collections l WHERE l.account_id = b.account_id
    AND l.kind = 'unclaimed property' AND l.state = 'listed')
ORDER BY b.account_id ON CONFLICT DO NOTHING RETURNING account_id""")
ROWS: Final = text("""
SELECT a.number, r.name, r.mailing, p.address, l.cents,
    (SELECT min(c.due_on) FROM charges c WHERE c.account_id = l.account_id AND c.open_cents > 0)
    AS oldest
FROM collections l JOIN accounts a ON a.id = l.account_id
JOIN residents r ON r.id = a.resident_id JOIN premises p ON p.id = a.premise_id
WHERE l.batch = :batch AND l.kind = :kind AND l.state <> 'recalled' ORDER BY a.number""")
STEP: Final = text("""
UPDATE collections SET state = :after WHERE batch = :batch AND kind = :kind AND state = :before
RETURNING account_id, cents""")
LISTED: Final = text("""
SELECT account_id, cents FROM collections
WHERE batch = :batch AND kind = :kind AND state = 'listed' ORDER BY account_id""")
MOVED: Final = text("""
UPDATE collections SET state = 'recalled' WHERE batch = :batch AND kind = :kind
AND state = 'listed' AND account_id = ANY (CAST(:accounts AS bigint[]))""")
END: Final = text("""
UPDATE collections SET state = :after WHERE account_id = :account AND kind = 'collections'
AND state IN ('listed', 'sent') RETURNING batch""")


def list_debts(
    session: Session, batch: str, on: date, rules: CollectionRules | None = None
) -> Sequence[int]:
    """List debts of ended accounts that are past due long enough; gives the accounts.

    An account is listed once until it is recalled or paid; disputes and bankruptcies are left out.
    """
    rules = rules or collection_rules()
    given = {"batch": batch, "on": on, "least": rules.least}
    before = on - timedelta(days=rules.days)
    return session.execute(LIST, {**given, "before": before}).scalars().all()


def list_credits(
    session: Session, batch: str, on: date, rules: CollectionRules | None = None
) -> Sequence[int]:
    """List credits of closed accounts that nobody moved for the years of the law."""
    before = (rules or collection_rules()).dormant_before(on)
    return session.execute(LIST_CREDITS, {"batch": batch, "before": before}).scalars().all()


def export(session: Session, batch: str, kind: str = DEBTS) -> str:
    """Write a batch as CSV, one line for each account; the amounts as text in dollars."""
    written = StringIO()
    table = csv.writer(written, lineterminator="\n")
    table.writerow(HEADER)
    for row in session.execute(ROWS, {"batch": batch, "kind": kind}):
        told = (row.number, row.name, row.mailing, row.address, shown(row.cents), row.oldest or "")
        table.writerow([_plain(str(each)) for each in told])
    return written.getvalue()


def sent(session: Session, batch: str) -> int:
    """Note that a batch of debts was handed over; gives how many."""
    given = {"batch": batch, "kind": DEBTS, "before": "listed", "after": "sent"}
    return len(session.execute(STEP, given).all())


def recall(session: Session, account_id: int) -> str:
    """Take an account back from collections; gives its batch. Raises Conflict."""
    return _end(session, account_id, "recalled")


def paid(session: Session, account_id: int) -> str:
    """Note that collections got the debt paid; gives the batch. Raises Conflict."""
    return _end(session, account_id, "paid")


def report_credits(session: Session, batch: str, on: date, actor: str) -> Cents:
    """Hand a batch of unclaimed credits to the state, once; gives the sum.

    A credit that moved since it was listed is no longer unclaimed: it is taken off the list.
    """
    given = {"batch": batch, "kind": CREDITS, "before": "listed", "after": "sent"}
    listed = {row.account_id: row.cents for row in session.execute(LISTED, given)}
    charges.lock(session, listed)
    held = owed_by_each(session, listed)
    moved = [account for account, cents in listed.items() if held[account].credit != cents]
    session.execute(MOVED, {**given, "accounts": moved})
    rows = session.execute(STEP, given).all()
    post_many(session, [_unclaimed(batch, row.account_id, row.cents, (on, actor)) for row in rows])
    return sum(row.cents for row in rows)


def _end(session: Session, account_id: int, after: str) -> str:
    batch = session.execute(END, {"account": account_id, "after": after}).scalar_one_or_none()
    if batch is None:
        message = "the account is not with collections"
        raise Conflict("collections", message, "Look at the account again.")
    return batch


def _unclaimed(batch: str, account: int, cents: Cents, how: tuple[date, str]) -> Posting:
    on, actor = how
    lines = (Line(CREDIT, cents, account), Line("pool.unclaimed", -cents))
    key = f"unclaimed:{batch}:{account}"
    return Posting(key, "unclaimed property", on, actor, lines, account, {"batch": batch})


def _plain(cell: str) -> str:
    """Keep a spreadsheet from taking a name for a formula."""
    return f"'{cell}" if cell[:1] in {"=", "+", "@", "\t"} else cell
