"""A processor's report against the ledger, and the bank's deposit against both.

An import is done once per report. What the processor moved and the ledger does not expect waits in
suspense, and every finding is promised a ticket (job FINDING). Chargebacks and returns are undone
by whoever wires `take_back`: the payments' own returned-item rule.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from billing.errors import AnotherBody, Conflict, NotAllowed, NotFound
from billing.ledger.clock import today
from billing.ledger.journal import Line, Posting, post, post_many
from billing.money import whole
from billing.processor.matching import Found, Taken, matched
from billing.processor.port import SettledLine, SettlementReport
from jobs.outbox import promise

FINDING: Final = "settlement finding"
ACTOR: Final = "settlement"
CLEARING: Final = {"card": "pool.card_clearing", "ach": "pool.ach_clearing"}
TakeBack = Callable[[Session, int, SettledLine], None]

# Payments of the report's intents, those of the days around it that came without one, and those
# that no report had yet.
TAKEN: Final = text("""
WITH wanted AS (
    SELECT p.id FROM payments p WHERE p.intent_id = ANY (CAST(:intents AS text[]))
    UNION
    SELECT p.id FROM payments p
    WHERE p.tender IN ('card', 'ach') AND p.received_on <= :day AND p.intent_id IS NOT NULL
    AND NOT EXISTS (
        SELECT FROM settlement_lines s WHERE s.payment_id = p.id AND s.kind = 'charge')
)
SELECT p.id, p.intent_id, p.cents + i.fee_cents AS cents, p.tender, i.last_four, p.received_on,
    coalesce(i.settled_at, i.created_at) AS at
FROM wanted JOIN payments p USING (id) JOIN payment_intents i ON i.id = p.intent_id""")
REFUNDS: Final = text("""
SELECT r.id, r.details ->> 'intent' AS intent, r.cents, r.details ->> 'tender' AS tender, r.made_at
FROM requests r WHERE r.kind = 'refund' AND r.details ->> 'intent' = ANY (CAST(:intents AS text[]))
""")
SETTLED: Final = text("""
SELECT DISTINCT p.id FROM payments p JOIN settlement_lines s ON s.payment_id = p.id
WHERE s.kind = 'charge' AND p.intent_id = ANY (CAST(:intents AS text[]))""")
SEEN: Final = text("""
SELECT DISTINCT reference FROM settlement_lines
WHERE reference = ANY (CAST(:references AS text[]))""")
WRITE: Final = text("""
INSERT INTO settlement_lines (report, position, kind, reference, intent_id, cents, last_four,
    happened_at, finding, payment_id)
SELECT :report, made.* FROM unnest(CAST(:positions AS bigint[]), CAST(:kinds AS text[]),
    CAST(:references AS text[]), CAST(:intents AS text[]), CAST(:cents AS bigint[]),
    CAST(:last_fours AS text[]), CAST(:ats AS timestamptz[]), CAST(:findings AS text[]),
    CAST(:payments AS bigint[])) AS made""")
BEFORE: Final = text("""
SELECT position, kind, reference, intent_id, cents FROM settlement_lines
WHERE report = :report ORDER BY position""")
EXPECTED: Final = text("""
SELECT coalesce(p.tender, r.details ->> 'tender', 'card') AS tender, sum(s.cents) AS cents FROM (
    SELECT DISTINCT ON (reference) * FROM settlement_lines WHERE report = :report
    ORDER BY reference, position) s
LEFT JOIN payments p ON p.id = s.payment_id
LEFT JOIN requests r ON s.kind = 'refund' AND r.kind = 'refund'
    AND r.details ->> 'intent' = s.intent_id AND s.intent_id <> ''
WHERE NOT EXISTS (
    SELECT FROM settlement_lines earlier WHERE earlier.reference = s.reference
    AND earlier.report <> s.report AND earlier.id < s.id)
GROUP BY 1""")


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What a report came to. `again`: it had been imported before, and `found` is empty."""

    report: str
    counts: Counter[str]
    found: tuple[Found, ...]
    again: bool


@dataclass(frozen=True, slots=True)
class Deposited:
    """What the bank got against what the report's lines come to; the rest is in suspense."""

    report: str
    expected: int
    cents: int

    @property
    def difference(self) -> int:
        """Give what the bank got too much, or below zero too little."""
        return self.cents - self.expected


def import_report(session: Session, report: SettlementReport, take_back: TakeBack) -> Reconciled:
    """Import a day's report once, and say what is wrong; nothing is guessed.

    `take_back` undoes a payment for a chargeback or return. Raises AnotherBody where a report of
    this name was imported with other lines, and what the ledger raises.
    """
    session.execute(text("SELECT pg_advisory_xact_lock(311, 2)"))  # one import at a time
    if (before := _imported(session, report)) is not None:
        return before
    found = _found(session, report)
    of_lines = [each for each in found if each.line]
    session.execute(WRITE, {"report": report.name, **_columns(of_lines)})
    left = [_taken_back(session, each, take_back) for each in found]
    post_many(session, _residue(session, report, left))
    for each in left:
        _promise(session, report, each)
    return Reconciled(report.name, Counter(each.finding for each in found), tuple(found), False)


