"""What a bill stands on, fetched for many accounts at once, a few statements for all of them."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from billing.accounts.history import History
from billing.accounts.usage import BEFORE, POINTS, histories
from billing.errors import NotFound
from billing.ledger.balances import Owed, owed_by_each
from billing.money import Cents
from billing.rates.shapes import Span
from billing.statements.cover import left_out
from billing.statements.rules import KINDS, review_rules, statement_rules

ACCOUNTS: Final = text("""
SELECT a.id, a.number, a.kind, a.status, r.name, r.language, r.mailing, p.address, p.zip,
    s.billed_from, s.billed_to
FROM accounts a JOIN residents r ON r.id = a.resident_id JOIN premises p ON p.id = a.premise_id
CROSS JOIN LATERAL (SELECT min(starts_on) AS billed_from,
    max(ends_on) FILTER (WHERE state <> 'void') AS billed_to
    FROM statements WHERE account_id = a.id) s
WHERE a.id = ANY (CAST(:accounts AS bigint[])) ORDER BY a.id""")
AGREEMENTS: Final = text("""
SELECT id, account_id, service_point_id, service, tariff, quantity, details, starts_on, ends_on
FROM agreements WHERE account_id = ANY (CAST(:accounts AS bigint[])) AND starts_on < :on
ORDER BY account_id, array_position(ARRAY['power', 'water', 'wastewater', 'storm', 'sanitation',
    'transportation'], service), id""")
LAST_YEAR: Final = text("""
SELECT DISTINCT ON (account_id) account_id, charges_cents FROM statements
WHERE account_id = ANY (CAST(:accounts AS bigint[])) AND state = 'posted' AND kind <> 'final'
AND bill_on BETWEEN CAST(:then AS date) - 20 AND CAST(:then AS date) + 20
ORDER BY account_id, abs(bill_on - CAST(:then AS date)), id DESC""")
WAITING: Final = text("""
SELECT i.service_point_id, r.read_on FROM reads r JOIN meter_installs i ON i.id = r.install_id
WHERE i.service_point_id = ANY (CAST(:points AS bigint[])) AND r.finding = 'backward'
AND r.register = 'use' AND r.read_on > :since
AND NOT EXISTS (SELECT FROM reads n WHERE n.replaces = r.id)""")
MEDIAN: Final = text("""
SELECT a.kind, percentile_disc(0.5) WITHIN GROUP (ORDER BY s.charges_cents) AS median
FROM statements s JOIN accounts a ON a.id = s.account_id
WHERE s.state = 'posted' AND s.kind = 'regular' AND s.charges_cents > 0
AND s.bill_on >= CAST(:on AS date) - 45 AND s.bill_on < :on
GROUP BY a.kind HAVING count(*) >= :fewest""")
YEAR: Final = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Served:
    """A service that an account took: an agreement, and the days of it to be billed."""

    id: int
    point: int
    service: str
    tariff: str
    quantity: Decimal
    details: Mapping[str, Any]
    span: Span


@dataclass(frozen=True, slots=True)
class Gathered:
    """One account with all that its bill is made of; `span` runs from its last bill to this.

    `first` says that no bill stands yet, `late` that one stands already which is of later days.
    """

    account: Row[Any]
    span: Span
    first: bool
    late: bool
    served: tuple[Served, ...]
    owed: Owed
    last_year_cents: Cents | None


@dataclass(frozen=True, slots=True)
class Meters:
    """What the meters of many points told: where a point is measured, its past, unread doubts."""

    measured_at: Mapping[int, tuple[int, str]]
    pasts: Mapping[int, History]
    waiting: Mapping[int, tuple[date, ...]]


def typical(session: Session, on: date) -> dict[str, Cents]:
    """Give the median bill of each class before a day; the rules' own where bills are few."""
    given = {"on": on, "fewest": statement_rules().median_bills}
    found = {row.kind: row.median for row in session.execute(MEDIAN, given)}
    return {kind: found.get(kind, review_rules().typical_cents[kind]) for kind in KINDS}


def gather(session: Session, spans: Mapping[int, Span | None], on: date) -> dict[int, Gathered]:
    """Fetch what the bills of these accounts stand on; a span that is given is billed as it is.

    Without one it is the days since the last bill, else the first that were left out. Raises
    NotFound for an account that is not there.
    """
    accounts = list(spans)
    found = {row.id: row for row in session.execute(ACCOUNTS, {"accounts": accounts})}
    missing = [account for account in accounts if account not in found]
    if missing:
        raise NotFound("known account", f"there is no account {missing[0]}", "Look it up.")
    taken: dict[int, list[Row[Any]]] = defaultdict(list)
    for row in session.execute(AGREEMENTS, {"accounts": accounts, "on": on}):
        taken[row.account_id].append(row)
    owing = owed_by_each(session, accounts)
    given = {"accounts": accounts, "then": on - YEAR}
    before = {row.account_id: row.charges_cents for row in session.execute(LAST_YEAR, given)}
    to_come = {one: spans[one] or to_bill(found[one], taken[one], on) for one in accounts}
    holes = left_out(session, [one for one in accounts if not to_come[one]], on)
    made: dict[int, Gathered] = {}
    for account in accounts:
        span = to_come[account] or holes.get(account, [None])[0]
        served = tuple(_served(taken[account], span)) if span else ()
        if span and served:
            row, billed_to = found[account], found[account].billed_to
            late = billed_to is not None and span.last <= billed_to
            made[account] = Gathered(
                row, span, billed_to is None, late, served, owing[account], before.get(account)
            )
    return made


def to_bill(account: Row[Any], agreements: Sequence[Row[Any]], on: date) -> Span | None:
    """Give the days since an account's last bill, None where there are none.

    Where every bill was taken back, the first of them says where its days begin.
    """
    starts = [row.starts_on for row in agreements]
    if not starts:
        return None
    first = account.billed_to or max(min(starts), account.billed_from or date.min)
    long = (on - first).days > statement_rules().first_days_most
    if account.billed_from is None and long:
        first = month_before(on)
    ends = [row.ends_on or on for row in agreements]
    last = min(on, max(ends))
    return Span(first, last) if first < last else None


def month_before(on: date) -> date:
    """Give the same day of the month before, or that month's last."""
    last = on.replace(day=1) - timedelta(days=1)
    return last.replace(day=min(on.day, last.day))


def meters_of(session: Session, points: Collection[int], since: date) -> Meters:
    """Fetch the reads of these points, and which of them wait for somebody to look."""
    if not points:
        return Meters({}, {}, {})
    rows = list(session.execute(POINTS, {"points": list(points)}))
    measured_at = {row.point: (row.metered_point, row.metered) for row in rows}
    metered = {point for point, _ in measured_at.values()}
    waiting: dict[int, list[date]] = defaultdict(list)
    for row in session.execute(WAITING, {"points": list(metered), "since": since}):
        waiting[row.service_point_id].append(row.read_on)
    pasts = histories(session, metered, since - BEFORE)
    return Meters(measured_at, pasts, {point: tuple(days) for point, days in waiting.items()})


def _served(agreements: Sequence[Row[Any]], span: Span) -> list[Served]:
    found: list[Served] = []
    for row in agreements:
        first = max(row.starts_on, span.first)
        last = min(row.ends_on or span.last, span.last)
        if first < last:
            found.append(
                Served(
                    row.id, row.service_point_id, row.service, row.tariff, row.quantity,
                    row.details, Span(first, last),
                )
            )  # fmt: skip
    return found
