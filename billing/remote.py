"""The billing core over HTTP: the same port, the same errors, for whoever is another process.

Who makes a write is the API's key: `actor` and `made_by` are its name, `made_as` the role of its
scope, or each is empty. Another is refused.

Two seconds are waited. A question is asked twice where no answer came; a write too, because it
carries its key, and what was done already is answered again. Nothing else is retried here.
"""

from typing import Any, Final
from urllib.parse import quote

import httpx
from pydantic import ValidationError
from pydantic_core import to_jsonable_python

from billing.errors import BillingDown, BillingError
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
from billing.wire import BY_NAME, PREFIX, Operation, Problem, error_of
from config.words import Language

SECONDS: Final = 2
TRIES: Final = 2
SAME_KEY: Final = "Ask again with the same key: what was done is answered, not done twice."
NOT_NOW: Final = frozenset({408, 425, 429})
SERVER_FAULT: Final = 500
NOBODY: Final = "-"  # an empty name would be another address; this one names nothing


class RemoteBilling:
    """A billing core at an address. `key` is the API's; `transport` httpx's, for tests."""

    def __init__(self, url: str, key: str, *, transport: httpx.BaseTransport | None = None) -> None:
        self._client: httpx.Client = httpx.Client(
            base_url=url.rstrip("/") + PREFIX,
            headers={"Authorization": f"Bearer {key}", "Accept": "application/json"},
            timeout=SECONDS,
            transport=transport,
        )

    def close(self) -> None:
        """Give the connections back."""
        self._client.close()

    def find_accounts(
        self, *, number: str = "", phone: str = "", address: str = ""
    ) -> tuple[AccountFound, ...]:
        """Find accounts."""
        return self._call("find_accounts", number=number, phone=phone, address=address)

    def balance(self, account: str) -> Balance:
        """Say what is owed."""
        return self._call("balance", account=account)

    def statements(self, account: str, *, most: int = 12) -> tuple[StatementFound, ...]:
        """List posted statements."""
        return self._call("statements", account=account, most=most)

    def statement(self, number: str) -> StatementText:
        """Give one statement's text."""
        return self._call("statement", number=number)

    def explain(self, account: str, *, language: Language = "en") -> Explanation:
        """Say why the newest statement changed."""
        return self._call("explain", account=account, language=language)

    def holds(self, account: str) -> tuple[HoldFound, ...]:
        """List what protects an account today."""
        return self._call("holds", account=account)

    def recent_payments(self, account: str, *, most: int = 5) -> tuple[PaymentFound, ...]:
        """List payments."""
        return self._call("recent_payments", account=account, most=most)

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
        return self._call(
            "start_payment",
            key=key,
            account=account,
            cents=cents,
            tender=tender,
            channel=channel,
            language=language,
            call_sid=call_sid,
        )

    def payment_sent(self, intent: str, *, key: str) -> Intent:
        """Note that the processor was asked."""
        return self._call("payment_sent", key=key, intent=intent)

    def payment_result(self, result: PaymentResult, *, key: str) -> PaymentAnswer:
        """Post, or note what happened else."""
        return self._call("payment_result", key=key, result=result)

    def payment(self, intent: str) -> Intent:
        """Say where a payment stands."""
        return self._call("payment", intent=intent)

    def arrangement_offer(self, account: str) -> ArrangementOffer:
        """Say what the rules would grant now."""
        return self._call("arrangement_offer", account=account)

    def make_arrangement(self, account: str, *, actor: str, key: str) -> Arrangement:
        """Make the arrangement that is offered now."""
        return self._call("make_arrangement", key=key, account=account, actor=actor)

    def plans(self, account: str) -> PlanStatus:
        """Say whether autopay and budget billing are on."""
        return self._call("plans", account=account)

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
        return self._call(
            "adjust",
            key=key,
            account=account,
            service=service,
            cents=cents,
            reason=reason,
            note=note,
            made_by=made_by,
            made_as=made_as,
        )

    def charge(  # noqa: PLR0913  the port's shape, by keyword
        self, *, account: str, service: str, cents: int, kind: str, actor: str, key: str
    ) -> Charged:
        """Put a charge on an account."""
        return self._call(
            "charge",
            key=key,
            account=account,
            service=service,
            cents=cents,
            kind=kind,
            actor=actor,
        )

    def _call(self, name: str, *, key: str = "", **arguments: Any) -> Any:  # noqa: ANN401  each method says its own
        operation = BY_NAME[name]
        answer = self._tried(_request(self._client, operation, key, arguments))
        if not answer.is_success:
            raise refusal(answer)
        try:
            return operation.answer.validate_json(answer.content)
        except ValidationError as error:
            message = f"the billing core's answer to {name} makes no sense"
            raise BillingDown("answer", message, SAME_KEY) from error

    def _tried(self, request: httpx.Request) -> httpx.Response:
        for _ in range(TRIES - 1):
            try:
                return self._client.send(request)
            except httpx.TransportError:
                continue
        try:
            return self._client.send(request)
        except httpx.HTTPError as error:
            message = f"the billing core does not answer: {type(error).__name__}"
            raise BillingDown("no answer", message, SAME_KEY) from error


def _request(
    client: httpx.Client, operation: Operation, key: str, arguments: dict[str, Any]
) -> httpx.Request:
    path = operation.path.format(
        **{name: quote(str(arguments[name]) or NOBODY, safe="") for name in operation.in_path}
    )
    rest = {name: value for name, value in arguments.items() if name not in operation.in_path}
    if not operation.writes:
        return client.build_request("GET", path, params=rest)
    headers = {"Idempotency-Key": key}
    return client.build_request("POST", path, json=to_jsonable_python(rest), headers=headers)


def refusal(answer: httpx.Response) -> BillingError:
    """Give the error that the answer tells of."""
    try:
        problem = Problem.model_validate_json(answer.content)
    except ValidationError:
        message = f"the billing core answered HTTP {answer.status_code}"
        return BillingDown("no answer", message, SAME_KEY)
    if answer.status_code in NOT_NOW or answer.status_code >= SERVER_FAULT:
        return BillingDown(problem.rule, problem.detail, problem.advice)
    return error_of(problem)
