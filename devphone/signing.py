"""Twilio's signature over a webhook, computed by Twilio's own package."""

from collections.abc import Mapping
from dataclasses import dataclass

from twilio.request_validator import (
    HMAC_SHA256,
    SIGNATURE_HEADER,
    SIGNATURE_SETTINGS_HEADER,
    RequestValidator,
)


@dataclass(frozen=True)
class Signer:
    """Signs with the account's token, or with a SharedKey secret once one is set.

    `shared_key` is "id:secret". Twilio then signs with SHA-256 and names key and algorithm in a
    header of its own (read in twilio 9.13, request_validator.py).
    """

    token: str
    shared_key: str | None = None

    def headers(self, url: str, form: Mapping[str, str]) -> dict[str, str]:
        """Make the headers that prove `form` was sent to `url` by the holder of the secret."""
        if self.shared_key is None:
            return {SIGNATURE_HEADER: signature(self.token, url, form)}
        key, _, secret = self.shared_key.rpartition(":")
        return {
            SIGNATURE_HEADER: signature(secret, url, form, HMAC_SHA256),
            SIGNATURE_SETTINGS_HEADER: f"key={key or 'devphone'},algorithm={HMAC_SHA256}",
        }


def signature(secret: str, url: str, form: Mapping[str, str], algorithm: str | None = None) -> str:
    """Compute the base64 signature of one request; `url` must be without its fragment."""
    computed: object = RequestValidator(secret).compute_signature(  # pyright: ignore[reportUnknownMemberType]  twilio is untyped
        url, dict(form), algorithm
    )
    return str(computed)
