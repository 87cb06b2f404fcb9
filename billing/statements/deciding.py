"""What a person decides of a bill: approve it, take it back, make it over, correct a posted one."""

from collections.abc import Iterator
from datetime import date
from typing import Any, Final

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from billing.errors import Conflict, NotAllowed, NotFound
from billing.ledger.journal import Posting, post, reverse
from billing.ledger.lines import applied
from billing.ledger.postings import Line
from billing.rates.shapes import Span
from billing.statements.cover import decide_alone, next_bill
from billing.statements.making import Round, Task, make
from billing.statements.posting import post_ready
from billing.statements.writing import Draft

LOCKED: Final = text("SELECT * FROM statements WHERE id = :id FOR UPDATE")
ACCOUNT: Final = text("SELECT id FROM accounts WHERE id = :id FOR NO KEY UPDATE")
DECIDED: Final = text("""
UPDATE statements SET state = :state, reviewed_by = :staff, reviewed_at = now() WHERE id = :id""")
STANDING: Final = text("""
SELECT a.payment_id, a.charge_id, c.service, CAST(sum(a.cents) AS bigint) AS cents
FROM allocations a JOIN charges c ON c.id = a.charge_id WHERE c.statement_id = :id
GROUP BY a.payment_id, a.charge_id, c.service HAVING sum(a.cents) <> 0 ORDER BY a.charge_id""")
OPEN: Final = text("SELECT id, cents FROM charges WHERE statement_id = :id ORDER BY id")
ALLOCATE: Final = text("""
INSERT INTO allocations (payment_id, charge_id, transaction_id, cents)
SELECT payment, charge, :transaction, cents FROM unnest(CAST(:payments AS bigint[]),
    CAST(:charges AS bigint[]), CAST(:cents AS bigint[])) AS made (payment, charge, cents)""")


def approve(session: Session, statement_id: int, staff: str) -> None:
    """Let a held bill leave; raises NotFound, Conflict (not held), NotAllowed (never rated)."""
    found = _locked(session, statement_id, {"held"})
    if any(one["code"] == "not rated" for one in found.findings):
        message = f"statement {found.number} could not be rated"
        raise NotAllowed("rated", message, "Mend what it says is missing, then rate it again.")
    _decide(session, statement_id, "ready", staff)


def void(session: Session, statement_id: int, staff: str) -> None:
    """Take back a bill that was not posted: the next bill takes its days.

    Raises NotFound, Conflict (also where the next bill is there already: nothing would bill them).
    """
    found = _locked(session, statement_id, {"held", "ready"})
    decide_alone(session, found.account_id)
    later = next_bill(session, statement_id)
    if later:
        message = f"bill {later} stands and begins after the days of statement {found.number}"
        raise Conflict("no day left out", message, "Rate it again instead.")
    _decide(session, statement_id, "void", staff)


def rerate(session: Session, statement_id: int, staff: str, round_: Round) -> Draft:
    """Make a bill over that was not posted, from the reads and rates as they are now.

    The old one is void, and the new one `replaces` it; the gate looks at it again. Raises NotFound,
    Conflict.
    """
    found = _locked(session, statement_id, {"held", "ready"})
    _decide(session, statement_id, "void", staff)
    return _again(session, found, found.kind, round_)


def correct(session: Session, statement_id: int, staff: str, round_: Round) -> Draft:
    """Undo a posted bill and make it over, as a corrected bill that the gate looks at.

    What was paid on it becomes the account's credit. Raises NotFound, Conflict, ClosedPeriod.
    """
    found = _locked(session, statement_id, {"posted"})
    session.execute(ACCOUNT, {"id": found.account_id})
    _give_back(session, found, staff, round_.on)
    key = f"statement undone:{found.number}"
    memo = {"statement": found.number}
    undone = reverse(session, found.transaction_id, key, round_.on, staff, memo)
    charges: list[tuple[int | None, int, int]] = [
        (None, row.id, row.cents) for row in session.execute(OPEN, {"id": statement_id})
    ]
    _allocate(session, undone.transaction_id, charges)
    _decide(session, statement_id, "void", staff)
    return _again(session, found, "corrected", round_)


def bill_account(
    session: Session, account_id: int, round_: Round, *, kind: str = "final"
) -> Draft | None:
    """Make one account's bill outside a cycle, as the last one is; None with nothing to bill."""
    decide_alone(session, account_id)
    made = make(session, [Task(account_id, kind=kind)], round_)
    return made[-1] if made else None


def post_statement(session: Session, statement_id: int, staff: str, round_: Round) -> None:
    """Post one bill that is ready, such as a final one; raises NotFound, Conflict, ClosedPeriod."""
    _locked(session, statement_id, {"ready"})
    post_ready(session, round_.wording, staff, ids=(statement_id,))


def _again(session: Session, found: Row[Any], kind: str, round_: Round) -> Draft:
    span = Span(found.starts_on, found.ends_on)
    task = Task(found.account_id, kind=kind, replaces=found.id, span=span)
    made = make(session, [task], round_)
    if not made:
        message = f"account {found.account_id} took no service from {span.first} to {span.last}"
        raise Conflict("something to bill", message, "Void the bill instead.")
    return made[0]


def _give_back(session: Session, found: Row[Any], staff: str, on: date) -> None:
    """Turn what was paid on a bill's charges into credit: payments' part, and used credit's."""
    standing = list(session.execute(STANDING, {"id": found.id}))
    for kind, own in (
        ("payment freed", [row for row in standing if row.payment_id]),
        ("credit taken back", [row for row in standing if not row.payment_id]),
    ):
        if own:
            posting = Posting(
                key=f"{kind}:{found.number}",
                kind=kind,
                effective_on=on,
                actor=staff,
                lines=tuple(_freed(own, found.account_id)),
                account_id=found.account_id,
                memo={"statement": found.number},
            )
            back = [(row.payment_id, row.charge_id, -row.cents) for row in own]
            _allocate(session, post(session, posting).transaction_id, back)


def _freed(rows: list[Row[Any]], account_id: int) -> Iterator[Line]:
    sums: dict[str, int] = {}
    for row in rows:
        sums[row.service] = sums.get(row.service, 0) + row.cents
    for line in applied({name: cents for name, cents in sums.items() if cents}, account_id):
        yield Line(line.code, -line.cents, line.account_id)


def _allocate(
    session: Session, transaction_id: int, moved: list[tuple[int | None, int, int]]
) -> None:
    given = {
        "transaction": transaction_id,
        "payments": [payment for payment, _, _ in moved],
        "charges": [charge for _, charge, _ in moved],
        "cents": [cents for _, _, cents in moved],
    }
    session.execute(ALLOCATE, given)


def _locked(session: Session, statement_id: int, states: set[str]) -> Row[Any]:
    found = session.execute(LOCKED, {"id": statement_id}).one_or_none()
    if found is None:
        message = f"there is no statement with id {statement_id}"
        raise NotFound("known statement", message, "List the run's statements.")
    if found.state not in states:
        message = f"statement {found.number} is {found.state}"
        raise Conflict("state", message, f"Only one that is {' or '.join(sorted(states))}.")
    return found


def _decide(session: Session, statement_id: int, state: str, staff: str) -> None:
    session.execute(DECIDED, {"id": statement_id, "state": state, "staff": staff})
