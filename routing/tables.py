"""The emergency-closure switch."""

from datetime import datetime

from sqlalchemy import Identity
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base


class ClosureRow(Base, kw_only=True):
    """The city closed out of the ordinary, from `starts_at` until `ends_at` or until cleared."""

    __tablename__ = "closures"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True, init=False)
    message_en: Mapped[str]
    message_es: Mapped[str]
    set_by: Mapped[str]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime | None] = mapped_column(default=None)
    cleared_at: Mapped[datetime | None] = mapped_column(default=None)
    cleared_by: Mapped[str | None] = mapped_column(default=None)
