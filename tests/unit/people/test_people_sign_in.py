"""Signing in: what guessing costs, and what it never learns."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from db.session import Database
from people import passwords, staff
from people.sign_in import (
    TRIES_PER_ADDRESS,
    TRIES_PER_NAME,
    WINDOW,
    NotThis,
    SignedIn,
    TooManyTries,
    Try,
    sign_in,
)
from people.staff import NewStaff
from people.tables import AuditEntry

PASSWORD = "correct horse battery"
NOW = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)


@pytest.fixture
def rep(database: Database, new_name: str) -> str:
    """Somebody with a password."""
    new = NewStaff(new_name, "Rep One", "rep", passwords.hashed(PASSWORD), language="es")
    database.run(lambda db: staff.create(db, new))
    return new_name


def typed(username: str, password: str, address: str = "") -> Try:
    """Type from an address of this name's own, so that tests do not count each other."""
    return Try(username, password, address or f"desk of {username}")


def test_the_right_password_gives_who_it_is_and_is_audited(database: Database, rep: str) -> None:
    result = sign_in(database, typed(rep.upper(), PASSWORD), NOW)
    assert isinstance(result, SignedIn)
    assert (result.epoch, result.language) == (0, "es")
    logged = select(AuditEntry.action).where(AuditEntry.actor == rep)
    assert database.run(lambda db: list(db.scalars(logged))) == ["signed in"]


def test_a_wrong_name_and_a_wrong_password_are_told_alike(database: Database, rep: str) -> None:
    assert sign_in(database, typed(rep, "wrong"), NOW) == NotThis()
    assert sign_in(database, typed(rep + "x", PASSWORD), NOW) == NotThis()


def test_after_eight_bad_tries_even_the_right_password_waits(database: Database, rep: str) -> None:
    for _ in range(TRIES_PER_NAME):
        assert sign_in(database, typed(rep, "wrong"), NOW) == NotThis()
    assert sign_in(database, typed(rep, PASSWORD), NOW) == TooManyTries(WINDOW)
    later = sign_in(database, typed(rep, PASSWORD), NOW + WINDOW + timedelta(seconds=1))
    assert isinstance(later, SignedIn)


def test_trying_on_while_locked_out_does_not_lock_out_for_longer(
    database: Database, rep: str
) -> None:
    for _ in range(TRIES_PER_NAME):
        sign_in(database, typed(rep, "wrong"), NOW)
    for minute in range(1, 10):
        sign_in(database, typed(rep, "wrong"), NOW + timedelta(minutes=minute))
    assert isinstance(sign_in(database, typed(rep, PASSWORD), NOW + WINDOW), SignedIn)


def test_a_good_sign_in_forgives_what_was_mistyped(database: Database, rep: str) -> None:
    for _ in range(3):
        for _ in range(TRIES_PER_NAME - 1):
            sign_in(database, typed(rep, "wrong"), NOW)
        assert isinstance(sign_in(database, typed(rep, PASSWORD), NOW), SignedIn)


def test_one_address_cannot_try_every_name(database: Database, new_name: str) -> None:
    address = f"address {new_name}"
    results = [
        sign_in(database, typed(f"{new_name}.{n}", "wrong", address), NOW)
        for n in range(TRIES_PER_ADDRESS // 10)
    ]
    assert all(result == NotThis() for result in results)


def test_many_tries_at_once_are_many_tries(database: Database, rep: str) -> None:
    with ThreadPoolExecutor(8) as pool:
        tries = [pool.submit(sign_in, database, typed(rep, "wrong"), NOW) for _ in range(16)]
        results = [attempt.result() for attempt in tries]
    assert sum(isinstance(result, NotThis) for result in results) == TRIES_PER_NAME
