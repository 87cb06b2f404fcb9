"""Delivers a webhook as Twilio does: retries with one token, then the fallback URL."""

from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import Literal
from urllib.parse import urljoin
from xml.etree.ElementTree import Element

from devphone import forms
from devphone.grammar import Kind, findings
from devphone.leg import Leg, Party
from devphone.markup import read
from devphone.steps import Steps, send
from devphone.wire import BAD_STATUS, Answer, NoAnswer, Request

BAD_CONTENT_TYPE = 12300
TWIML_TYPES = frozenset({"text/xml", "application/xml", "text/html"})


@dataclass(frozen=True)
class Jump:
    """Where control goes next: fetch this URL with these fields beside the standard ones."""

    url: str
    method: str = "POST"
    more: dict[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True)
class Document:
    """A TwiML document that passed, and the URL that its relative addresses start from."""

    url: str
    root: Element
    kind: Kind = "voice"

    def resolve(self, address: str | None) -> str:
        """Return an address in this document, absolute; none means the document itself."""
        return urljoin(self.url, address) if address else self.url


class DeliveryError(Exception):
    """No document could be had; `code` is Twilio's error, `url` the one that failed."""

    def __init__(self, code: int, url: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
        self.url = url


def document_at(leg: Leg, jump: Jump, kind: Kind = "voice") -> Steps[Document]:
    """Return the document at a URL, or the one that the leg's fallback URL gives instead.

    Raises DeliveryError when neither gives one.
    """
    try:
        return (yield from _fetched(leg, jump, kind))
    except DeliveryError as failure:
        if leg.fallback_url is None or kind != "voice":
            raise
        leg.note("error", f"{failure} Trying the fallback.", code=failure.code, url=failure.url)
        more = jump.more | {"ErrorCode": str(failure.code), "ErrorUrl": failure.url}
        return (yield from _fetched(leg, Jump(leg.fallback_url, "POST", more), kind))


def _fetched(leg: Leg, jump: Jump, kind: Kind) -> Steps[Document]:
    form = forms.with_more(leg, jump.more)
    request = leg.carrier.signed(jump.method, jump.url, form)
    answer = yield from delivered(leg, request)
    leg.carrier.received(leg, request.url, answer.body, answer.headers)
    if answer.content_type not in TWIML_TYPES:
        sentence = f"The answer is {answer.content_type or 'of no type'}, not XML."
        raise DeliveryError(BAD_CONTENT_TYPE, request.url, sentence)
    faults = findings(answer.body, kind)
    if faults:
        leg.carrier.violated(leg, request.url, [fault.sentence for fault in faults])
        raise DeliveryError(faults[0].code, request.url, faults[0].sentence)
    return Document(jump.url, read(answer.body), kind)


def delivered(party: Party, request: Request) -> Steps[Answer]:
    """Send a webhook until it is answered with 2xx, as often and as long as its limits allow.

    Raises DeliveryError after the last try. Every try carries the same idempotency token.
    """
    started = party.carrier.now()
    tries = 0
    while True:
        left_ms = request.limits.total_ms - round((party.carrier.now() - started) * 1000)
        limits = replace(request.limits, total_ms=max(0, left_ms))
        outcome = yield from send(replace(request, limits=limits))
        _note(party, request, outcome)
        if isinstance(outcome, Answer) and outcome.is_good:
            return outcome
        tries += 1
        spent_ms = (party.carrier.now() - started) * 1000
        may_retry = tries <= request.limits.retries and spent_ms < request.limits.total_ms
        if not (may_retry and request.limits.allows_retry_after(failure_class(outcome))):
            raise _failure(request, outcome)


def failure_class(outcome: Answer | NoAnswer) -> Literal["ct", "rt", "4xx", "5xx"]:
    """Return the name that a retry policy (`rp`) has for this failure."""
    if isinstance(outcome, NoAnswer):
        return "ct" if outcome.reason == "connect" else "rt"
    return "5xx" if outcome.status >= HTTPStatus.INTERNAL_SERVER_ERROR else "4xx"


def _failure(request: Request, outcome: Answer | NoAnswer) -> DeliveryError:
    if isinstance(outcome, NoAnswer):
        return DeliveryError(outcome.code, request.url, outcome.sentence)
    return DeliveryError(BAD_STATUS, request.url, f"The line answered {outcome.status}.")


def _note(party: Party, request: Request, outcome: Answer | NoAnswer) -> None:
    if isinstance(outcome, NoAnswer):
        party.note("fetched", outcome.sentence, url=request.url, form=dict(request.form),
                 status=None, ms=None, twiml="")  # fmt: skip
        return
    party.note("fetched", f"{request.method} {request.url} {outcome.status}", url=request.url,
             form=dict(request.form), status=outcome.status, ms=round(outcome.seconds * 1000, 1),
             twiml=outcome.body.decode("utf-8", "replace"))  # fmt: skip
