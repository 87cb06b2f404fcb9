"""Signing in at the desk: slow for whoever guesses, and silent about which part was wrong.

Tries are counted in PostgreSQL, per username and per address, over fifteen minutes. A try is
counted before the password is looked at, so that a hundred at once are a hundred tries. A refused
try is not counted: a stranger cannot keep a rep out for longer than the window.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, delete, func, select, text, update
from sqlalchemy.orm import Session

from db.session import Database
from people import audit, passwords, staff
from people.tables import SignInAttempt, Staff

WINDOW: Final = timedelta(minutes=15)
TRIES_PER_NAME: Final = 8
TRIES_PER_ADDRESS: Final = 60  # a whole office sits behind one address
KEPT: Final = timedelta(days=30)
_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 311))")


@dataclass(frozen=True, slots=True)
class Try:
    """What somebody typed, and the address it came from."""

    username: str
    password: str
    address: str


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Welcome. `epoch` goes into the session."""

    staff_id: int
    epoch: int
    language: str


@dataclass(frozen=True, slots=True)
class NotThis:
    """Name and password do not go together; which of the two is wrong is not told."""


@dataclass(frozen=True, slots=True)
class TooManyTries:
    """Locked out for a while."""

    wait: timedelta


@dataclass(frozen=True, slots=True)
class _Counted:
    attempt_id: int
    staff_id: int | None
    password_hash: str | None


def sign_in(database: Database, tried: Try, now: datetime) -> SignedIn | NotThis | TooManyTries:
    """Count the try, check the password with no transaction open, and write down how it went."""
    counted = database.run(lambda session: _count(session, tried, now))
    if isinstance(counted, TooManyTries):
        return counted
    checked = passwords.check(counted.password_hash, tried.password)
    if not checked.good:
        return NotThis()
    return database.run(lambda session: _let_in(session, counted, checked.stronger, now))


def _count(session: Session, tried: Try, now: datetime) -> _Counted | TooManyTries:
    username = staff.known_as(tried.username)[:80]
    for key in (f"address {tried.address}", f"username {username}"):
        # One at a time per name and address, so that the count below misses nobody.
        session.execute(_ONE_AT_A_TIME, {"key": key})
    by_name = SignInAttempt.username == username
    waits = (
        _wait(session, by_name & _since_last_good(username), TRIES_PER_NAME, now),
        _wait(session, SignInAttempt.address == tried.address, TRIES_PER_ADDRESS, now),
    )
    if any(waits):
        return TooManyTries(max(waits))
    attempt = SignInAttempt(username=username, address=tried.address, good=False)
    attempt.at = now
    session.add(attempt)
    session.flush()
    known = staff.find_by_username(session, username)
    return _Counted(attempt.id, known.id if known else None, known.password_hash if known else None)


def _wait(session: Session, mine: ColumnElement[bool], most: int, now: datetime) -> timedelta:
    """Give how long until the oldest of the last `most` bad tries leaves the window."""
    bad = select(SignInAttempt.at).where(
        mine, SignInAttempt.at > now - WINDOW, SignInAttempt.good.is_(False)
    )
    oldest = session.scalar(bad.order_by(SignInAttempt.at.desc()).offset(most - 1).limit(1))
    return max(oldest + WINDOW - now, timedelta()) if oldest else timedelta()


def _since_last_good(username: str) -> ColumnElement[bool]:
    """Match the tries after the last good one: mistyping twice each morning locks nobody out."""
    good = select(func.coalesce(func.max(SignInAttempt.id), 0)).where(
        SignInAttempt.username == username, SignInAttempt.good
    )
    return SignInAttempt.id > good.scalar_subquery()


def _let_in(session: Session, counted: _Counted, stronger: str | None, now: datetime) -> SignedIn:
    row = session.get_one(Staff, counted.staff_id)
    if stronger:
        row.password_hash = stronger
    session.execute(delete(SignInAttempt).where(SignInAttempt.at < now - KEPT))
    this = SignInAttempt.id == counted.attempt_id
    session.execute(update(SignInAttempt).where(this).values(good=True))
    audit.record(session, row.username, "signed in", {})
    return SignedIn(row.id, row.epoch, row.language)
