"""Text messages we owe, sent or failed to send, and who agreed to get them."""

from datetime import datetime

from sqlalchemy import ForeignKey, Identity, text
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base


class TextMessage(Base, kw_only=True):
    """One text to one phone.

    promised   in the outbox
    sending    handed to the carrier, answer not yet known: looked up before it is ever sent again
    sent       the carrier took it and named it (`sid`)
    delivered, failed, refused    as the carrier said later
    """

    __tablename__ = "text_messages"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True, init=False)
    key: Mapped[str] = mapped_column(unique=True)
    phone: Mapped[str]
    language: Mapped[str]
    body: Mapped[str]
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("tickets.id"), default=None)
    state: Mapped[str] = mapped_column(default="promised")
    sid: Mapped[str | None] = mapped_column(default=None)
    error: Mapped[str | None] = mapped_column(default=None)
    created_at: Mapped[datetime] = mapped_column(server_default=text("now()"), init=False)
    sent_at: Mapped[datetime | None] = mapped_column(default=None)


class TextConsent(Base, kw_only=True):
    """A phone agreed to texts, or took it back; the newest row of a phone counts."""

    __tablename__ = "text_consents"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True, init=False)
    phone: Mapped[str]
    agreed: Mapped[bool]
    source: Mapped[str]
    at: Mapped[datetime] = mapped_column(server_default=text("now()"), init=False)
