"""Keys of other city systems: made once and shown once; only a digest is kept.

A key is 32 random bytes, so a plain SHA-256 of it cannot be guessed back.
"""

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Final

from sqlalchemy import delete, func, select, text, update
from sqlalchemy.orm import Session

from api.tables import ApiAnswer, ApiCount, ApiKey
from billing.wire import SCOPES

STARTS: Final = "cityline_"
PER_MINUTE: Final = 600
LONGEST: Final = 60  # of a name: it stands beside every write that the key makes
KEPT: Final = timedelta(days=90)  # how long an answer is replayed
COUNT: Final = text("""
WITH known AS (
    SELECT id, name, scopes, per_minute FROM api_keys
    WHERE key_hash = :digest AND (ended_at IS NULL OR ended_at > now())
), counted AS (
    INSERT INTO api_counts AS c (api_key_id, minute, asked)
    SELECT id, date_trunc('minute', now()), 1 FROM known
    ON CONFLICT (api_key_id, minute) DO UPDATE SET asked = c.asked + 1 RETURNING asked
)
SELECT known.*, counted.asked,
    CAST(ceil(60 - date_part('second', now())) AS int) AS seconds_left FROM known, counted""")


@dataclass(frozen=True, slots=True)
class Caller:
    """A system that asks, how often it asked this minute, and how long the minute lasts still."""

    id: int
    name: str
    scopes: frozenset[str]
    per_minute: int
    asked: int
    seconds_left: int


def make(
    session: Session, name: str, scopes: Collection[str], per_minute: int = PER_MINUTE
) -> tuple[ApiKey, str]:
    """Make a key; gives its row and the key itself, which is nowhere else.

    Raises ValueError for a scope that there is not, and for a name that nobody could be known by.
    """
    if not 0 < len(name.strip()) == len(name) <= LONGEST or not name.isprintable():
        raise ValueError(f"A name has 1 to {LONGEST} characters, no blanks around them: it signs.")
    wrong = sorted(set(scopes) - set(SCOPES))
    if wrong or not scopes:
        raise ValueError(f"Scopes are {', '.join(SCOPES)}; not {', '.join(wrong) or 'none'}.")
    secret = STARTS + secrets.token_urlsafe(32)
    row = ApiKey(
        name=name, key_hash=digest(secret), scopes=sorted(set(scopes)), per_minute=per_minute
    )
    session.add(row)
    session.flush()
    return row, secret


def end(session: Session, key_id: int) -> bool:
    """End a key now; False where there is none that holds."""
    ended = session.execute(
        update(ApiKey)
        .where(ApiKey.id == key_id, ApiKey.ended_at.is_(None))
        .values(ended_at=func.now())
        .returning(ApiKey.id)
    )
    return ended.first() is not None


def every(session: Session) -> list[ApiKey]:
    """List every key, the newest last."""
    return list(session.scalars(select(ApiKey).order_by(ApiKey.id)))


def admitted(session: Session, secret: str) -> Caller | None:
    """Find who asks, and count the request; None for a key that is unknown or has ended."""
    row = session.execute(COUNT, {"digest": digest(secret)}).one_or_none()
    if row is None:
        return None
    return Caller(
        row.id, row.name, frozenset(row.scopes), row.per_minute, row.asked, row.seconds_left
    )


def tidy(session: Session) -> None:
    """Forget counts of the past and answers that nobody asks for again."""
    session.execute(delete(ApiCount).where(ApiCount.minute < func.now() - timedelta(hours=1)))
    session.execute(delete(ApiAnswer).where(ApiAnswer.at < func.now() - KEPT))


def digest(secret: str) -> str:
    """Give what is kept of a key."""
    return sha256(secret.encode()).hexdigest()
