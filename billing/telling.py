"""What other rooms tell people about money: a receipt for the payer, a case for the desk."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from billing.money import Cents, shown
from config.words import Language
from people.residents import phones_of

PAID: Final = text("""
SELECT p.receipt, p.cents, p.received_on, a.number, a.resident_id, r.language FROM payments p
JOIN accounts a ON a.id = p.account_id JOIN residents r ON r.id = a.resident_id
WHERE p.id = :payment""")
NUMBER: Final = text("SELECT number FROM accounts WHERE id = :account")
NAMED: Final = ("intent", "why", "code", "finding", "report", "reference", "request")


@dataclass(frozen=True, slots=True)
class Paid:
    """A payment as its payer is told of it; `phones` are all that are theirs, asked or not."""

    receipt: str
    cents: Cents
    received_on: date
    account: str
    language: Language
    phones: tuple[str, ...]


def paid(session: Session, payment_id: int) -> Paid | None:
    """Read a payment for its receipt; None where it belongs to no account."""
    row = session.execute(PAID, {"payment": payment_id}).one_or_none()
    if row is None:
        return None
    phones = tuple(phones_of(session, row.resident_id))
    return Paid(row.receipt, row.cents, row.received_on, row.number, row.language, phones)


def told(session: Session, args: Mapping[str, Any]) -> dict[str, str]:
    """Say in a case's fields what a promise about money names: the account, the amount, why."""
    said = {name: str(args[name]) for name in NAMED if args.get(name)}
    account = session.execute(NUMBER, {"account": args.get("account")}).scalar_one_or_none()
    amount = {"amount": shown(int(args["cents"]), "en")} if args.get("cents") else {}
    note = ", ".join(f"{name}: {value}" for name, value in said.items())
    return {"account": account or "", **amount, "note": note}
