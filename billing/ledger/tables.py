"""The chart, the journal with its entries, kept balances, periods and day seals.

Read with these, written by `journal.py` in plain SQL: the application's role may add to journal
and entries and never change them, and only the database itself writes a balance.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Identity, text
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import UserDefinedType

from db.base import Base


class Xid8(UserDefinedType[str]):
    """The database's own number of a transaction."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:  # noqa: ANN401  SQLAlchemy's own signature
        """Name the type to the database."""
        return "xid8"


class LedgerAccount(Base, kw_only=True):
    """A code of the chart, "<fund>.<name>". `kept`: a balance is kept for each account."""

    __tablename__ = "ledger_accounts"

    code: Mapped[str] = mapped_column(primary_key=True)
    fund: Mapped[str]
    kind: Mapped[str]
    kept: Mapped[bool]
    name_en: Mapped[str]
    name_es: Mapped[str]


class Period(Base, kw_only=True):
    """A month, by its first day; closed, it takes no entry any more."""

    __tablename__ = "periods"

    month: Mapped[date] = mapped_column(primary_key=True)
    closed_at: Mapped[datetime | None] = mapped_column(default=None)
    closed_by: Mapped[str | None] = mapped_column(default=None)


class DaySeal(Base, kw_only=True):
    """The digest over what was posted on a day, chained to the seal before it."""

    __tablename__ = "day_seals"

    day: Mapped[date] = mapped_column(primary_key=True)
    rows: Mapped[int]
    previous: Mapped[str]
    digest: Mapped[str]
    sealed_at: Mapped[datetime] = mapped_column(server_default=text("now()"), init=False)


class Transaction(Base, kw_only=True):
    """One row of the journal: entries that balance in every fund, and why they were made.

    `effective_on` is the day the money counts, `posted_on` the day it was written (the city's
    time). `reverses` names the original of a reversal; `belongs_to` the closed month a late item
    is about, by its first day.
    """

    __tablename__ = "journal"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True, init=False)
    key: Mapped[str] = mapped_column(unique=True)
    digest: Mapped[str]
    kind: Mapped[str]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"), default=None)
    effective_on: Mapped[date]
    posted_on: Mapped[date]
    posted_at: Mapped[datetime] = mapped_column(server_default=text("now()"), init=False)
    actor: Mapped[str]
    memo: Mapped[dict[str, Any]]
    reverses: Mapped[int | None] = mapped_column(
        ForeignKey("journal.id"), unique=True, default=None
    )
    belongs_to: Mapped[date | None] = mapped_column(default=None)
    xact: Mapped[str] = mapped_column(Xid8, server_default=text("pg_current_xact_id()"), init=False)


class Entry(Base, kw_only=True):
    """One side of a transaction: debit above zero, credit below, in whole cents."""

    __tablename__ = "entries"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True, init=False)
    transaction_id: Mapped[int] = mapped_column(ForeignKey("journal.id"))
    code: Mapped[str] = mapped_column(ForeignKey("ledger_accounts.code"))
    fund: Mapped[str]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"), default=None)
    cents: Mapped[int]
    currency: Mapped[str] = mapped_column(server_default="USD", init=False)


class Balance(Base, kw_only=True):
    """What the entries of one account under one kept code add up to; the database keeps it."""

    __tablename__ = "balances"

    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    code: Mapped[str] = mapped_column(ForeignKey("ledger_accounts.code"), primary_key=True)
    cents: Mapped[int]
