"""Bill runs, statements, their lines, and the charges that are still open."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ForeignKey, Identity, text
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base


class BillRun(Base, kw_only=True):
    """The billing of one cycle for one day.

    rating    statements are being made
    review    every statement is made; some are held until a person looked
    posted    every statement is posted or void
    """

    __tablename__ = "bill_runs"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True, init=False)
    cycle: Mapped[int]
    bill_on: Mapped[date]
    state: Mapped[str] = mapped_column(default="rating")
    started_by: Mapped[str]
    started_at: Mapped[datetime] = mapped_column(server_default=text("now()"), init=False)
    posted_at: Mapped[datetime | None] = mapped_column(default=None)


class Statement(Base, kw_only=True):
    """One bill of one account: what was owed before, what is charged, what is owed now.

    held      the gate found something; a person looks
    ready     may leave
    posted    in the ledger; `transaction_id` is where
    void      taken back: never posted, or undone by a reversal

    `number` has ten digits, the last a check digit. `findings` are what the gate said; `body` is
    the bill as plain text in the resident's language.
    """

    __tablename__ = "statements"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True, init=False)
    number: Mapped[str] = mapped_column(unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    run_id: Mapped[int | None] = mapped_column(ForeignKey("bill_runs.id"), default=None)
    kind: Mapped[str] = mapped_column(default="regular")
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    bill_on: Mapped[date]
    due_on: Mapped[date]
    before_cents: Mapped[int]
    charges_cents: Mapped[int]
    total_cents: Mapped[int]
    state: Mapped[str] = mapped_column(default="held")
    findings: Mapped[list[Any]] = mapped_column(default_factory=list[Any])
    reviewed_by: Mapped[str | None] = mapped_column(default=None)
    reviewed_at: Mapped[datetime | None] = mapped_column(default=None)
    transaction_id: Mapped[int | None] = mapped_column(ForeignKey("journal.id"), default=None)
    replaces: Mapped[int | None] = mapped_column(ForeignKey("statements.id"), default=None)
    language: Mapped[str] = mapped_column(default="en")
    body: Mapped[str]


class StatementLine(Base, kw_only=True):
    """One line of a statement, with all it takes to work it out again. Never changed."""

    __tablename__ = "statement_lines"

    statement_id: Mapped[int] = mapped_column(ForeignKey("statements.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    agreement_id: Mapped[int | None] = mapped_column(ForeignKey("agreements.id"), default=None)
    service: Mapped[str]
    kind: Mapped[str]
    tariff: Mapped[str]
    version: Mapped[str]
    quantity: Mapped[Decimal]
    unit: Mapped[str]
    rate: Mapped[Decimal]
    days: Mapped[int]
    cents: Mapped[int]
    basis: Mapped[dict[str, Any]] = mapped_column(default_factory=dict[str, Any])


class Charge(Base, kw_only=True):
    """An amount owed for one service and kind, until what is open of it is paid or forgiven.

    The application only inserts it, all of it open; `open_cents` moves with its allocations, in the
    database itself. A charge without a statement is a fee.
    """

    __tablename__ = "charges"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True, init=False)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    statement_id: Mapped[int | None] = mapped_column(ForeignKey("statements.id"), default=None)
    transaction_id: Mapped[int] = mapped_column(ForeignKey("journal.id"))
    service: Mapped[str]
    kind: Mapped[str]
    cents: Mapped[int]
    open_cents: Mapped[int]
    charged_on: Mapped[date]
    due_on: Mapped[date]
