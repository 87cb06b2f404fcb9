"""A city to begin with: people who sign in, and tickets that look like a week's work.

Everybody here is plainly made up, and every phone number is one that is set aside for stories
(801-555-01xx). Seeding is done once: a database that has staff is left alone.
"""

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.city import City, Field, ServiceType
from config.words import Language
from db.session import Database
from people.passwords import hashed
from people.staff import NewStaff, Role, create
from people.tables import Staff
from tickets.numbers import free_number
from tickets.opening import Draft, open_ticket

PASSWORD: Final = "provo-demo-311"  # noqa: S105  a demonstration's; production makes its own
SIGN_INS: Final[tuple[tuple[str, str, Role, Language, str], ...]] = (
    ("rep", "Demo Rep", "rep", "en", "customer_service"),
    ("bilingue", "Demo Representante", "rep", "es", "customer_service"),
    ("streets", "Demo Streets Crew", "department", "en", "public_works_streets"),
    ("supervisor", "Demo Supervisor", "supervisor", "en", "customer_service"),
    ("admin", "Demo Administrator", "administrator", "en", "customer_service"),
)
TICKETS: Final = 36
SEED: Final = 311
PLACES: Final = (
    "100 North 200 West",
    "Center Street & 500 West",
    "University Avenue & 300 South",
    "900 East 700 North",
    "Freedom Boulevard & 1230 North",
    "3700 North Canyon Road",
)
WORDS: Final[dict[Language, tuple[str, ...]]] = {
    "en": ("it has been like this since monday", "near the school", "it is getting worse"),
    "es": ("está así desde el lunes", "cerca de la escuela", "cada vez está peor"),
}


def seed(database: Database, city: City, progress: Callable[[int, int], None]) -> bool:
    """Fill an empty database; False where somebody works here already."""
    if database.run(lambda session: session.scalar(select(Staff.id).limit(1))) is not None:
        return False
    drawn = random.Random(SEED)  # noqa: S311  the same city for everybody, no secret
    now = datetime.now(UTC)
    services = [one for one in city.services.values() if one.voice_fields]
    for number in range(TICKETS):
        service = drawn.choice(services)
        # Most are within their time, one in ten is late.
        opened = now - timedelta(hours=service.first_response_hours * drawn.uniform(0.05, 1.1))
        draft = draft_of(service, drawn, number)
        database.run(lambda session, d=draft, at=opened: add_ticket(session, city, d, at))
        progress(number + 1, TICKETS + len(SIGN_INS))
    # Staff come last: a seeding that was cut off begins again, and finds its tickets by origin.
    database.run(add_staff)
    progress(TICKETS + len(SIGN_INS), TICKETS + len(SIGN_INS))
    return True


def sign_ins() -> list[tuple[str, str, str]]:
    """List user name, password and role of everybody seeded, for the table that `up` ends with."""
    return [(username, PASSWORD, role) for username, _, role, _, _ in SIGN_INS]


def add_staff(session: Session) -> None:
    """Write everybody who can sign in."""
    secret = hashed(PASSWORD)
    for username, name, role, language, department in SIGN_INS:
        person = NewStaff(
            username=username,
            name=name,
            role=role,
            password_hash=secret,
            language=language,
            department=department,
        )
        create(session, person)


def draft_of(service: ServiceType, drawn: random.Random, number: int) -> Draft:
    """Make up what a caller of this type might have said; its number is drawn at the writing."""
    language: Language = "es" if drawn.random() < 0.3 else "en"  # noqa: PLR2004  three in ten
    return Draft(
        number="",
        origin=f"seed:{number}",
        service=service,
        subject=subject(service, language),
        details={field.name: answer(field, drawn, language) for field in service.voice_fields},
        language=language,
        caller=f"+180155501{drawn.randrange(10, 99)}",
    )


def add_ticket(session: Session, city: City, draft: Draft, opened: datetime) -> None:
    """Write one ticket as if it had been opened then."""
    open_ticket(session, replace(draft, number=free_number(session)), city, opened)


def subject(service: ServiceType, language: Language) -> str:
    """Write what a caller might have said first."""
    spoken = service.spoken.get(language)
    return f"llamo por {spoken}" if language == "es" else f"i'm calling about {spoken}"


def answer(field: Field, drawn: random.Random, language: Language) -> str:
    """Make up an answer of the field's kind."""
    match field.kind:
        case "place":
            return drawn.choice(PLACES)
        case "yes no":
            return drawn.choice(("yes", "no"))
        case "digits":
            return str(drawn.randrange(10_000_000, 99_999_999))
        case "date":
            return (datetime.now(UTC) - timedelta(days=drawn.randrange(1, 5))).date().isoformat()
        case "choice":
            return drawn.choice(field.options).value
        case "words":
            return drawn.choice(WORDS[language])
