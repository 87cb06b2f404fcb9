"""Meters set, taken out and swapped at a service point; each with the read that goes with it."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from billing.accounts.reads import NewRead, record_read
from billing.accounts.tables import Meter, MeterInstall, ServicePoint
from billing.errors import BadAmount, Conflict, NotFound


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMeter:
    """A meter by its serial; the rest is used where the serial is not known yet."""

    serial: str
    digits: int = 5
    multiplier: int = 1
    size: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """When a meter is set or taken out, what its dial shows then, and who says so."""

    on: date
    value: int
    source: str


def install_meter(
    session: Session, service_point_id: int, meter: NewMeter, change: Change
) -> MeterInstall:
    """Set a meter with its first read; use goes on from whatever stood there before.

    Raises NotFound (point), BadAmount (a meter of another service), Conflict (the point or the
    meter is taken).
    """
    point = _point(session, service_point_id)
    found = _meter(session, meter, point.service)
    taken = session.scalar(
        select(MeterInstall.id).where(
            or_(
                MeterInstall.meter_id == found.id,
                MeterInstall.service_point_id == service_point_id,
            ),
            or_(MeterInstall.removed_on.is_(None), MeterInstall.removed_on > change.on),
        )
    )
    if taken is not None:
        message = f"meter {meter.serial} or its place is taken on {change.on}"
        raise Conflict("one meter in one place", message, "Take the other meter out first.")
    install = MeterInstall(
        service_point_id=service_point_id, meter_id=found.id, installed_on=change.on
    )
    session.add(install)
    session.flush()
    _read(session, install.id, change, "start")
    return install


def remove_meter(session: Session, service_point_id: int, change: Change) -> MeterInstall:
    """Take a point's meter out, with its final read. Raises NotFound, BadAmount."""
    install = current_install(session, service_point_id, locked=True)
    _read(session, install.id, change, "final")
    install.removed_on = change.on
    session.flush()
    return install


def swap_meter(
    session: Session, service_point_id: int, out: Change, meter: NewMeter, first_value: int
) -> MeterInstall:
    """Put another meter in the place of one; use is kept across it. Gives the new install."""
    remove_meter(session, service_point_id, out)
    into = Change(on=out.on, value=first_value, source=out.source)
    return install_meter(session, service_point_id, meter, into)


def current_install(
    session: Session, service_point_id: int, *, locked: bool = False
) -> MeterInstall:
    """Give what is set at a point now; raises NotFound."""
    found = select(MeterInstall).where(
        MeterInstall.service_point_id == service_point_id, MeterInstall.removed_on.is_(None)
    )
    install = session.scalar(found.with_for_update() if locked else found)
    if install is None:
        message = f"no meter is set at service point {service_point_id}"
        raise NotFound("metered point", message, "Set a meter first.")
    return install


def _point(session: Session, service_point_id: int) -> ServicePoint:
    """Give a point, locked: two crews cannot set a meter in one place at once."""
    point = session.get(ServicePoint, service_point_id, with_for_update=True)
    if point is None:
        message = f"there is no service point {service_point_id}"
        raise NotFound("known service point", message, "Look it up at its premise.")
    return point


def _meter(session: Session, meter: NewMeter, service: str) -> Meter:
    found = session.scalar(select(Meter).where(Meter.serial == meter.serial))
    if found is None:
        found = Meter(
            serial=meter.serial,
            service=service,
            digits=meter.digits,
            multiplier=meter.multiplier,
            size=meter.size,
        )
        session.add(found)
        session.flush()
    if found.service != service:
        message = f"meter {meter.serial} is for {found.service}, the point for {service}"
        raise BadAmount("service of the meter", message, "Check the serial.")
    return found


def _read(session: Session, install_id: int, change: Change, kind: str) -> None:
    read = NewRead(
        install_id=install_id,
        read_on=change.on,
        value=change.value,
        source=change.source,
        kind=kind,
    )
    record_read(session, read)
