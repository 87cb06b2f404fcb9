"""Premises, and the accounts that residents hold at them."""

from datetime import date

from sqlalchemy import ForeignKey, Identity
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

    active        served, and billed each month
    final         service has ended, the last bill is not settled yet
    closed        nothing is open any more
    written off   what was open was given up

    `number` has eight digits, the last a check digit. `owner_group` joins the accounts of one
    landlord; "" for nobody's.
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
    version: Mapped[int] = mapped_column(default=1)
