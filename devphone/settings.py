"""What the devphone process is told by its environment, read once."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from devphone.network import DEMO_ACCOUNT
from devphone.phones import Phone, phones_from

DEFAULT_PORT = 8312


@dataclass(frozen=True)
class Settings:
    """The environment's words, typed. `hosts` are those the webhooks' URLs name."""

    port: int
    account_sid: str
    auth_token: str
    shared_key: str | None
    line_number: str
    voice_url: str
    fallback_url: str | None
    status_url: str | None
    sms_url: str | None
    phones: tuple[Phone, ...]

    @property
    def hosts(self) -> frozenset[str]:
        """The hosts of the configured URLs: beside loopback, the only ones that are called."""
        urls = (self.voice_url, self.fallback_url, self.status_url, self.sms_url)
        hosts = (urlsplit(url).hostname for url in urls if url)
        return frozenset(host for host in hosts if host)


def read_settings(environment: Mapping[str, str] = os.environ) -> Settings:
    """Read the environment. Raises ValueError with a sentence for a word that makes no sense."""
    port = environment.get("DEVPHONE_PORT", str(DEFAULT_PORT))
    if not port.isdecimal():
        raise ValueError(f"DEVPHONE_PORT is a number, not {port!r}.")
    return Settings(
        port=int(port),
        account_sid=environment.get("TWILIO_ACCOUNT_SID", DEMO_ACCOUNT),
        auth_token=environment.get("TWILIO_AUTH_TOKEN", "devphone-token"),
        shared_key=environment.get("TWILIO_SHARED_KEY") or None,
        line_number=environment.get("CITYLINE_NUMBER", "+18015550199"),
        voice_url=environment.get("CITYLINE_VOICE_URL", "http://127.0.0.1:8311/twilio/voice"),
        fallback_url=environment.get("CITYLINE_FALLBACK_URL") or None,
        status_url=environment.get("CITYLINE_STATUS_URL") or None,
        sms_url=environment.get("CITYLINE_SMS_URL") or None,
        phones=tuple(phones_from(environment.get("DEVPHONE_PHONES", ""))),
    )
