"""The billing of a cycle: made in parts of some hundred bills, each part a transaction.

Killed at any moment it is simply run again: what was made is there, what was not is made, and no
bill is ever made or posted twice (one bill a run and account, one posting a bill).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from billing.errors import NotFound
from billing.rates.reader import read_tariffs
from billing.rates.tariffs import Tariffs
from billing.statements.body import Wording
from billing.statements.making import Round, Task, make
from billing.statements.posting import post_ready
from billing.statements.waiting import round_on
from db.session import Database

AT_ONCE: Final = 500
OPEN: Final = text("""
INSERT INTO bill_runs (cycle, bill_on, state, started_by) VALUES (:cycle, :on, 'rating', :actor)
ON CONFLICT (cycle, bill_on) DO NOTHING""")
FIND: Final = text("SELECT id, state FROM bill_runs WHERE cycle = :cycle AND bill_on = :on")
TURN: Final = text("SELECT state FROM bill_runs WHERE id = :run FOR UPDATE")
# One maker a cycle at a time, also of another day's run; a second one finds the rows made.
TURNS: Final = text("SELECT id FROM bill_runs WHERE cycle = :cycle ORDER BY id FOR UPDATE")
TO_DO: Final = text("""
SELECT a.id FROM accounts a JOIN premises p ON p.id = a.premise_id
WHERE p.cycle = :cycle AND a.id > :after AND a.status IN ('active', 'final')
AND NOT EXISTS (SELECT FROM statements s WHERE s.run_id = :run AND s.account_id = a.id)
AND EXISTS (SELECT FROM agreements g WHERE g.account_id = a.id AND g.starts_on < :on)
ORDER BY a.id LIMIT :most""")
MANY: Final = text("""
SELECT count(*) FROM accounts a JOIN premises p ON p.id = a.premise_id
WHERE p.cycle = :cycle AND a.status IN ('active', 'final')""")
STATE: Final = text("""
UPDATE bill_runs SET state = CAST(:state AS text),
    posted_at = CASE CAST(:state AS text) WHEN 'posted' THEN coalesce(posted_at, now()) END
WHERE id = :run AND state <> :state""")
COUNTS: Final = text("""
SELECT state, count(*) AS many FROM statements WHERE run_id = :run GROUP BY state""")

HELD: Final = text("""
SELECT s.id, s.number, a.number AS account, s.charges_cents, (
    SELECT string_agg(f ->> 'en', ' ') FROM jsonb_array_elements(s.findings) f
    WHERE CAST(f ->> 'holds' AS boolean)) AS why
FROM statements s JOIN accounts a ON a.id = s.account_id JOIN premises p ON p.id = a.premise_id
JOIN bill_runs r ON s.run_id = r.id OR (s.run_id IS NULL AND p.cycle = r.cycle)
WHERE r.id = :run AND s.state = 'held' ORDER BY s.charges_cents DESC, s.id""")

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Billed:
    """A run as it stands: its id, its state, and how many of its bills are in which state."""

    run_id: int
    state: str
    held: int
    ready: int
    posted: int
    void: int


def bill_cycle(  # noqa: PLR0913  what a run is, and what it may be told
    database: Database,
    cycle: int,
    on: date,
    actor: str,
    *,
    tariffs: Tariffs | None = None,
    progress: Progress | None = None,
) -> Billed:
    """Make every bill of a cycle for a day that is not made yet; nothing is posted.

    Raises ConfigError, DatabaseUnavailable, and BillingError where the run itself cannot go on; a
    bill that cannot be rated is held and says why.
    """
    told = progress or _silent
    used = tariffs or read_tariffs()
    run_id = database.run(lambda session: _open(session, cycle, on, actor))
    round_ = database.run(lambda session: round_on(session, on, used))
    of, done, after = database.run(lambda session: _many(session, cycle)), 0, 0
    while True:
        made, after = database.run(
            lambda session, last=after: _part(session, (run_id, cycle, last), round_)
        )
        if not after:
            break
        done += made
        told(done, of)
    return database.run(lambda session: _close(session, run_id, "review"))


def post_cycle(  # noqa: PLR0913  as above
    database: Database,
    cycle: int,
    on: date,
    actor: str,
    *,
    tariffs: Tariffs | None = None,
    progress: Progress | None = None,
) -> Billed:
    """Post every bill of a run that is ready; held ones wait. Raises NotFound, ClosedPeriod."""
    told = progress or _silent
    wording = Wording(tariffs or read_tariffs())
    run_id = database.run(lambda session: find_run(session, cycle, on))
    of, done = database.run(lambda session: standing(session, run_id)).ready, 0
    while taken := database.run(lambda s: post_ready(s, wording, actor, run_id=run_id)):
        done += taken
        told(done, of)
    return database.run(lambda session: _close(session, run_id, "posted"))


def find_run(session: Session, cycle: int, on: date) -> int:
    """Find a run by its cycle and day; raises NotFound."""
    found = session.execute(FIND, {"cycle": cycle, "on": on}).one_or_none()
    if found is None:
        message = f"cycle {cycle} was not billed for {on}"
        raise NotFound("known run", message, "Run it first.")
    return found.id


def standing(session: Session, run_id: int) -> Billed:
    """Say how a run stands."""
    state = session.execute(TURN, {"run": run_id}).scalar_one()
    counts = {row.state: row.many for row in session.execute(COUNTS, {"run": run_id})}
    held, ready, posted, void = (counts.get(n, 0) for n in ("held", "ready", "posted", "void"))
    return Billed(run_id, state, held, ready, posted, void)


def held_bills(session: Session, run_id: int) -> Sequence[Row[Any]]:
    """List the held bills of a run, and those of its cycle that are of none, the highest first.

    Each has id, number, account, charges_cents, why.
    """
    return session.execute(HELD, {"run": run_id}).all()


def _silent(done: int, of: int) -> None:
    """Tell nobody how far it is."""
    del done, of


def _open(session: Session, cycle: int, on: date, actor: str) -> int:
    session.execute(OPEN, {"cycle": cycle, "on": on, "actor": actor})
    return find_run(session, cycle, on)


def _many(session: Session, cycle: int) -> int:
    return session.execute(MANY, {"cycle": cycle}).scalar_one()


def _part(session: Session, at: tuple[int, int, int], round_: Round) -> tuple[int, int]:
    """Make some hundred bills after an account; gives how many, and the last account looked at."""
    run_id, cycle, after = at
    session.execute(TURNS, {"cycle": cycle})
    given = {"run": run_id, "cycle": cycle, "after": after, "on": round_.on, "most": AT_ONCE}
    accounts = session.execute(TO_DO, given).scalars().all()
    if not accounts:
        return 0, 0
    make(session, [Task(account, run_id) for account in accounts], round_)
    return len(accounts), accounts[-1]


def _close(session: Session, run_id: int, state: str) -> Billed:
    """Move the run on where it may be moved: never back, and to posted only when nothing waits."""
    now = standing(session, run_id)
    waits = now.held or now.ready
    if now.state == "posted" and not waits:
        return now
    reached = "review" if waits or state == "review" else "posted"
    session.execute(STATE, {"run": run_id, "state": reached})
    return standing(session, run_id)
