"""The text that follows a payment, to a phone of the payer that agreed to texts."""

from collections.abc import Callable
from datetime import date
from typing import Any, Protocol

from sqlalchemy.orm import Session

from config.city import City
from config.words import Language
from db.session import Database
from messages.consent import consent_of
from messages.outgoing import Text, promise_text
from messages.phones import can_get_texts
from messages.templates import payment_taken


class Paid(Protocol):
    """A payment as its payer is told of it; amounts in cents."""

    @property
    def receipt(self) -> str: ...
    @property
    def cents(self) -> int: ...
    @property
    def received_on(self) -> date: ...
    @property
    def language(self) -> Language: ...
    @property
    def phones(self) -> tuple[str, ...]: ...


def handler(
    database: Database, city: City, find: Callable[[Session, int], Paid | None]
) -> Callable[[dict[str, Any]], None]:
    """Make the handler of a promised receipt; nobody who has not agreed is texted."""

    def send(args: dict[str, Any]) -> None:
        database.run(lambda session: promise_receipt(session, city, find(session, args["payment"])))

    return send


def promise_receipt(session: Session, city: City, payment: Paid | None) -> None:
    """Promise one text for a payment, to the first of its phones that agreed."""
    phones = payment.phones if payment else ()
    asked = (phone for phone in phones if can_get_texts(phone) and consent_of(session, phone))
    phone = next(asked, None)
    if payment is None or phone is None:
        return
    body = payment_taken(payment.language, city, payment.cents, payment.receipt)
    promise_text(session, Text(f"receipt:{payment.receipt}", phone, payment.language, body))
