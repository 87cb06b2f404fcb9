"""Whether a request is Twilio's: decided over the address we are known by, not what it says.

Twilio signs the full address it called and every form field (names sorted, values in order).
What to try is chosen by our configuration alone: each auth token with SHA-1, each SharedKey with
SHA-256, two of each during a rotation, with and without the default port. A request cannot choose
a weaker way for itself.
Source: twilio.com/docs/usage/webhooks/webhooks-security, and the twilio package's own validator.
"""

# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false
# twilio ships no types; its unknowns stay in the few files that name them.

import hmac
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit, urlunsplit

from twilio.request_validator import HMAC_SHA1, HMAC_SHA256, RequestValidator

from config.settings import Settings

Pairs = Sequence[tuple[str, str]]

DEFAULT_PORTS: Final = {"https": 443, "http": 80}


class Fields:
    """Form fields in the shape the validator asks for: repeated names keep all their values."""

    def __init__(self, pairs: Pairs) -> None:
        """Collect the values of each name."""
        self._values: dict[str, list[str]] = {}
        for name, value in pairs:
            self._values.setdefault(name, []).append(value)

    def __iter__(self) -> Iterator[str]:
        """Iterate over the names."""
        return iter(self._values)

    def __len__(self) -> int:
        """Count the names."""
        return len(self._values)

    def getall(self, name: str) -> list[str]:
        """Return every value of a name; the validator calls this."""
        return self._values[name]


@dataclass(frozen=True, repr=False)
class Seal:
    """One secret and the algorithm it signs with."""

    secret: str
    algorithm: str


class SignatureCheck:
    """Checks requests against the secrets of the settings and one public address."""

    def __init__(self, settings: Settings, address: str) -> None:
        """Take the secrets in the order they are tried; `address` is without path of a route."""
        tokens = (settings.twilio_auth_token, settings.twilio_auth_token_old)
        keys = (settings.twilio_shared_key, settings.twilio_shared_key_old)
        self._seals = [
            *(Seal(token, HMAC_SHA1) for token in tokens if token),
            *(Seal(key, HMAC_SHA256) for key in keys if key),
        ]
        self._addresses = addresses(address)

    def holds(self, path: str, query: str, pairs: Pairs, signature: str | None) -> bool:
        """Tell whether the signature is ours for this path, this raw query and these fields."""
        if not signature or not signature.isascii():
            return False
        target = f"{path}?{query}" if query else path
        fields = Fields(pairs)
        expected = (
            RequestValidator(seal.secret).compute_signature(
                base + target, fields, algorithm=seal.algorithm
            )
            for seal in self._seals
            for base in self._addresses
        )
        try:
            return any(hmac.compare_digest(one, signature) for one in expected)
        except UnicodeEncodeError:  # half a surrogate pair, which nobody can have signed
            return False


def addresses(public_url: str) -> tuple[str, ...]:
    """Write the public address with and without its default port: Twilio may sign either."""
    parts = urlsplit(public_url)
    host, port = parts.netloc, parts.port
    default = DEFAULT_PORTS.get(parts.scheme)
    other = f"{host}:{default}" if port is None else host.rpartition(":")[0]
    return public_url, urlunsplit(parts._replace(netloc=other))
