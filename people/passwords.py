"""Passwords: hashed with argon2id, checked in the same time whether or not the name is known."""

import secrets
from dataclasses import dataclass
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST = 12
LONGEST = 200  # argon2 hashes all of it: a megabyte of "password" must not cost us anything

# argon2-cffi's defaults are RFC 9106's low-memory profile: 64 MiB, three passes, four lanes.
_hasher = PasswordHasher()


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check found. `stronger` is a new hash to keep when ours was made with older costs."""

    good: bool
    stronger: str | None = None


class PasswordTooShort(ValueError):
    """A password must have between SHORTEST and LONGEST characters."""


def hashed(password: str) -> str:
    """Hash a new password; raises PasswordTooShort."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise PasswordTooShort(f"A password has {SHORTEST} to {LONGEST} characters.")
    return _hasher.hash(password)


def check(password_hash: str | None, password: str) -> Checked:
    """Check a password; None as the hash (an unknown name) takes as long and is never good."""
    known = password_hash is not None
    try:
        _ = _hasher.verify(password_hash or _nobodys(), password[:LONGEST])
    except (VerificationError, InvalidHashError):
        return Checked(good=False)
    if not known or len(password) > LONGEST:
        return Checked(good=False)
    return Checked(good=True, stronger=_stronger(password_hash or "", password))


def _stronger(password_hash: str, password: str) -> str | None:
    return _hasher.hash(password) if _hasher.check_needs_rehash(password_hash) else None


@cache
def _nobodys() -> str:
    return _hasher.hash(secrets.token_urlsafe())
