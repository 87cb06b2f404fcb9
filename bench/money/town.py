"""Accounts for a run, the plainest there can be, and what every run is judged by."""

from dataclasses import dataclass, field

from sqlalchemy import text
from sqlalchemy.orm import Session

from billing.accounts.numbers import numbered
from billing.ledger.chart import load_chart
from billing.payments.limits import load_limits
from billing.verifying import verdicts
from db.session import Database

TOWN = text("""
WITH r AS (INSERT INTO residents (name, language, email, mailing)
    SELECT 'Resident ' || n, 'en', '', '' FROM generate_series(1, :many) n RETURNING id),
p AS (INSERT INTO premises (address, zip, cycle)
    SELECT n || ' Center Street', '84601', 1 FROM generate_series(1, :many) n RETURNING id),
pairs AS (SELECT r.id AS resident, p.id AS premise
    FROM (SELECT id, row_number() OVER (ORDER BY id) AS n FROM r) r
    JOIN (SELECT id, row_number() OVER (ORDER BY id) AS n FROM p) p USING (n))
INSERT INTO accounts (number, resident_id, premise_id, kind, status, owner_group, paperless,
    opened_on, version)
SELECT (CAST(:numbers AS text[]))[row_number() OVER (ORDER BY resident)], resident, premise,
    'residential', 'active', '', false, '2020-01-01', 1 FROM pairs RETURNING id
""")


@dataclass
class Outcome:
    """What a run came to: figures by name, and all that was wrong, with how to see it again."""

    figures: dict[str, float] = field(default_factory=dict[str, float])
    wrong: list[str] = field(default_factory=list[str])

    def claim(self, holds: bool, otherwise: str) -> None:  # noqa: FBT001  reads as it is meant
        """Note what is wrong where a claim does not hold."""
        if not holds:
            self.wrong.append(otherwise)


def found_town(database: Database, many: int) -> list[int]:
    """Open accounts that owe nothing, with the city's chart and limits; gives their ids."""

    def work(session: Session) -> list[int]:
        load_chart(session)
        load_limits(session)
        given = {"many": many, "numbers": [numbered(place) for place in range(1, many + 1)]}
        return sorted(session.execute(TOWN, given).scalars())

    return database.run(work)


def judge(database: Database, outcome: Outcome, when: str) -> None:
    """Check every invariant of the money and the seals."""
    for each in database.run(lambda session: list(verdicts(session))):
        outcome.claim(not each.breaks, f"{when}: {each.name}: {each.breaks[:2]}")
