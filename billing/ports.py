"""What the phone line, the desk and other city systems may ask of the money.

`BillingCore` is kept by `billing.core` in process and by `billing.remote` over HTTP; both raise the
errors of `billing.errors`. Its shapes are of `billing.shapes`; the port of the processor of cards,
which is outside, is `billing.processor.port`.
"""

from typing import Protocol

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


class BillingCore(Protocol):
    """The shared billing core. Every write has a `key`: the same key and body is done once.

    Raises of every operation: BillingDown (nothing is known; ask again with the same key),
    NotFound (the account, statement or intent). Of writes besides: BadAmount, AnotherBody,
    Conflict, NotAllowed, ClosedPeriod.
    """

    def find_accounts(
        self, *, number: str = "", phone: str = "", address: str = ""
    ) -> tuple[AccountFound, ...]:
        """Find by number, by a phone on file, or by the beginning of an address; most 20."""
        ...

    def balance(self, account: str) -> Balance:
        """Say what is owed."""
        ...

    def statements(self, account: str, *, most: int = 12) -> tuple[StatementFound, ...]:
        """List posted statements, the newest first; most 60."""
        ...

    def statement(self, number: str) -> StatementText:
        """Give one statement's text."""
        ...

    def explain(self, account: str, *, language: Language = "en") -> Explanation:
        """Say why the newest statement changed."""
        ...

    def holds(self, account: str) -> tuple[HoldFound, ...]:
        """List what protects an account today."""
        ...

    def recent_payments(self, account: str, *, most: int = 5) -> tuple[PaymentFound, ...]:
        """List payments, the newest first; most 60."""
        ...

    def start_payment(  # noqa: PLR0913  by keyword, one name for each thing said
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
        """Write down that somebody is about to pay; it is kept before anything else happens."""
        ...

    def payment_sent(self, intent: str, *, key: str) -> Intent:
        """Note that the processor was asked from now on."""
        ...

    def payment_result(self, result: PaymentResult, *, key: str) -> PaymentAnswer:
        """Post, or note what happened else; a second arrival gives the first one's answer."""
        ...

    def payment(self, intent: str) -> Intent:
        """Say where a payment stands."""
        ...

    def arrangement_offer(self, account: str) -> ArrangementOffer:
        """Say what the rules would grant now."""
        ...

    def make_arrangement(self, account: str, *, actor: str, key: str) -> Arrangement:
        """Make the arrangement that is offered now."""
        ...

    def plans(self, account: str) -> PlanStatus:
        """Say whether autopay and budget billing are on."""
        ...

    def adjust(  # noqa: PLR0913  by keyword, one name for each thing said
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
        """Take `cents` off what is owed for a service, by a reason code of config."""
        ...

    def charge(  # noqa: PLR0913  by keyword, one name for each thing said
        self, *, account: str, service: str, cents: int, kind: str, actor: str, key: str
    ) -> Charged:
        """Put a charge on an account: a permit, a work order's fee."""
        ...
