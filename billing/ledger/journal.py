"""Writing the journal: once per key, whole or not at all, a correction only as a reversal.

A posting is one statement, however many lines it has: the journal row, its entries and (by the
database's own trigger) the kept balances. Nothing here commits.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final

from sqlalchemy import Row, TextClause, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from billing.errors import (
    INTO_OPEN,
    AnotherBody,
    ClosedPeriod,
    Conflict,
    NotAllowed,
    NotFound,
    translated,
)
from billing.ledger.clock import city_zone
from billing.ledger.postings import Line, Posted, Posting, check, digest

__all__ = ["Line", "Posted", "Posting", "post", "post_many", "reverse"]

# `known` is looked at first: a replay is answered even when its month has been closed since. Keys
# are inserted in their order, so that two writers of the same keys wait and do not deadlock.
WRITE: Final = text("""
WITH asked AS (
    SELECT * FROM unnest(CAST(:keys AS text[]), CAST(:digests AS text[]), CAST(:kinds AS text[]),
        CAST(:accounts AS bigint[]), CAST(:effective AS date[]), CAST(:actors AS text[]),
        CAST(:memos AS text[]), CAST(:about AS date[]), CAST(:reverses AS bigint[]))
        AS asked (key, digest, kind, account_id, effective_on, actor, memo, belongs_to, reverses)
), known AS (
    SELECT j.id, j.key, j.digest FROM journal j WHERE j.key = ANY (CAST(:keys AS text[]))
), fresh AS (
    INSERT INTO journal
        (key, digest, kind, account_id, effective_on, posted_on, actor, memo, belongs_to, reverses)
    SELECT key, digest, kind, account_id, effective_on,
        coalesce(CAST(:posted_on AS date), CAST(now() AT TIME ZONE :zone AS date)),
        actor, CAST(memo AS jsonb), belongs_to, reverses
    FROM asked WHERE key NOT IN (SELECT key FROM known) AND NOT EXISTS (
        SELECT FROM periods WHERE closed_at IS NOT NULL
        AND month >= date_trunc('month', asked.effective_on))
    ORDER BY key
    ON CONFLICT DO NOTHING RETURNING id, key, digest
), written AS (
    INSERT INTO entries (transaction_id, code, fund, account_id, cents)
    SELECT fresh.id, line.code, line.fund, line.account_id, line.cents
    FROM unnest(CAST(:line_keys AS text[]), CAST(:codes AS text[]), CAST(:funds AS text[]),
        CAST(:line_accounts AS bigint[]), CAST(:cents AS bigint[]))
        WITH ORDINALITY AS line (key, code, fund, account_id, cents, position)
    JOIN fresh USING (key) ORDER BY fresh.id, line.position
)
SELECT key, id, digest, true AS again FROM known
UNION ALL SELECT key, id, digest, false FROM fresh""")
LOOK: Final = text("SELECT key, id, digest FROM journal WHERE key = ANY (CAST(:keys AS text[]))")
OPEN_MONTH: Final = text("""
SELECT CAST(coalesce(max(month) + interval '1 month',
    date_trunc('month', now() AT TIME ZONE :zone)) AS date) FROM periods WHERE closed_at IS NOT NULL