def deposit(session: Session, report: str, cents: int, on: date, reference: str) -> Deposited:
    """Book what the bank received for a report; what differs goes to suspense, with a ticket.

    Raises NotFound (no such report), AnotherBody (booked before with another amount).
    """
    whole(cents)
    expected = {row.tender: int(row.cents) for row in session.execute(EXPECTED, {"report": report})}
    if not expected:
        message = f"there is no report {report}"
        raise NotFound("known report", message, "Import the processor's report first.")
    made = Deposited(report, sum(expected.values()), cents)
    amounts = {
        "pool.bank": cents,
        **{CLEARING[tender]: -cents for tender, cents in expected.items()},
        "pool.suspense": -made.difference,
    }
    lines = tuple(Line(code, amount) for code, amount in amounts.items() if amount)
    memo = {"report": report, "reference": reference, "difference": made.difference}
    if lines:
        post(session, Posting(f"deposit:{report}", "deposit", on, ACTOR, lines, memo=memo))
    if made.difference:
        promise(session, FINDING, f"deposit:{report}", {**memo, "finding": "deposit"})
    return made


def _imported(session: Session, report: SettlementReport) -> Reconciled | None:
    rows = session.execute(BEFORE, {"report": report.name}).all()
    if not rows:
        return None
    if [tuple(row) for row in rows] != [
        (position, line.kind, line.reference, line.intent, line.cents)
        for position, line in enumerate(report.lines, 1)
    ]:
        message = f"report {report.name} was imported with other lines"
        raise AnotherBody("report", message, "Give a corrected report a name of its own.")
    return Reconciled(report.name, Counter(), (), True)


def _found(session: Session, report: SettlementReport) -> list[Found]:
    intents = [line.intent for line in report.lines if line.intent]
    given = {"intents": intents, "day": report.day}
    taken = [
        Taken(row.id, row.intent_id, row.cents, row.tender, row.last_four, row.received_on, row.at)
        for row in session.execute(TAKEN, given)
    ]
    taken += [
        Taken(
            row.id, row.intent, -row.cents, row.tender or "card", "", report.day, row.made_at, True
        )
        for row in session.execute(REFUNDS, {"intents": intents})
    ]
    references = [line.reference for line in report.lines]
    seen = session.execute(SEEN, {"references": references}).scalars()
    settled = session.execute(SETTLED, {"intents": intents}).scalars()
    return matched(report.day, report.lines, taken, seen, settled)


def _columns(found: Sequence[Found]) -> dict[str, list[Any]]:
    lines = [each.line for each in found if each.line]
    return {
        "positions": [each.position for each in found],
        "kinds": [line.kind for line in lines],
        "references": [line.reference for line in lines],
        "intents": [line.intent for line in lines],
        "cents": [line.cents for line in lines],
        "last_fours": [line.last_four for line in lines],
        "ats": [line.happened_at for line in lines],
        "findings": [each.finding for each in found],
        "payments": [
            each.taken.payment_id if each.taken and not each.taken.is_refund else None
            for each in found
        ],
    }


def _taken_back(session: Session, each: Found, take_back: TakeBack) -> Found:
    """Undo the payment of a chargeback; where that cannot be, its money is left over."""
    if each.finding != "chargeback" or not each.line or not each.taken:
        return each
    try:
        with session.begin_nested():
            take_back(session, each.taken.payment_id, each.line)
    except (Conflict, NotAllowed, NotFound):
        return Found("chargeback", each.position, each.line, each.taken, each.line.cents)
    return each


def _residue(session: Session, report: SettlementReport, found: Sequence[Found]) -> list[Posting]:
    on = today(session)
    return [
        Posting(
            key=f"settlement:{report.name}:{each.position}",
            kind="settlement",
            effective_on=on,
            actor=ACTOR,
            lines=(
                Line(CLEARING[each.taken.tender if each.taken else "card"], each.moved),
                Line("pool.suspense", -each.moved),
            ),
            memo={"finding": each.finding, "report": report.name, "position": each.position},
        )
        for each in found
        if each.moved
    ]


def _promise(session: Session, report: SettlementReport, each: Found) -> None:
    if each.finding == "matched":
        return
    missing = each.taken if each.finding == "missing" else None
    where = f"payment:{missing.payment_id}" if missing else f"{report.name}:{each.position}"
    promise(session, FINDING, f"settlement:{where}", dict(_told(report, each)))


def _told(report: SettlementReport, each: Found) -> Iterator[tuple[str, Any]]:
    """Tell whoever gets the ticket what they need: no number but the last four."""
    yield "report", report.name
    yield "finding", each.finding
    yield "moved", each.moved
    yield "position", each.position
    if each.line:
        yield "line", {"kind": each.line.kind, "cents": each.line.cents, "code": each.line.code}
        yield "reference", each.line.reference
        yield "intent", each.line.intent
    if each.taken:
        yield "payment", each.taken.payment_id
        yield "taken", each.taken.cents
