"""The billing core in process: the port over the rooms, one transaction for each operation.

What the database refuses is told in the words of `billing.errors`; an outage is BillingDown.
"""

from collections.abc import Callable
from typing import Final, TypeVar

from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from billing import arranging, looking
from billing.charging import ToAdjust, adjust, charge
from billing.errors import BillingDown, BillingError, translated
from billing.paying import Asked, sent, start
from billing.payments.intents import finish
from billing.scan import refuse_numbers
from billing.shapes import (
    AccountFound,
    Adjusted,
    Arrangement,
    ArrangementOffer,
    Balance,
    CardTender,
    Charged,
    Explanation,
    HoldFound,
    Intent,
    PaymentAnswer,
    PaymentFound,
    PaymentResult,
    PlanStatus,
    StatementFound,
    StatementText,
)
from config.words import Language
from db.errors import DatabaseUnavailable
from db.session import Database, sqlstate

T = TypeVar("T")
TAKEN: Final = "23505"  # unique violation
SAME_KEY: Final = "Ask again with the same key: what was done is answered, not done twice."


class Billing:
    """The billing core on a database; in `production` no rule that is not confirmed is used."""

    def __init__(self, database: Database, *, production: bool = False) -> None:
        self._database: Database = database
        self._production: bool = production

    def find_accounts(
        self, *, number: str = "", phone: str = "", address: str = ""
    ) -> tuple[AccountFound, ...]:
        """Find accounts."""
        return self._run(
            lambda session: looking.find_accounts(
                session, number=number, phone=phone, address=address
            )
        )

    def balance(self, account: str) -> Balance:
        """Say what is owed."""
        return self._run(lambda session: looking.balance(session, account))

    def statements(self, account: str, *, most: int = 12) -> tuple[StatementFound, ...]:
        """List posted statements."""
        return self._run(lambda session: looking.statements(session, account, most))

    def statement(self, number: str) -> StatementText:
        """Give one statement's text."""
        return self._run(lambda session: looking.statement(session, number))

    def explain(self, account: str, *, language: Language = "en") -> Explanation:
        """Say why the newest statement changed."""
        return self._run(lambda session: looking.explain(session, account, language))

    def holds(self, account: str) -> tuple[HoldFound, ...]:
        """List what protects an account today."""
        return self._run(lambda session: looking.holds(session, account))

    def recent_payments(self, account: str, *, most: int = 5) -> tuple[PaymentFound, ...]:
        """List payments."""
        return self._run(lambda session: looking.recent_payments(session, account, most))

    def start_payment(  # noqa: PLR0913  the port's shape, by keyword
        self,
        *,
        account: str,
        cents: int,
        tender: CardTender,
        channel: str,
        language: Language,
        key: str,
        call_sid: str | None = None,
    ) -> Intent:
        """Write down that somebody is about to pay."""
        asked = Asked(
            account=account,
            cents=cents,
            tender=tender,
            channel=channel,
            language=language,
            call_sid=call_sid,
        )
        return self._write(key, lambda session: start(session, asked, key))

    def payment_sent(self, intent: str, *, key: str) -> Intent:
        """Note that the processor is asked from now on."""
        return self._write(key, lambda session: sent(session, intent))

    def payment_result(self, result: PaymentResult, *, key: str) -> PaymentAnswer:
        """Post, or note what happened else."""
        return self._write(key, lambda session: finish(session, result))

    def payment(self, intent: str) -> Intent:
        """Say where a payment stands."""
        return self._run(lambda session: looking.intent(session, intent))

    def arrangement_offer(self, account: str) -> ArrangementOffer:
        """Say what the rules would grant now."""
        return self._run(
            lambda session: arranging.offer(session, account, production=self._production)
        )

    def make_arrangement(self, account: str, *, actor: str, key: str) -> Arrangement:
        """Make the arrangement that is offered now."""
        return self._write(
            key,
            lambda session: arranging.make(
                session, account, actor, key, production=self._production
            ),
        )

    def plans(self, account: str) -> PlanStatus:
        """Say whether autopay and budget billing are on."""
        return self._run(lambda session: looking.plans(session, account))

    def adjust(  # noqa: PLR0913  the port's shape, by keyword
        self,
        *,
        account: str,
        service: str,
        cents: int,
        reason: str,
        note: str,
        made_by: str,
        made_as: str,
        key: str,
    ) -> Adjusted:
        """Take cents off what is owed for a service."""
        wanted = ToAdjust(
            account=account,
            service=service,
            cents=cents,
            reason=reason,
            note=note,
            made_by=made_by,
            made_as=made_as,
        )
        return self._write(key, lambda session: adjust(session, wanted, key))

    def charge(  # noqa: PLR0913  the port's shape, by keyword
        self, *, account: str, service: str, cents: int, kind: str, actor: str, key: str
    ) -> Charged:
        """Put a charge on an account."""
        return self._write(
            key,
            lambda session: charge(session, account, service, cents, kind, actor=actor, key=key),
        )

    def _write(self, key: str, work: Callable[[Session], T]) -> T:
        """Do it once per key; who loses a race for a key finds, the second time, what was done."""
        named(key)
        try:
            return self._run(work)
        except IntegrityError as error:
            if sqlstate(error) != TAKEN:
                raise
        return self._run(work)

    def _run(self, work: Callable[[Session], T]) -> T:
        try:
            return self._database.run(work)
        except DatabaseUnavailable as error:
            raise BillingDown("no answer", "the database is away", SAME_KEY) from error
        except DBAPIError as error:
            raise translated(error) from error


def named(key: str) -> None:
    """Refuse a write without a key: nobody could tell its repeat from a second one.

    A key is kept, so it may be no card's number either.
    """
    if not key:
        advice = "Give a key, new for every new thing that is to be done."
        raise BillingError("idempotency key", "the key is missing", advice)
    refuse_numbers(key=key)
