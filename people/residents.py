"""Residents and the phones that are theirs. What they owe is no business of this room."""

from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from config.phones import dialled
from config.words import Language
from people.tables import Resident, ResidentPhone


@dataclass(frozen=True, slots=True, kw_only=True)
class NewResident:
    """Somebody to be written down; `phones` as they were told, the first the one to call."""

    name: str
    language: Language = "en"
    email: str = ""
    mailing: str = ""
    phones: tuple[str, ...] = field(default=())


def add_resident(session: Session, new: NewResident) -> Resident:
    """Write a resident and their phones; raises ValueError for no name or no phone number."""
    if not new.name.strip():
        raise ValueError("A resident has a name.")
    resident = Resident(
        name=new.name.strip(), language=new.language, email=new.email, mailing=new.mailing
    )
    session.add(resident)
    session.flush()
    for phone in new.phones:
        add_phone(session, resident.id, phone)
    return resident


def add_phone(session: Session, resident_id: int, phone: str, label: str = "") -> str:
    """Note that a phone is a resident's; gives it in E.164. Raises ValueError for none.

    A repeat changes nothing.
    """
    number = e164(phone)
    given = {"resident_id": resident_id, "phone": number, "label": label}
    session.execute(insert(ResidentPhone).values(given).on_conflict_do_nothing())
    return number


def drop_phone(session: Session, resident_id: int, phone: str) -> bool:
    """Forget that a phone is a resident's; False where it was not."""
    held = session.get(ResidentPhone, (resident_id, e164(phone)))
    if held is None:
        return False
    session.delete(held)
    session.flush()
    return True


def residents_at(session: Session, phone: str) -> list[Resident]:
    """List whose phone this is, the longest known first; nobody for what is no phone number."""
    number = dialled(phone)
    theirs = (
        select(Resident)
        .join(ResidentPhone, ResidentPhone.resident_id == Resident.id)
        .where(ResidentPhone.phone == number)
        .order_by(ResidentPhone.since, Resident.id)
    )
    return list(session.scalars(theirs)) if number else []


def phones_of(session: Session, resident_id: int) -> list[str]:
    """List a resident's phones, the longest known first."""
    theirs = (
        select(ResidentPhone.phone)
        .where(ResidentPhone.resident_id == resident_id)
        .order_by(ResidentPhone.since, ResidentPhone.phone)
    )
    return list(session.scalars(theirs))


def e164(phone: str) -> str:
    """Write a phone as it is kept: "+18015550100". Raises ValueError."""
    number = dialled(phone)
    if number is None or not number.startswith("+"):
        raise ValueError(f"{phone!r} is no telephone number of ten digits.")
    return number
