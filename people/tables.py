"""Staff, their attempts to sign in, and the audit log."""

from datetime import datetime
from typing import Any

from sqlalchemy import Identity, text
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
