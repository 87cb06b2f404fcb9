"""Moving in, moving out, and moving service from one place to another. Nothing here commits.

Service is taken by agreements from a day up to another; whoever moves out is asked for a final read
of every meter, and the next one begins with it.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from billing.accounts.closing import unsettled
from billing.accounts.finding import get
from billing.accounts.numbers import free_number
from billing.accounts.tables import (
    Account,
    AccountResident,
    Agreement,
    Meter,
    MeterInstall,
    Premise,
    Read,
    ServicePoint,
)
from billing.errors import BadAmount, Conflict, NotFound

ONE: Final = Decimal(1)
SETTLE: Final = "Apply the deposit; then refund, move, collect or write off what is left."
PARTS: Final = frozenset({"co-holder", "authorised", "owner", "former"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A service that an account shall take: where, by which tariff, how much of it."""

    service_point_id: int
    tariff: str
    quantity: Decimal = ONE
    details: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAccount:
    """An account to be opened; without a number a free one is drawn."""

    resident_id: int
    premise_id: int
    opened_on: date
    kind: str = "residential"
    owner_group: str = ""
    paperless: bool = False
    number: str | None = None


@dataclass(frozen=True, slots=True)
class ReadAsked:
    """A meter that must be read for a day, and is not yet."""

    install_id: int
    serial: str
    service: str
    on: date


@dataclass(frozen=True, slots=True)
class Moved:
    """What came of a move: the account, final reads still asked, services not found there."""

    account: Account
    reads_asked: tuple[ReadAsked, ...]
    not_there: tuple[str, ...] = ()


def add_premise(
    session: Session, address: str, zip_code: str, cycle: int, services: Collection[str]
) -> Premise:
    """Write a place and a service point for each of its services."""
    premise = Premise(address=address, zip=zip_code, cycle=cycle)
    session.add(premise)
    session.flush()
    session.add_all(
        ServicePoint(premise_id=premise.id, service=service) for service in dict.fromkeys(services)
    )
    session.flush()
    return premise


def open_account(session: Session, new: NewAccount, wanted: Collection[Wanted]) -> Account:
    """Move somebody in: an account, and an agreement for each service.

    Raises NotFound (service point), BadAmount (a point elsewhere), Conflict (billed to another).
    """
    account = Account(
        number=new.number or free_number(session),
        resident_id=new.resident_id,
        premise_id=new.premise_id,
        kind=new.kind,
        owner_group=new.owner_group,
        paperless=new.paperless,
        opened_on=new.opened_on,
    )
    session.add(account)
    session.flush()
    for one in wanted:
        start_service(session, account, one, new.opened_on)
    return account


def start_service(session: Session, account: Account, wanted: Wanted, on: date) -> Agreement:
    """Let an account take a service from a day on; raises NotFound, BadAmount, Conflict."""
    point = session.get(ServicePoint, wanted.service_point_id, with_for_update=True)
    if point is None:
        message = f"there is no service point {wanted.service_point_id}"
        raise NotFound("known service point", message, "Look it up at its premise.")
    if point.premise_id != account.premise_id:
        message = f"service point {point.id} is not where account {account.number} is"
        raise BadAmount("same premise", message, "Move the service there first.")
    taken = select(Agreement.account_id).where(
        Agreement.service_point_id == point.id,
        Agreement.tariff == wanted.tariff,
        (Agreement.ends_on.is_(None)) | (Agreement.ends_on > on),
    )
    if session.scalar(taken.limit(1)) is not None:
        message = f"{point.service} at service point {point.id} is billed already on {on}"
        raise Conflict("one agreement at a time", message, "Move the other account out first.")
    agreement = Agreement(
        account_id=account.id,
        service_point_id=point.id,
        service=point.service,
        tariff=wanted.tariff,
        quantity=wanted.quantity,
        details=dict(wanted.details),
        starts_on=on,
    )
    session.add(agreement)
    session.flush()
    return agreement


def close_account(session: Session, account_id: int, on: date) -> Moved:
    """Move somebody out: agreements end, the account waits for its final bill.

    Raises NotFound, Conflict (not active), BadAmount (before it was opened).
    """
    account = _active(session, account_id, on)
    asked = _end_agreements(session, account, on)
    account.status, account.closed_on = "final", on
    account.version += 1
    session.flush()
    return Moved(account, asked)


