"""The bills that wait for a person: held by the gate, or made outside a run and not yet sent."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from billing.errors import NotFound
from billing.rates.tariffs import Tariffs
from billing.statements.body import Wording
from billing.statements.gathering import typical
from billing.statements.making import Round

BILLS: Final = """
SELECT s.id, s.number, s.state, s.kind, s.starts_on, s.ends_on, s.charges_cents, s.body,
    a.number AS account, coalesce((SELECT string_agg(f ->> 'en', ' ')
        FROM jsonb_array_elements(s.findings) f WHERE CAST(f ->> 'holds' AS boolean)), '') AS why
FROM statements s JOIN accounts a ON a.id = s.account_id
"""
WAITING: Final = text(f"""{BILLS}
WHERE s.state = 'held' OR (s.state = 'ready' AND s.run_id IS NULL)
ORDER BY s.charges_cents DESC, s.id LIMIT :most""")
ONE: Final = text(f"{BILLS} WHERE s.number = :number")
MOST: Final = 1_000


def waiting(session: Session, most: int = MOST) -> Sequence[Row[Any]]:
    """List the bills that wait for somebody, the highest first; ready ones are of no run.

    Each has id, number, state, kind, starts_on, ends_on, charges_cents, body, account, why.
    """
    return session.execute(WAITING, {"most": most}).all()


def bill(session: Session, number: str) -> Row[Any]:
    """Find a bill in whatever state, as `waiting` shows it; raises NotFound."""
    found = session.execute(ONE, {"number": number}).one_or_none()
    if found is None:
        advice = "`./cityline billing bills` lists those that wait."
        raise NotFound("known statement", f"there is no bill {number!r}", advice)
    return found


def round_on(session: Session, on: date, tariffs: Tariffs) -> Round:
    """Give what bills made on a day share."""
    return Round(on, tariffs, typical(session, on), Wording(tariffs))
