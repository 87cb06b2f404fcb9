"""Posting bills: one transaction a bill, its charges, and the body as it is on that day.

What an account owed before may change between making and posting, by a payment; the bill then says
what is owed at the moment it is posted. Nothing here commits.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from billing.ledger.balances import owed_by_each
from billing.ledger.journal import Posting, post_many
from billing.ledger.periods import last_closed, month_end
from billing.ledger.postings import Line
from billing.money import Cents
from billing.statements.body import Wording
from billing.statements.reading import bill_of_statement

READY: Final = text("""
SELECT s.id, s.number, s.account_id, s.run_id, s.kind, s.bill_on, s.due_on, s.before_cents,
    s.charges_cents FROM statements s
WHERE s.state = 'ready' AND (s.run_id = :run OR s.id = ANY (CAST(:ids AS bigint[])))
ORDER BY s.id LIMIT :most FOR UPDATE""")
SUMS: Final = text("""
SELECT statement_id, service, CASE kind WHEN 'tax' THEN 'tax' WHEN 'once' THEN 'fee'
    ELSE 'service' END AS part, CAST(sum(cents) AS bigint) AS cents
FROM statement_lines WHERE statement_id = ANY (CAST(:ids AS bigint[]))
GROUP BY statement_id, service, part ORDER BY statement_id, min(position)""")
POSTED: Final = text("""
UPDATE statements s SET state = 'posted', transaction_id = given.transaction,
    before_cents = given.total - s.charges_cents, total_cents = given.total
FROM unnest(CAST(:ids AS bigint[]), CAST(:transactions AS bigint[]), CAST(:totals AS bigint[]))
    AS given (id, transaction, total) WHERE s.id = given.id""")
CHARGES: Final = text("""
INSERT INTO charges (account_id, statement_id, transaction_id, service, kind, cents, open_cents,
    charged_on, due_on)
SELECT s.account_id, s.id, s.transaction_id, given.service, given.kind, given.cents, given.cents,
    s.bill_on, s.due_on
FROM unnest(CAST(:ids AS bigint[]), CAST(:services AS text[]), CAST(:kinds AS text[]),
    CAST(:cents AS bigint[])) WITH ORDINALITY AS given (id, service, kind, cents, position)
JOIN statements s ON s.id = given.id ORDER BY given.position""")
NOTHING: Final = text("""
UPDATE statements SET state = 'void', reviewed_by = :actor, reviewed_at = now()
WHERE id = ANY (CAST(:ids AS bigint[]))""")
BODY: Final = text("UPDATE statements SET body = :body WHERE id = :id")
CODES: Final[Mapping[str, str]] = {"service": "revenue", "fee": "fees", "tax": "tax_payable"}
AT_ONCE: Final = 500

# What a bill charges, by service and part ("service", "fee", "tax"), in cents.
Parts = Mapping[str, Mapping[str, Cents]]


def post_ready(  # noqa: PLR0913  of which run, or which by id
    session: Session,
    wording: Wording,
    actor: str,
    *,
    run_id: int | None = None,
    ids: Collection[int] = (),
    most: int = AT_ONCE,
) -> int:
    """Post bills that are ready, of a run or by id, at most so many; gives how many it took.

    A bill that charges nothing is void. One of a month that was closed meanwhile goes into the
    open month and names its own. Raises what the ledger refuses.
    """
    given = {"run": run_id, "ids": list(ids), "most": most}
    rows = list(session.execute(READY, given))
    if not rows:
        return 0
    parts = _parts(session, [row.id for row in rows])
    charging = {id_ for id_, bill in parts.items() if _charges_something(bill)}
    worth = [row for row in rows if row.id in charging]
    idle = [row.id for row in rows if row.id not in charging]
    if idle:
        session.execute(NOTHING, {"ids": idle, "actor": actor})
    closed = last_closed(session)
    first = month_end(closed) + timedelta(1) if closed else None
    postings = [_posting(row, parts[row.id], actor, first) for row in worth]
    posted = [one.transaction_id for one in post_many(session, postings)]
    _settle(session, wording, worth, posted)
    _charge(session, [(row.id, parts[row.id]) for row in worth])
    return len(rows)


def entries(account_id: int, parts: Parts) -> Iterator[Line]:
    """Give a bill's entries: what is owed by service; a service that owes you adds to your credit.

    A receivable is never below zero by a bill, so that it stays the sum of its open charges.
    """
    for service, held in parts.items():
        yield from (Line(f"{service}.{CODES[part]}", -held[part]) for part in held if held[part])
        yield from _owed(service, sum(held.values()), account_id)


def _owed(service: str, net: Cents, account_id: int) -> Iterator[Line]:
    if net > 0:
        yield Line(f"{service}.receivable", net, account_id)
    if net < 0:
        yield Line(f"{service}.due_from_pool", net)
        yield Line(f"pool.due_to_{service}", -net)
        yield Line("pool.unapplied", net, account_id)


def charges(parts: Mapping[str, Cents]) -> Iterator[tuple[str, Cents]]:
    """Give one service's charges above zero, by kind; what is below zero lessens the others."""
    less = -sum(cents for cents in parts.values() if cents < 0)
    for part, cents in parts.items():
        taken = min(less, max(cents, 0))
        less -= taken
        if cents > taken:
            yield part, cents - taken


def _charges_something(parts: Parts) -> bool:
    return any(cents for held in parts.values() for cents in held.values())


def _parts(session: Session, ids: Collection[int]) -> dict[int, dict[str, dict[str, Cents]]]:
    found: dict[int, dict[str, dict[str, Cents]]] = {id_: defaultdict(dict) for id_ in ids}
    for row in session.execute(SUMS, {"ids": list(ids)}):
        found[row.statement_id][row.service][row.part] = row.cents
    return found


def _posting(row: Row[Any], parts: Parts, actor: str, first: date | None) -> Posting:
    """Make a bill's posting; `first` is the first day that is open, if months were closed."""
    late = first is not None and row.bill_on < first
    own = f"{row.run_id}:{row.account_id}" if row.run_id else row.number
    return Posting(
        key=f"statement:{own}",
        kind="statement",
        effective_on=first if late and first else row.bill_on,
        belongs_to=row.bill_on if late else None,
        actor=actor,
        lines=tuple(entries(row.account_id, parts)),
        account_id=row.account_id,
        memo={"statement": row.number},
    )


def _settle(
    session: Session, wording: Wording, rows: Sequence[Row[Any]], transactions: Sequence[int]
) -> None:
    """Mark bills as posted with what is owed now, and word anew those that said otherwise."""
    owed = owed_by_each(session, {row.account_id for row in rows})
    totals = [owed[row.account_id].total for row in rows]
    given = {"ids": [row.id for row in rows], "transactions": list(transactions), "totals": totals}
    session.execute(POSTED, given)
    for row, total in zip(rows, totals, strict=True):
        if total != row.before_cents + row.charges_cents:
            body = wording.body(bill_of_statement(session, row.number))
            session.execute(BODY, {"id": row.id, "body": body})


def _charge(session: Session, bills: Sequence[tuple[int, Parts]]) -> None:
    made = [
        (id_, service, kind, cents)
        for id_, parts in bills
        for service, held in parts.items()
        for kind, cents in charges(held)
    ]
    ids, services, kinds, cents = zip(*made, strict=True) if made else ((), (), (), ())
    given = {"ids": ids, "services": services, "kinds": kinds, "cents": cents}
    session.execute(CHARGES, {name: list(held) for name, held in given.items()})
