"""Cases that no call opens: what a job found that a person must look at."""

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from config.city import City, ServiceType
from db.session import Database
from tickets.numbers import free_number
from tickets.opening import Draft, open_ticket

CHANNEL: Final = "system"
Told = Callable[[Session, Mapping[str, Any]], Mapping[str, str]]
Clock = Callable[[], datetime]


def handler(
    database: Database, service: ServiceType, city: City, clock: Clock, told: Told
) -> Callable[[dict[str, Any]], None]:
    """Make the handler of a job that opens a case of this type; `told` gives its fields.

    The same promise opens one case, however often it is kept.
    """

    def write(session: Session, args: Mapping[str, Any]) -> None:
        details = told(session, args)
        draft = Draft(
            number=free_number(session),
            origin=f"{service.code}:{json.dumps(args, sort_keys=True)}",
            service=service,
            subject=details.get("note", ""),
            details=details,
            language="en",
            channel=CHANNEL,
        )
        open_ticket(session, draft, city, clock())

    return lambda args: database.run(lambda session: write(session, args))
