"""What was brought in, by name, and what each account owed in the system it came from."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Identity, text
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base


class Import(Base, kw_only=True):
    """One import by its name.

    loaded    its rows are in the tables, its accounts pending, its balances wait to be compared
    agreed    old and new agree to the cent, per account and per service
    live      its opening balances are posted and agree, its accounts are what they were
    refused   old and new do not agree; `findings` lists the accounts, all of which stay pending
    """

    __tablename__ = "imports"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True, init=False)
    name: Mapped[str] = mapped_column(unique=True)
    state: Mapped[str]
    totals: Mapped[dict[str, Any]]
    findings: Mapped[list[Any]]
    loaded_by: Mapped[str]
    loaded_at: Mapped[datetime] = mapped_column(server_default=text("now()"), init=False)
    live_at: Mapped[datetime | None] = mapped_column(default=None)


class ImportBalance(Base, kw_only=True):
    """What an account owed for a service in the system it came from."""

    __tablename__ = "import_balances"

    import_id: Mapped[int] = mapped_column(ForeignKey("imports.id"), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    service: Mapped[str] = mapped_column(primary_key=True)
    cents: Mapped[int]
