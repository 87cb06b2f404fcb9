"""Opening balances: posted through the ledger, then compared with what the other system said.

For each service its receivable is debited against the fund's opening equity, and a charge is
written for each due day, so that payments find what they pay. Credits and deposits are the pool's;
a deposit is held as one, since the first day that its rows name.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from billing.importing.loading import Progress, copy_charges, copy_deposits, quiet
from billing.ledger.journal import Posting, post_many
from billing.ledger.postings import Line
from billing.money import Cents

SERVICES: Final = (
    "power", "water", "wastewater", "storm", "sanitation", "transportation", "general",
)  # fmt: skip
CREDIT: Final = "credit"
DEPOSIT: Final = "deposit"
KIND: Final = "opening"
AT_ONCE: Final = 1_000
REVIEW_YEARS: Final = 2  # Provo Code 12.02.030: a deposit is looked at again after 24 months
DIFFERENT: Final = text("""
WITH old AS (
    SELECT account_id, service, cents FROM import_balances WHERE import_id = :import
), new AS (
    SELECT b.account_id, CASE b.code WHEN 'pool.unapplied' THEN 'credit'
        WHEN 'pool.deposits' THEN 'deposit' ELSE split_part(b.code, '.', 1) END AS service,
        CASE b.code WHEN 'pool.deposits' THEN -b.cents ELSE b.cents END AS cents
    FROM balances b WHERE b.account_id = ANY (CAST(:accounts AS bigint[])) AND b.cents <> 0
)
SELECT a.number, service, coalesce(old.cents, 0) AS old_cents, coalesce(new.cents, 0) AS new_cents
FROM old FULL JOIN new USING (account_id, service) JOIN accounts a ON a.id = account_id
WHERE coalesce(old.cents, 0) <> coalesce(new.cents, 0) ORDER BY a.number, service""")


@dataclass(frozen=True, slots=True)
class Opening:
    """What an account owes for a service since a due day, or has as credit or deposit."""

    account_id: int
    service: str
    due_on: date
    cents: Cents


@dataclass(frozen=True, slots=True)
class Difference:
    """An account and service of which the other system and the ledger say different cents."""

    number: str
    service: str
    old_cents: Cents
    new_cents: Cents


@dataclass(frozen=True, slots=True)
class Cutover:
    """Under which name balances are brought in, effective on which day, and by whom."""

    name: str
    on: date
    actor: str


def post_openings(
    session: Session,
    cutover: Cutover,
    openings: Sequence[Opening],
    progress: Progress = quiet,
) -> int:
    """Post the openings of an import, one transaction an account; gives how many were written.

    A repeat under the same name writes nothing. Raises what the ledger refuses.
    """
    by_account: dict[int, list[Opening]] = defaultdict(list)
    for opening in openings:
        if opening.cents:
            by_account[opening.account_id].append(opening)
    accounts = iter(sorted(by_account))
    written = 0
    while some := list(islice(accounts, AT_ONCE)):
        postings = [_posting(cutover, account, by_account[account]) for account in some]
        posted = post_many(session, postings)
        fresh = {
            account: one.transaction_id
            for account, one in zip(some, posted, strict=True)
            if not one.again
        }
        copy_charges(session, _charges(fresh, by_account, cutover.on), progress)
        copy_deposits(session, _deposits(fresh, by_account), progress)
        written += len(fresh)
        progress("journal", written)
    return written


def differences(session: Session, import_id: int, account_ids: Sequence[int]) -> list[Difference]:
    """List where old and new do not agree to the cent, by account and service."""
    given = {"import": import_id, "accounts": list(account_ids)}
    return [Difference(*row) for row in session.execute(DIFFERENT, given)]


def _posting(cutover: Cutover, account: int, openings: Sequence[Opening]) -> Posting:
    sums: dict[str, int] = defaultdict(int)
    for opening in openings:
        sums[opening.service] += opening.cents
    lines = tuple(
        line for service, cents in sorted(sums.items()) for line in _lines(service, cents, account)
    )
    key, memo = f"opening:{cutover.name}:{account}", {"import": cutover.name}
    return Posting(key, KIND, cutover.on, cutover.actor, lines, account, memo)


def _lines(service: str, cents: Cents, account: int) -> tuple[Line, ...]:
    """Give the two entries of one service; a deposit is held, so the pool owes it."""
    if service == CREDIT:
        return Line("pool.unapplied", cents, account), Line("pool.opening", -cents)
    if service == DEPOSIT:
        return Line("pool.deposits", -cents, account), Line("pool.opening", cents)
    return Line(f"{service}.receivable", cents, account), Line(f"{service}.opening", -cents)


def _charges(
    transactions: Mapping[int, int], by_account: Mapping[int, Sequence[Opening]], on: date
) -> Iterator[tuple[object, ...]]:
    for account, transaction in transactions.items():
        owed = (one for one in by_account[account] if one.service in SERVICES)
        for one in owed:
            yield (
                account, transaction, one.service, KIND, one.cents, one.cents,
                min(on, one.due_on), one.due_on,
            )  # fmt: skip


def _deposits(
    transactions: Mapping[int, int], by_account: Mapping[int, Sequence[Opening]]
) -> Iterator[tuple[object, ...]]:
    for account, transaction in transactions.items():
        held = [one for one in by_account[account] if one.service == DEPOSIT]
        if held:
            since = min(one.due_on for one in held)
            # The 28th is in every month; a day earlier harms nobody.
            review = date(since.year + REVIEW_YEARS, since.month, min(since.day, 28))
            cents = sum(one.cents for one in held)
            yield account, cents, 0, "held", KIND, since, review, transaction
