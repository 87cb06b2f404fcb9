"""What the tests of bills say often: a home with its reads, a cycle billed, all that is sound."""

import itertools
import random
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from billing.accounts.meters import Change, NewMeter, install_meter
from billing.accounts.moving import NewAccount, Wanted, add_premise, open_account
from billing.accounts.reads import NewRead, record_read
from billing.accounts.tables import ServicePoint
from billing.statements import invariants
from billing.statements.body import Wording
from billing.statements.making import Round
from billing.statements.run import Billed, bill_cycle, post_cycle
from db.session import Database
from db.verify import broken
from people.residents import NewResident, add_resident
from tests.unit.billing.rating import TARIFFS

BY_SERVICE = {
    "power": "power-1",
    "water": "water",
    "wastewater": "wastewater",
    "storm": "storm",
    "sanitation": "sanitation",
    "transportation": "transportation",
}
STREET = "Maple Lane"
SEQUENCE = itertools.count(random.SystemRandom().randrange(10**9))
CYCLES = itertools.cycle(random.SystemRandom().sample(range(2, 20), 18))
ON = date(2026, 10, 20)
MONTHS = [date(2025 + (8 + n) // 12, (8 + n) % 12 + 1, 20) for n in range(14)]


@dataclass(frozen=True, slots=True)
class Home:
    """An account with a power and a water meter."""

    account_id: int
    installs: dict[str, int]
    points: dict[str, int]


def a_home(session: Session, cycle: int, kwh: tuple[int, ...], language: str = "en") -> Home:
    """Move somebody in, and read both meters every month; `kwh` are the use of each month."""
    resident = add_resident(session, NewResident(name="Resident 00001", language=language))  # pyright: ignore[reportArgumentType]  a language
    premise = add_premise(session, f"{STREET} {next(SEQUENCE)}", "84601", cycle, tuple(BY_SERVICE))
    points = {
        one.service: one.id for one in session.query(ServicePoint).filter_by(premise_id=premise.id)
    }
    wanted = [
        Wanted(
            service_point_id=points[name],
            tariff=tariff,
            details={"meter_size": "3/4 in"} if name == "water" else {},
        )
        for name, tariff in BY_SERVICE.items()
    ]
    new = NewAccount(resident_id=resident.id, premise_id=premise.id, opened_on=MONTHS[0])
    account = open_account(session, new, wanted)
    installs = {
        name: install_meter(
            session,
            points[name],
            NewMeter(serial=f"D{next(SEQUENCE)}", digits=7),
            Change(on=MONTHS[0], value=0, source="crew"),
        ).id
        for name in ("power", "water")
    }
    dial = {"power": 0, "water": 0}
    for month, units in zip(MONTHS[1:], kwh, strict=False):
        for name, more in (("power", units), ("water", 6000)):
            dial[name] += more
            read = NewRead(
                install_id=installs[name], read_on=month, value=dial[name], source="handheld"
            )
            record_read(session, read)
    return Home(account.id, installs, points)


def free_cycle(database: Database) -> int:
    """Give a cycle with no homes and no runs: those of earlier tests are put out of the way."""
    homes = text("UPDATE premises SET cycle = 20 WHERE address LIKE :street")
    runs = text("""
        UPDATE bill_runs SET bill_on = DATE '1900-01-01' + CAST(id AS integer)
        WHERE bill_on > '2000-01-01'""")
    database.run(lambda session: session.execute(homes, {"street": f"{STREET} %"}))
    database.run(lambda session: session.execute(runs))
    return next(CYCLES)


STEADY = (700,) * 13


def bill(database: Database, cycle: int, on: date) -> Billed:
    """Bill a cycle."""
    return bill_cycle(database, cycle, on, "a clerk", tariffs=TARIFFS)


def posted(database: Database, cycle: int, on: date) -> Billed:
    """Post what is ready."""
    return post_cycle(database, cycle, on, "a clerk", tariffs=TARIFFS)


def the_round(on: date) -> Round:
    """Give what bills of a day share."""
    typical = {"residential": 20000, "commercial": 80000}
    return Round(on, TARIFFS, typical, Wording(TARIFFS))


def everything(database: Database, run_id: int) -> list[object]:
    """List all rows of a run."""
    asked = text("""
        SELECT to_jsonb(s) AS row FROM statements s WHERE run_id = :run
        UNION ALL SELECT to_jsonb(l) FROM statement_lines l JOIN statements s
            ON s.id = l.statement_id WHERE run_id = :run
        UNION ALL SELECT to_jsonb(c) FROM charges c JOIN statements s
            ON s.id = c.statement_id WHERE run_id = :run""")
    rows = database.run(lambda session: session.execute(asked, {"run": run_id}).scalars().all())
    return sorted(rows, key=str)


def statement(database: Database, account_id: int) -> Row[Any]:
    """Give an account's newest statement."""
    asked = text("SELECT * FROM statements WHERE account_id = :id ORDER BY id DESC LIMIT 1")
    return database.run(lambda session: session.execute(asked, {"id": account_id}).one())


def sound(database: Database) -> None:
    """Check every invariant of bills."""
    for each in invariants.INVARIANTS:
        found = database.run(lambda session, one=each: list(broken(session, one)))
        assert not found, each.name
