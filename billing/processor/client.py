"""The processor over HTTP: the only place that asks it. It is told tokens and intents, no numbers.

A charge is asked for under its intent's id, so asking again is safe; it is asked again once where
the connection was never made, and not at all where an answer was lost: that is the sweeper's.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final, TypeVar
from urllib.parse import quote

import httpx
from pydantic import TypeAdapter, ValidationError

from billing.processor.port import NoAnswer, ProcessorCharge, Refused, SettlementReport
from billing.shapes import CardTender

SECONDS: Final = 5
REPORT_SECONDS: Final = 60
TRY_LATER: Final = frozenset({401, 403, 408, 425, 429})  # about us or the moment, not the charge
NOT_THERE: Final = 404
CHARGE: Final = TypeAdapter(ProcessorCharge)
REPORT: Final = TypeAdapter(SettlementReport)
T = TypeVar("T")


class HttpCardProcessor:
    """A processor at an address; nothing is connected before the first question.

    `transport` is httpx's: tests hand in the stand-in itself.
    """

    def __init__(self, url: str, key: str, *, transport: httpx.BaseTransport | None = None) -> None:
        self._client: httpx.Client = httpx.Client(
            base_url=url,
            headers={"Authorization": f"Bearer {key}"},
            timeout=SECONDS,
            transport=transport or httpx.HTTPTransport(retries=1),
        )

    def close(self) -> None:
        """Give the connections back."""
        self._client.close()

    def charge(self, intent: str, cents: int, tender: CardTender, token: str) -> ProcessorCharge:
        """Charge a token; raises NoAnswer or Refused."""
        asked = {"intent": intent, "cents": cents, "tender": tender, "token": token}
        return read(CHARGE, accepted(self._ask("POST", "/v1/charges", asked)))

    def find(self, intent: str) -> ProcessorCharge | None:
        """Look up what was asked for under an intent; raises NoAnswer."""
        answer = self._ask("GET", f"/v1/charges/{quote(intent, safe='')}")
        return None if says(answer, "unknown intent") else read(CHARGE, known(answer))

    def refund(self, intent: str, of: str, cents: int) -> ProcessorCharge:
        """Give back; raises NoAnswer or Refused."""
        asked = {"intent": intent, "of": of, "cents": cents}
        return read(CHARGE, accepted(self._ask("POST", "/v1/refunds", asked)))

    def settlement(self, day: date) -> SettlementReport | None:
        """Fetch a day's report; raises NoAnswer."""
        answer = self._ask("GET", f"/v1/settlements/{day.isoformat()}.json", seconds=REPORT_SECONDS)
        return None if says(answer, "no report yet") else read(REPORT, known(answer))

    def _ask(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, seconds: int = SECONDS
    ) -> httpx.Response:
        try:
            return self._client.request(method, path, json=body, timeout=seconds)
        except httpx.HTTPError as error:
            raise NoAnswer(type(error).__name__) from error


def says(answer: httpx.Response, code: str) -> bool:
    """Tell the processor's own "there is none" from the 404 of an address that is not its."""
    try:
        return answer.status_code == NOT_THERE and answer.json()["code"] == code
    except (ValueError, TypeError, KeyError):
        return False


def known(answer: httpx.Response) -> httpx.Response:
    """Let only an answer pass; whatever else came says nothing about the money."""
    if not answer.is_success:
        raise NoAnswer(f"HTTP {answer.status_code}")
    return answer


def accepted(answer: httpx.Response) -> httpx.Response:
    """Tell a refusal, after which nothing moved, from no answer."""
    if answer.status_code in TRY_LATER:
        raise Refused(f"HTTP {answer.status_code}", permanent=False)
    if not answer.is_client_error:
        return known(answer)
    raise Refused(f"HTTP {answer.status_code}: {answer.text[:200]}", permanent=True)


def read(shape: TypeAdapter[T], answer: httpx.Response) -> T:
    """Read an answer; one that makes no sense is none."""
    try:
        return shape.validate_json(answer.content)
    except ValidationError as error:
        raise NoAnswer(f"{error.error_count()} faults in the answer") from error
