"""Keys of other city systems, what each was answered, and how often it asks."""

from datetime import datetime
from typing import Any

from sqlalchemy import ARRAY, ForeignKey, Identity, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base


class ApiKey(Base, kw_only=True):
    """A key: only its digest is kept. It holds until `ended_at`."""

    __tablename__ = "api_keys"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True, init=False)
    name: Mapped[str]
    key_hash: Mapped[str] = mapped_column(unique=True)
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text()))
    per_minute: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(server_default=text("now()"), init=False)
    ended_at: Mapped[datetime | None] = mapped_column(default=None)


class ApiAnswer(Base, kw_only=True):
    """What a write was answered, by its key. `status` 0: begun, and not answered yet."""

    __tablename__ = "api_answers"

    api_key_id: Mapped[int] = mapped_column(ForeignKey("api_keys.id"), primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    digest: Mapped[str]
    status: Mapped[int]
    body: Mapped[dict[str, Any]]
    at: Mapped[datetime] = mapped_column(server_default=text("now()"), init=False)


class ApiCount(Base, kw_only=True):
    """How many requests a key made in a minute."""

    __tablename__ = "api_counts"

    api_key_id: Mapped[int] = mapped_column(ForeignKey("api_keys.id"), primary_key=True)
    minute: Mapped[datetime] = mapped_column(primary_key=True)
    asked: Mapped[int]