def settle_account(session: Session, account_id: int) -> Account:
    """Close a final account for good, once its last bill is made and nothing is owed either way.

    First apply its deposit, then have its credit refunded or moved, or what it owes written off.
    Raises NotFound, Conflict (not final, or what is open still).
    """
    account = get(session, account_id, locked=True)
    if account.status != "final":
        message = f"account {account.number} is {account.status}"
        raise Conflict("final account", message, "Move it out first.")
    open_still = unsettled(session, account_id)
    if open_still:
        message = f"account {account.number}: {', '.join(open_still)}"
        raise Conflict("settled account", message, SETTLE)
    account.status = "closed"
    account.version += 1
    session.flush()
    return account


def transfer_service(session: Session, account_id: int, premise_id: int, on: date) -> Moved:
    """Move an account to another place: the same services by the same tariffs go on there.

    What the new place has no point for is told in `not_there`. Raises NotFound, BadAmount,
    Conflict (not active, or somebody else is billed there).
    """
    account = _active(session, account_id, on)
    if account.premise_id == premise_id:
        raise BadAmount("another premise", "it is the same place", "Choose the new place.")
    ending = current_agreements(session, account_id, on)
    asked = _end_agreements(session, account, on)
    account.premise_id = premise_id
    account.version += 1
    session.flush()
    there = session.scalars(
        select(ServicePoint).filter_by(premise_id=premise_id).order_by(ServicePoint.id.desc())
    )
    points = {point.service: point.id for point in there}
    for old in ending:
        if old.service in points:
            start_service(session, account, _same_again(old, points[old.service]), on)
    missing = tuple(sorted({old.service for old in ending} - {*points}))
    return Moved(account, asked, missing)


def current_agreements(session: Session, account_id: int, on: date) -> list[Agreement]:
    """List the services an account takes on a day, by service and tariff."""
    found = (
        select(Agreement)
        .where(Agreement.account_id == account_id, Agreement.starts_on <= on)
        .where((Agreement.ends_on.is_(None)) | (Agreement.ends_on > on))
        .order_by(Agreement.service, Agreement.tariff, Agreement.id)
    )
    return list(session.scalars(found))


def join_resident(session: Session, account_id: int, resident_id: int, part: str) -> None:
    """Say what part somebody else has in an account, or from now on has; raises BadAmount."""
    if part not in PARTS:
        message = f"{part!r} is no part in an account"
        raise BadAmount("part", message, f"Parts are {', '.join(sorted(PARTS))}.")
    session.merge(AccountResident(account_id=account_id, resident_id=resident_id, part=part))
    session.flush()


def _same_again(old: Agreement, service_point_id: int) -> Wanted:
    # A winter average belongs to the place where it was used.
    details = {name: told for name, told in old.details.items() if name != "winter_average"}
    return Wanted(
        service_point_id=service_point_id,
        tariff=old.tariff,
        quantity=old.quantity,
        details=details,
    )


def _active(session: Session, account_id: int, on: date) -> Account:
    account = get(session, account_id, locked=True)
    if account.status != "active":
        message = f"account {account.number} is {account.status}"
        raise Conflict("active account", message, "Look at the account again.")
    if on < account.opened_on:
        message = f"account {account.number} was opened on {account.opened_on}"
        raise BadAmount("day of the move", message, "Check the day.")
    return account


def _end_agreements(session: Session, account: Account, on: date) -> tuple[ReadAsked, ...]:
    """End what an account takes; gives the meters whose dial on that day is not known."""
    mine = select(Agreement).where(
        Agreement.account_id == account.id,
        (Agreement.ends_on.is_(None)) | (Agreement.ends_on > on),
    )
    points: set[int] = set()
    for agreement in session.scalars(mine.with_for_update()):
        agreement.ends_on = max(on, agreement.starts_on)
        points.add(agreement.service_point_id)
    session.flush()
    read = select(Read.id).where(Read.install_id == MeterInstall.id, Read.read_on == on).exists()
    unread = (
        select(MeterInstall.id, Meter.serial, Meter.service)
        .join(Meter, Meter.id == MeterInstall.meter_id)
        .where(MeterInstall.service_point_id.in_(points), MeterInstall.removed_on.is_(None))
        .where(~read)
        .order_by(MeterInstall.id)
    )
    return tuple(
        ReadAsked(install, serial, service, on)
        for install, serial, service in session.execute(unread)
    )
