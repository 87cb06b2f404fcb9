"""How an account paid until now: late charges, returned payments, what it was billed."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from billing.money import Cents
from billing.payments.months import months_after

# Late is what a payment reached after its day, or what is open after its day. A payment that was
# taken back had not paid at all, so what it stood for is late in its own right.
LATE: Final = text("""
SELECT count(*) FROM charges c WHERE c.account_id = :account AND c.due_on < :on
AND c.due_on >= :since AND (c.open_cents > 0 OR EXISTS (
    SELECT FROM allocations a JOIN journal j ON j.id = a.transaction_id
    WHERE a.charge_id = c.id AND a.cents > 0 AND j.effective_on > c.due_on
    AND j.kind IN ('payment', 'credit used')))""")
RETURNED: Final = text("""
SELECT count(*) FROM payments p JOIN journal r ON r.reverses = p.transaction_id
WHERE p.account_id = :account AND r.effective_on >= :since AND r.effective_on <= :on
AND r.memo ->> 'code' <> 'KEYED'""")
OPENED: Final = text("SELECT opened_on FROM accounts WHERE id = :account")
BILLED: Final = text("""
SELECT CAST(coalesce(sum(cents), 0) AS bigint) FROM charges WHERE account_id = :account
AND charged_on >= :since AND charged_on < :on
AND kind NOT IN ('late fee', 'returned item', 'credit owed back')""")


@dataclass(frozen=True, slots=True)
class Record:
    """How an account paid since a day: charges that were late, payments that came back."""

    whole: bool
    late: int
    returned: int

    @property
    def clean(self) -> bool:
        """Say whether it was there all that time and paid timely and wholly."""
        return self.whole and not self.late and not self.returned


def record(session: Session, account_id: int, on: date, months: int) -> Record:
    """Read how an account paid in the months before a day; `whole` if it was open all of them."""
    since = months_after(on, -months)
    given = {"account": account_id, "on": on, "since": since}
    opened = session.execute(OPENED, {"account": account_id}).scalar_one()
    late = session.execute(LATE, given).scalar_one()
    return Record(opened <= since, late, session.execute(RETURNED, given).scalar_one())


def billed(session: Session, account_id: int, on: date, months: int) -> Cents:
    """Add up what an account was billed in the months before a day, fees of paying left out."""
    given = {"account": account_id, "on": on, "since": months_after(on, -months)}
    return session.execute(BILLED, given).scalar_one()
