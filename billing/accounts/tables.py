"""Premises, accounts, and what is billed: service, meters, reads, agreements, holds."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ForeignKey, Identity, text
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base


class Premise(Base, kw_only=True):
    """A place that is served. `cycle` (1..20) is the day of the month's round it is billed on."""

    __tablename__ = "premises"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True, init=False)
    address: Mapped[str] = mapped_column(unique=True)
    zip: Mapped[str]
    cycle: Mapped[int]


class Account(Base, kw_only=True):
    """What a resident owes and is owed at a premise.

    pending       loaded by an import that is not live yet: nobody finds, bills or pays it
    active        served, and billed each month
    final         service has ended, the last bill is not settled yet
    closed        nothing is open any more
    written off   what was open was given up

    `number` has eight digits, the last a check digit. `owner_group` joins the accounts of one
    landlord; "" for nobody's. `goes_live_as` is the status that a pending account will have.
    """

    __tablename__ = "accounts"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True, init=False)
    number: Mapped[str] = mapped_column(unique=True)
    resident_id: Mapped[int] = mapped_column(ForeignKey("residents.id"))
    premise_id: Mapped[int] = mapped_column(ForeignKey("premises.id"))
    kind: Mapped[str] = mapped_column(default="residential")
    status: Mapped[str] = mapped_column(default="active")
    owner_group: Mapped[str] = mapped_column(default="")
    paperless: Mapped[bool] = mapped_column(default=False)
    opened_on: Mapped[date]
    closed_on: Mapped[date | None] = mapped_column(default=None)
    goes_live_as: Mapped[str | None] = mapped_column(default=None)
    version: Mapped[int] = mapped_column(default=1)


class AccountResident(Base, kw_only=True):
    """Somebody else of an account: co-holder, authorised, owner, or former."""

    __tablename__ = "account_residents"

    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    resident_id: Mapped[int] = mapped_column(ForeignKey("residents.id"), primary_key=True)
    part: Mapped[str]


class ServicePoint(Base, kw_only=True):
    """Where one service reaches a premise; it stays when meters and accounts change."""

    __tablename__ = "service_points"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True, init=False)
    premise_id: Mapped[int] = mapped_column(ForeignKey("premises.id"))
    service: Mapped[str]
    label: Mapped[str] = mapped_column(default="")


class Meter(Base, kw_only=True):
    """A meter: its dial has `digits`, and one step of it is `multiplier` units of the service."""

    __tablename__ = "meters"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True, init=False)
    serial: Mapped[str] = mapped_column(unique=True)
    service: Mapped[str]
    digits: Mapped[int]
    multiplier: Mapped[int] = mapped_column(default=1)
    size: Mapped[str] = mapped_column(default="")


class MeterInstall(Base, kw_only=True):
    """A meter at a service point from a day up to another, which is no longer in it."""

    __tablename__ = "meter_installs"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True, init=False)
    service_point_id: Mapped[int] = mapped_column(ForeignKey("service_points.id"))
    meter_id: Mapped[int] = mapped_column(ForeignKey("meters.id"))
    installed_on: Mapped[date]
    removed_on: Mapped[date | None] = mapped_column(default=None)


class Read(Base, kw_only=True):
    """What a dial showed on a day. Never changed: a better one `replaces` it.

    `kind` is start, actual, customer, estimated or final; `finding` what checking said: ok, high,
    low, zero, backward, rolled over, or accepted by somebody who looked.
    """

    __tablename__ = "reads"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True, init=False)
    install_id: Mapped[int] = mapped_column(ForeignKey("meter_installs.id"))
    register: Mapped[str] = mapped_column(default="use")
    read_on: Mapped[date]
    value: Mapped[int]
    kind: Mapped[str] = mapped_column(default="actual")
    finding: Mapped[str] = mapped_column(default="ok")
    source: Mapped[str]
    replaces: Mapped[int | None] = mapped_column(ForeignKey("reads.id"), default=None)
    taken_at: Mapped[datetime] = mapped_column(server_default=text("now()"), init=False)


class Agreement(Base, kw_only=True):
    """A service that an account takes at a point, by a tariff, from a day up to another.

    `quantity` is what the tariff charges by where nothing is metered (cans, storm units);
    `details` what else it asks for: the size of a meter, the winter average, as text.
    """

    __tablename__ = "agreements"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True, init=False)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    service_point_id: Mapped[int] = mapped_column(ForeignKey("service_points.id"))
    service: Mapped[str]
    tariff: Mapped[str]
    quantity: Mapped[Decimal] = mapped_column(default=Decimal(1))
    details: Mapped[dict[str, Any]] = mapped_column(default_factory=dict[str, Any])
    starts_on: Mapped[date]
    ends_on: Mapped[date | None] = mapped_column(default=None)


class Hold(Base, kw_only=True):
    """What protects an account, or keeps something from it, until a day or until released.

    The last day counts: a hold ends on `ends_on`, and no longer holds the day after.
    """

    __tablename__ = "holds"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True, init=False)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    kind: Mapped[str]
    starts_on: Mapped[date]
    ends_on: Mapped[date | None] = mapped_column(default=None)
    reason: Mapped[str]
    set_by: Mapped[str]
    set_at: Mapped[datetime] = mapped_column(server_default=text("now()"), init=False)
    released_by: Mapped[str | None] = mapped_column(default=None)
    released_at: Mapped[datetime | None] = mapped_column(default=None)
