"""Payments, what they were applied to, and what is asked, approved, promised and held for them."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Identity, text
from sqlalchemy.orm import Mapped, mapped_column

from billing.accounts.tables import Account
from billing.ledger.tables import Transaction
from billing.statements.tables import Charge
from db.base import Base


class PaymentIntent(Base, kw_only=True):
    """Somebody is about to pay; written down before the processor is asked anything.

    created    nobody was asked yet
    sent       the processor was asked, or may have been
    posted     the money is in the ledger
    declined   the processor said no; nothing moved
    abandoned  given up before the processor took anything
    unknown    nobody knows whether money moved; a person has a ticket
    void       it was unknown, and nothing had moved
    """

    __tablename__ = "payment_intents"

    id: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey(Account.id))
    cents: Mapped[int]
    fee_cents: Mapped[int] = mapped_column(default=0)
    tender: Mapped[str] = mapped_column(default="card")
    channel: Mapped[str]
    language: Mapped[str] = mapped_column(default="en")
    call_sid: Mapped[str | None] = mapped_column(default=None)
    attempt: Mapped[int] = mapped_column(default=1)
    parent: Mapped[str | None] = mapped_column(ForeignKey("payment_intents.id"), default=None)
    state: Mapped[str] = mapped_column(default="created")
    reason: Mapped[str] = mapped_column(default="")
    confirmation: Mapped[str] = mapped_column(default="")
    last_four: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime] = mapped_column(server_default=text("now()"), init=False)
    sent_at: Mapped[datetime | None] = mapped_column(default=None)
    expires_at: Mapped[datetime]
    settled_at: Mapped[datetime | None] = mapped_column(default=None)


class Payment(Base, kw_only=True):
    """Money that came in. `receipt` has nine digits, the last a check digit.

    Without an account it waits in suspense. posted, reversed (it was returned), part refunded or
    refunded.
    """

    __tablename__ = "payments"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True, init=False)
    receipt: Mapped[str] = mapped_column(unique=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey(Account.id), default=None)
    intent_id: Mapped[str | None] = mapped_column(
        ForeignKey("payment_intents.id"), unique=True, default=None
    )
    tender: Mapped[str]
    cents: Mapped[int]
    received_on: Mapped[date]
    reference: Mapped[str] = mapped_column(default="")
    channel: Mapped[str]
    state: Mapped[str] = mapped_column(default="posted")
    transaction_id: Mapped[int] = mapped_column(ForeignKey(Transaction.id), unique=True)


class Allocation(Base, kw_only=True):
    """Cents of a payment (of the account's credit where there is none) on a charge.

    Below zero where they were taken back. Adjustments and write-offs are allocated so as well.
    """

    __tablename__ = "allocations"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True, init=False)
    payment_id: Mapped[int | None] = mapped_column(ForeignKey("payments.id"), default=None)
    charge_id: Mapped[int] = mapped_column(ForeignKey(Charge.id))
    transaction_id: Mapped[int] = mapped_column(ForeignKey(Transaction.id))
    cents: Mapped[int]


class Request(Base, kw_only=True):
    """What needs a maker and, above a limit, a checker; the database refuses one person as both.

    `alone_on` is the day on which its maker did it without anybody else; the database writes it.

    draft      waits for somebody else
    approved   may be done
    refused    the checker said no
    done       it is in the ledger
    sent       a refund: it is on its way
    cleared    a refund: it arrived
    stale      a refund: nobody cashed it
    void       taken back before it was done
    """

    __tablename__ = "requests"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True, init=False)
    key: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    account_id: Mapped[int | None] = mapped_column(ForeignKey(Account.id), default=None)
    cents: Mapped[int]
    reason: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    details: Mapped[dict[str, Any]] = mapped_column(default_factory=dict[str, Any])
    state: Mapped[str] = mapped_column(default="draft")
    made_by: Mapped[str]
    made_as: Mapped[str]
    made_at: Mapped[datetime] = mapped_column(server_default=text("now()"), init=False)
    checked_by: Mapped[str | None] = mapped_column(default=None)
    checked_as: Mapped[str | None] = mapped_column(default=None)
    checked_at: Mapped[datetime | None] = mapped_column(default=None)
    transaction_id: Mapped[int | None] = mapped_column(
        ForeignKey(Transaction.id), unique=True, default=None
    )
    until: Mapped[date | None] = mapped_column(default=None)
    alone_on: Mapped[date | None] = mapped_column(init=False)
    voided_by: Mapped[str | None] = mapped_column(default=None)
    voided_as: Mapped[str | None] = mapped_column(default=None)
    voided_at: Mapped[datetime | None] = mapped_column(default=None)


class ApprovalLimit(Base, kw_only=True):
    """How many cents a role may do alone, and approve for others; `reason` "*" is any.

    What is done alone adds up for its maker in a day (of `zone`), and on one account in so many.
    """

    __tablename__ = "approval_limits"

    role: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    reason: Mapped[str] = mapped_column(primary_key=True, default="*")
    alone: Mapped[int]
    approve: Mapped[int]
    by_day: Mapped[int] = mapped_column(default=0)
    by_account: Mapped[int] = mapped_column(default=0)
    account_days: Mapped[int] = mapped_column(default=30)
    zone: Mapped[str] = mapped_column(default="UTC")


class Arrangement(Base, kw_only=True):
    """A debt to be paid in parts: current, kept, broken or cancelled; one current per account.

    What the journal wrote up to its row `after` had been paid before; `key` is its maker's.
    """

    __tablename__ = "arrangements"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True, init=False)
    account_id: Mapped[int] = mapped_column(ForeignKey(Account.id))
    cents: Mapped[int]
    state: Mapped[str] = mapped_column(default="current")
    rule: Mapped[str]
    made_by: Mapped[str]
    made_at: Mapped[datetime] = mapped_column(server_default=text("now()"), init=False)
    ended_at: Mapped[datetime | None] = mapped_column(default=None)
    key: Mapped[str | None] = mapped_column(unique=True, default=None)
    after: Mapped[int] = mapped_column(default=0)


class ArrangementPart(Base, kw_only=True):
    """One part of an arrangement, by its place."""

    __tablename__ = "arrangement_parts"

    arrangement_id: Mapped[int] = mapped_column(ForeignKey("arrangements.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    due_on: Mapped[date]
    cents: Mapped[int]


class ArrangementCharge(Base, kw_only=True):
    """A charge that an arrangement is about, and what was open of it when that was made."""

    __tablename__ = "arrangement_charges"

    arrangement_id: Mapped[int] = mapped_column(ForeignKey("arrangements.id"), primary_key=True)
    charge_id: Mapped[int] = mapped_column(ForeignKey(Charge.id), primary_key=True)
    cents: Mapped[int]


class PayPlan(Base, kw_only=True):
    """Autopay or budget billing of an account, from a day until it ended. A card is a token.

    `paused`: it ended because it was declined too often. `agreed_at` is when it was consented to.
    """

    __tablename__ = "pay_plans"

    account_id: Mapped[int] = mapped_column(ForeignKey(Account.id), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    tender: Mapped[str] = mapped_column(default="")
    token: Mapped[str] = mapped_column(default="")
    last_four: Mapped[str] = mapped_column(default="")
    monthly_cents: Mapped[int] = mapped_column(default=0)
    starts_on: Mapped[date] = mapped_column(primary_key=True)
    ended_on: Mapped[date | None] = mapped_column(default=None)
    consent: Mapped[dict[str, Any]] = mapped_column(default_factory=dict[str, Any])
    paused: Mapped[bool] = mapped_column(default=False)
    agreed_at: Mapped[datetime] = mapped_column(server_default=text("now()"), init=False)


class AutopayTry(Base, kw_only=True):
    """An autopay that was asked for: the oldest day that was due, and the day of the try."""

    __tablename__ = "autopay_tries"

    intent_id: Mapped[str] = mapped_column(ForeignKey("payment_intents.id"), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey(Account.id))
    due_on: Mapped[date]
    tried_on: Mapped[date]


class Deposit(Base, kw_only=True):
    """Money held against a final bill: due, held, then released, applied or refunded; or waived."""

    __tablename__ = "deposits"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True, init=False)
    account_id: Mapped[int] = mapped_column(ForeignKey(Account.id))
    cents: Mapped[int]
    interest_cents: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(default="due")
    why: Mapped[str]
    held_on: Mapped[date | None] = mapped_column(default=None)
    review_on: Mapped[date | None] = mapped_column(default=None)
    ended_on: Mapped[date | None] = mapped_column(default=None)
    held_by: Mapped[int | None] = mapped_column(
        ForeignKey(Transaction.id), unique=True, default=None
    )
    ended_by: Mapped[int | None] = mapped_column(
        ForeignKey(Transaction.id), unique=True, default=None
    )


class Collection(Base, kw_only=True):
    """A debt with collections, or unclaimed property reported: listed, sent, paid, recalled."""

    __tablename__ = "collections"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True, init=False)
    account_id: Mapped[int] = mapped_column(ForeignKey(Account.id))
    kind: Mapped[str]
    cents: Mapped[int]
    batch: Mapped[str]
    state: Mapped[str] = mapped_column(default="listed")
    listed_at: Mapped[datetime] = mapped_column(server_default=text("now()"), init=False)
