"""Staff: who they are, what their role lets them do, and ending their sessions.

    department     answers its own department's tickets
    rep            answers any ticket
    supervisor     also closes the city, and sees what was changed
    administrator  also decides who works here

Each role may do what those before it may, except that a department sees only its own.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal, get_args

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from config.words import Language
from people.tables import Staff

Role = Literal["department", "rep", "supervisor", "administrator"]
ROLES: Final[tuple[Role, ...]] = get_args(Role)  # in order: each may do what those before it may
_USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,39}")


@dataclass(frozen=True, slots=True)
class NewStaff:
    """What must be known of somebody before they can sign in."""

    username: str
    name: str
    role: Role
    password_hash: str
    language: Language = "en"
    department: str = "customer_service"
    queues: tuple[str, ...] = ()


def create(session: Session, new: NewStaff) -> int:
    """Add somebody and give their id; raises ValueError for a username or role that cannot be."""
    if new.username != known_as(new.username) or not _USERNAME.fullmatch(new.username):
        raise ValueError("A username has 2 to 40 small letters, digits, dots, dashes.")
    if new.role not in ROLES:
        raise ValueError(f"A role is one of {', '.join(ROLES)}.")
    row = Staff(
        username=new.username,
        name=new.name,
        role=new.role,
        language=new.language,
        department=new.department,
        queues=list(new.queues),
        password_hash=new.password_hash,
    )
    session.add(row)
    session.flush()
    return row.id


def known_as(username: str) -> str:
    """Write a username as it is stored: what people type differs in case and blanks."""
    return username.strip().casefold()


def find(session: Session, staff_id: int) -> Staff | None:
    """Find somebody who works here now."""
    return session.scalar(select(Staff).where(Staff.id == staff_id, Staff.active))


def find_by_username(session: Session, username: str) -> Staff | None:
    """Find somebody who works here now, by the name they sign in with."""
    named = Staff.username == known_as(username)
    return session.scalar(select(Staff).where(named, Staff.active))


def epochs(session: Session, staff_ids: Iterable[int]) -> dict[int, int]:
    """Give the current epoch of each of these people who still works here."""
    wanted = Staff.id.in_(list(staff_ids))
    rows = session.execute(select(Staff.id, Staff.epoch).where(wanted, Staff.active))
    return {row.id: row.epoch for row in rows}


def allows(role: str, least: Role) -> bool:
    """Tell whether somebody with `role` may do what asks for `least`."""
    return role in ROLES and ROLES.index(role) >= ROLES.index(least)


def end_sessions(session: Session, staff_id: int) -> None:
    """End every session of this person, at every desk."""
    session.execute(update(Staff).where(Staff.id == staff_id).values(epoch=Staff.epoch + 1))


def set_password(session: Session, staff_id: int, password_hash: str) -> None:
    """Give this person a new password, and end every session begun with the old one."""
    values = {"password_hash": password_hash, "epoch": Staff.epoch + 1}
    session.execute(update(Staff).where(Staff.id == staff_id).values(values))


def speak(session: Session, staff_id: int, language: Language) -> None:
    """Keep the language this person wants their pages in."""
    session.execute(update(Staff).where(Staff.id == staff_id).values(language=language))
