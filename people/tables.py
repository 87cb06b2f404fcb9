"""Staff, their attempts to sign in, the audit log; residents and their phones."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Identity, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Text

from db.base import Base


class Staff(Base, kw_only=True):
    """Somebody who signs in at the desk.

    `epoch` is copied into each session at sign-in: raising it ends every session of that person.
    `queues` are the queue ids whose tickets they see first; a supervisor sees all.
    """

    __tablename__ = "staff"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True, init=False)
    username: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    role: Mapped[str]
    language: Mapped[str] = mapped_column(default="en")
    department: Mapped[str] = mapped_column(default="customer_service")
    queues: Mapped[list[str]] = mapped_column(ARRAY(Text), default_factory=list[str])
    password_hash: Mapped[str] = mapped_column(repr=False)
    active: Mapped[bool] = mapped_column(default=True)
    epoch: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(server_default=text("now()"), init=False)


class SignInAttempt(Base, kw_only=True):
    """One try to sign in; counted per name and per address to slow guessing down."""

    __tablename__ = "sign_in_attempts"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True, init=False)
    at: Mapped[datetime] = mapped_column(server_default=text("now()"), init=False)
    username: Mapped[str]
    address: Mapped[str]
    good: Mapped[bool]


class AuditEntry(Base, kw_only=True):
    """Who changed what about the line itself. The application may add rows, never change them."""

    __tablename__ = "audit"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True, init=False)
    at: Mapped[datetime] = mapped_column(server_default=text("now()"), init=False)
    actor: Mapped[str]
    action: Mapped[str]
    detail: Mapped[dict[str, Any]]


class Resident(Base, kw_only=True):
    """Somebody the city serves. No card, PIN or identity document of theirs is in any table."""

    __tablename__ = "residents"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True, init=False)
    name: Mapped[str]
    language: Mapped[str] = mapped_column(default="en")
    email: Mapped[str] = mapped_column(default="")
    mailing: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime] = mapped_column(server_default=text("now()"), init=False)


class ResidentPhone(Base, kw_only=True):
    """A phone of a resident, E.164; one phone may be of several."""

    __tablename__ = "resident_phones"

    resident_id: Mapped[int] = mapped_column(ForeignKey("residents.id"), primary_key=True)
    phone: Mapped[str] = mapped_column(primary_key=True)
    label: Mapped[str] = mapped_column(default="")
    since: Mapped[datetime] = mapped_column(server_default=text("now()"), init=False)
