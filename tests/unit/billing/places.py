"""What the tests of accounts say often: a place with its services, a meter, reads of its dial."""

import itertools
import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from billing.accounts.meters import Change, NewMeter, install_meter
from billing.accounts.moving import NewAccount, Wanted, add_premise, open_account
from billing.accounts.reads import NewRead, record_read
from billing.accounts.tables import Account, MeterInstall, Read, ServicePoint
from people.residents import NewResident, add_resident

SEQUENCE = itertools.count(random.SystemRandom().randrange(10**9))
TARIFFS = {
    "power": "power-1",
    "water": "water",
    "wastewater": "wastewater",
    "storm": "storm",
    "sanitation": "sanitation",
    "transportation": "transportation",
}


@dataclass(frozen=True, slots=True)
class Place:
    """An account and its service points by service."""

    account: Account
    points: Mapping[str, int]


def day(written: str) -> date:
    """Read a date."""
    return date.fromisoformat(written)


def unique(name: str) -> str:
    """Give a name that no other test uses."""
    return f"{name} {next(SEQUENCE)}"


def a_premise(session: Session, *services: str) -> tuple[int, dict[str, int]]:
    """Write a place; gives its id and its points by service."""
    premise = add_premise(session, unique("Center Street"), "84601", 1, services or TARIFFS)
    points = session.scalars(select(ServicePoint).filter_by(premise_id=premise.id))
    return premise.id, {point.service: point.id for point in points}


def a_place(session: Session, opened: str = "2024-01-01", *, kind: str = "residential") -> Place:
    """Move somebody in who takes every service."""
    premise, points = a_premise(session)
    resident = add_resident(session, NewResident(name="Resident 00001"))
    wanted = [
        Wanted(service_point_id=point, tariff=TARIFFS[name]) for name, point in points.items()
    ]
    new = NewAccount(resident_id=resident.id, premise_id=premise, opened_on=day(opened), kind=kind)
    return Place(open_account(session, new, wanted), points)


def a_meter(session: Session, point: int, on: str, value: int = 0, **dial: int) -> MeterInstall:
    """Set a new meter of five digits, or as told further."""
    meter = NewMeter(
        serial=unique("M"), digits=dial.get("digits", 5), multiplier=dial.get("multiplier", 1)
    )
    return install_meter(session, point, meter, Change(on=day(on), value=value, source="crew"))


def a_read(
    session: Session, install: MeterInstall, on: str, value: int, **further: str | int
) -> Read:
    """Enter what a dial showed: an actual read of its use, or as told further."""
    replaces = further.get("replaces")
    new = NewRead(
        install_id=install.id,
        read_on=day(on),
        value=value,
        source="handheld",
        kind=str(further.get("kind", "actual")),
        register=str(further.get("register", "use")),
        replaces=int(replaces) if replaces else None,
    )
    return record_read(session, new)
