"""What is signed, and what a fragment asks for."""

import pytest
from twilio.request_validator import RequestValidator

from devphone.network import Network
from devphone.overrides import Overrides, split
from devphone.signing import Signer, signature
from devphone.wire import Answer, Request

# Published by Twilio: usage/webhooks/webhooks-security.
VECTOR_URL = "https://mycompany.com/myapp.php?foo=1&bar=2"
VECTOR_FORM = {
    "CallSid": "CA1234567890ABCDE",
    "Caller": "+14158675309",
    "Digits": "1234",
    "From": "+14158675309",
    "To": "+18005551212",
}


def validates(
    secret: str, url: str, form: dict[str, str], given: str, algorithm: str | None = None
) -> bool:
    """Ask the package that the line uses about a signature."""
    found: object = RequestValidator(secret).validate(url, form, given, algorithm)  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]  twilio is untyped
    return found is True


def test_the_published_vector_is_reproduced() -> None:
    assert signature("12345", VECTOR_URL, VECTOR_FORM) == "RSOYDt4T1cUTdK1PDd93/VVr8B8="


def test_a_shared_key_signs_with_sha_256_and_says_so() -> None:
    headers = Signer("token", "webhooks_sharedkey_1:secret").headers(VECTOR_URL, VECTOR_FORM)
    settings = headers["X-Twilio-Webhooks-Signature-Settings"]
    assert settings == "key=webhooks_sharedkey_1,algorithm=HMAC_SHA256"
    assert validates(
        "secret", VECTOR_URL, VECTOR_FORM, headers["X-Twilio-Signature"], "HMAC_SHA256"
    )


def ignore(request: Request) -> Answer:
    return Answer(404, b"", {}) if request.url else Answer(200, b"")


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_the_fragment_is_neither_sent_nor_signed(method: str) -> None:
    network = Network(ignore, signer=Signer("token"))
    request = network.signed(method, "https://line.example/voice?a=1#rc=2", {"Digits": "1"})
    assert "#" not in request.url
    assert request.limits.retries == 2
    assert validates(
        "token", request.url, dict(request.form), request.headers["X-Twilio-Signature"]
    )


def test_a_get_carries_its_fields_in_the_query() -> None:
    request = Network(ignore).signed("GET", "https://line.example/voice?a=1", {"Digits": "1 2"})
    assert (request.url, dict(request.form)) == ("https://line.example/voice?a=1&Digits=1+2", {})


@pytest.mark.parametrize(
    ("fragment", "expected"),
    [
        ("", Overrides()),
        (
            "ct=1500&rt=4500&rc=1&rp=ct,5xx",
            Overrides(1500, 4500, 15_000, 1, frozenset({"ct", "5xx"})),
        ),
        ("rc=0&tt=900", Overrides(retries=0, total_ms=900)),
        ("rc=6", Overrides()),
        ("ct=99", Overrides()),
        ("ct=²&rt=&rc=-1&rp=nonsense", Overrides()),
        ("rp=all", Overrides(retry_after=frozenset({"all"}))),
    ],
)
def test_overrides_are_read_from_the_fragment(fragment: str, expected: Overrides) -> None:
    assert split(f"https://line.example/voice#{fragment}") == (
        "https://line.example/voice",
        expected,
    )