""")
REVERSED_BY: Final = text("SELECT key, id FROM journal WHERE reverses = :id")
ORIGINAL: Final = text("""
SELECT j.account_id, j.effective_on, j.reverses, e.code, e.cents, e.account_id AS line_account
FROM journal j JOIN entries e ON e.transaction_id = j.id WHERE j.id = :id ORDER BY e.id""")


def post(session: Session, posting: Posting, *, posted_on: date | None = None) -> Posted:
    """Write one posting, or find that it was written: gives its transaction, never a second one.

    `posted_on` is for bringing in what was posted elsewhere; else it is the city's day.

    Raises BillingError: Unbalanced, BadAmount, ClosedPeriod, NotFound (code or account),
    AnotherBody, Conflict. Nothing of it is written then; leave the transaction by the error.
    """
    check(posting)
    return _write(session, {posting.key: posting}, posted_on)[posting.key]


def post_many(
    session: Session, postings: Iterable[Posting], *, posted_on: date | None = None
) -> list[Posted]:
    """Write many postings in one statement, all or none of them; gives each one's `Posted`.

    A key that comes twice with one body is written once. Raises as `post` does.
    """
    asked = list(postings)
    once = {posting.key: posting for posting in reversed(asked)}
    for posting in asked:
        check(posting)
        _same_body(posting.key, digest(posting), digest(once[posting.key]))
    if not asked:
        return []
    with session.begin_nested():
        found = _write(session, once, posted_on)
    first: set[str] = set()
    return [_nth(first, posting.key, found[posting.key]) for posting in asked]


def reverse(  # noqa: PLR0913, PLR0917  the shape that every room of billing was promised
    session: Session,
    transaction_id: int,
    key: str,
    effective_on: date,
    actor: str,
    memo: Mapping[str, Any],
) -> Posted:
    """Undo a transaction by its exact negative, at most once, whoever else tries it meanwhile.

    Raises NotFound, NotAllowed (a reversal itself), Conflict (reversed already, under another
    key), and what `post` raises.
    """
    lines = session.execute(ORIGINAL, {"id": transaction_id}).all()
    if not lines:
        message = f"there is no transaction {transaction_id}"
        raise NotFound("known transaction", message, "Look the transaction up.")
    if lines[0].reverses is not None:
        message = f"transaction {transaction_id} is a reversal"
        raise NotAllowed("reversal of a reversal", message, "Post it anew.")
    was = lines[0].effective_on
    undone = Posting(
        key=key,
        kind="reversal",
        effective_on=effective_on,
        actor=actor,
        lines=tuple(Line(line.code, -line.cents, line.line_account) for line in lines),
        account_id=lines[0].account_id,
        memo=memo,
        belongs_to=was if was.replace(day=1) != effective_on.replace(day=1) else None,
        reverses=transaction_id,
    )
    return post(session, undone)


def open_month(session: Session) -> date:
    """Give the first day of the first month after the last that was closed (else this month)."""
    return session.execute(OPEN_MONTH, {"zone": city_zone()}).scalar_one()


def _write(
    session: Session, asked: Mapping[str, Posting], posted_on: date | None
) -> dict[str, Posted]:
    """Write what is not there yet, and compare what is. All of it was checked."""
    given = _as_arrays(list(asked.values()))
    given |= {"posted_on": posted_on, "zone": city_zone()}
    rows = _execute(session, WRITE, given)
    found = {row.key: (Posted(row.id, row.again), row.digest) for row in rows}
    missing = [key for key in asked if key not in found]
    if missing:
        found |= _meanwhile(session, asked, missing)
    for key, written in zip(given["keys"], given["digests"], strict=True):
        _same_body(key, written, found[key][1])
    return {key: posted for key, (posted, _) in found.items()}


def _execute(
    session: Session, statement: TextClause, given: Mapping[str, Any]
) -> Sequence[Row[Any]]:
    try:
        return session.execute(statement, given).all()
    except DBAPIError as error:
        refused = translated(error)
        if refused is error:
            raise
        raise refused from error


def _meanwhile(
    session: Session, asked: Mapping[str, Posting], missing: list[str]
) -> dict[str, tuple[Posted, str]]:
    """Find what somebody else wrote while we waited; what is still missing was refused."""
    rows = _execute(session, LOOK, {"keys": missing})
    found = {row.key: (Posted(row.id, again=True), row.digest) for row in rows}
    for key in missing:
        if key not in found:
            raise _why_not(session, asked[key])
    return found


def _why_not(session: Session, posting: Posting) -> Exception:
    """Say why a posting did not go in: it was undone already, or its month is closed."""
    given = {"id": posting.reverses}
    earlier = _execute(session, REVERSED_BY, given) if posting.reverses else ()
    if earlier:
        message = f"transaction {posting.reverses} was reversed by {earlier[0].id}"
        return Conflict("reversed once", message, "Read it again: it is undone already.")
    month = open_month(session)
    message = f"{posting.effective_on} lies in a closed month; the open month is {month:%Y-%m}"
    return ClosedPeriod("closed period", message, INTO_OPEN, month)


def _same_body(key: str, asked: str, written: str) -> None:
    if asked != written:
        message = f"the key {key!r} was used for something else"
        raise AnotherBody("same key, same body", message, "Use a new key for a new thing.")


def _nth(first: set[str], key: str, posted: Posted) -> Posted:
    """Tell a key's second coming in one list from its first."""
    seen = key in first
    first.add(key)
    return Posted(posted.transaction_id, posted.again or seen)


def _as_arrays(asked: Sequence[Posting]) -> dict[str, Any]:
    """Turn postings on their side: an array for each column."""
    lines = [(posting.key, line) for posting in asked for line in posting.lines]
    return {
        "keys": [posting.key for posting in asked],
        "digests": [digest(posting) for posting in asked],
        "kinds": [posting.kind for posting in asked],
        "accounts": [posting.account_id for posting in asked],
        "effective": [posting.effective_on for posting in asked],
        "actors": [posting.actor for posting in asked],
        "memos": [json.dumps(dict(posting.memo), allow_nan=False) for posting in asked],
        "about": [posting.about for posting in asked],
        "reverses": [posting.reverses for posting in asked],
        "line_keys": [key for key, _ in lines],
        "codes": [line.code for _, line in lines],
        "funds": [line.fund for _, line in lines],
        "line_accounts": [line.account_id for _, line in lines],
        "cents": [line.cents for _, line in lines],
    }
