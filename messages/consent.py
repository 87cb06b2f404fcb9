"""Who agreed to texts: rows are only ever added, and the newest of a phone counts."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from messages.tables import TextConsent


def agree(session: Session, phone: str, source: str) -> None:
    """Write down that a phone agreed, unless it already has; `source` says where it was said."""
    if consent_of(session, phone) is not True:
        session.add(TextConsent(phone=phone, agreed=True, source=source))
        session.flush()


def take_back(session: Session, phone: str, source: str) -> None:
    """Write down that a phone wants no more texts."""
    session.add(TextConsent(phone=phone, agreed=False, source=source))
    session.flush()


def consent_of(session: Session, phone: str) -> bool | None:
    """Return True where a phone agreed, False where it took that back, None if never asked."""
    return session.scalar(
        select(TextConsent.agreed)
        .where(TextConsent.phone == phone)
        .order_by(TextConsent.id.desc())
        .limit(1)
    )
