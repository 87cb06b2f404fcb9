"""What processors reported, line by line, each with what it was found to be."""

from datetime import datetime

from sqlalchemy import ForeignKey, Identity, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base


class SettlementLine(Base, kw_only=True):
    """One line of a report. `cents` towards the city is above zero; `payment_id` is its payment.

    `finding` is matched, extra, amount, duplicate, late or chargeback; a payment that no report
    has is missing, and has no line.
    """

    __tablename__ = "settlement_lines"
    __table_args__ = (UniqueConstraint("report", "position"),)

    id: Mapped[int] = mapped_column(Identity(), primary_key=True, init=False)
    report: Mapped[str]
    position: Mapped[int]
    kind: Mapped[str]
    reference: Mapped[str]
    intent_id: Mapped[str]
    cents: Mapped[int]
    last_four: Mapped[str]
    happened_at: Mapped[datetime]
    finding: Mapped[str]
    payment_id: Mapped[int | None] = mapped_column(ForeignKey("payments.id"), default=None)
