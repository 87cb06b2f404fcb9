"""Twilio's side of a webhook: forms, signatures and addresses, posted into the application."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit
from xml.etree.ElementTree import fromstring

from flask import Flask
from twilio.request_validator import RequestValidator
from werkzeug.test import TestResponse

from config.settings import Settings
from webhooks.addresses import STATUS, VOICE, turn_path

CALLER = "+18015550142"


def new_sid() -> str:
    """Make the name of a call that no other test has."""
    return f"CA{uuid.uuid4().hex}"


def signature(secret: str, url: str, form: Mapping[str, str], algorithm: str | None = None) -> str:
    """Sign as Twilio's own package does."""
    made: object = RequestValidator(secret).compute_signature(url, dict(form), algorithm)  # pyright: ignore[reportUnknownMemberType]  twilio is untyped
    return str(made)


def next_path(document: bytes) -> str:
    """Find the path of the turn to come in a document."""
    root = fromstring(document)  # noqa: S314  our own document
    [redirect] = root.iter("Redirect")
    parts = urlsplit(redirect.text or "")
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def said(document: bytes) -> str:
    """Return all that a document says."""
    root = fromstring(document)  # noqa: S314  our own document
    return " ".join(say.text or "" for say in root.iter("Say"))


@dataclass(frozen=True)
class Twilio:
    """Posts what Twilio posts."""

    flask: Flask
    settings: Settings

    def form(self, sid: str, **fields: str) -> dict[str, str]:
        """Fill in what every voice webhook carries."""
        whole = {
            "AccountSid": self.settings.twilio_account_sid,
            "CallSid": sid,
            "From": CALLER,
            "To": self.settings.line_number,
            "CallStatus": "in-progress",
            "Direction": "inbound",
        }
        return whole | fields

    def headers(self, path: str, form: Mapping[str, str]) -> dict[str, str]:
        """Sign a form for a path of the public address."""
        token = self.settings.twilio_auth_token
        return {"X-Twilio-Signature": signature(token, self.settings.public_url + path, form)}

    def posts(self, path: str, form: Mapping[str, str]) -> TestResponse:
        """Post a signed form."""
        headers = self.headers(path, form)
        return self.flask.test_client().post(path, data=dict(form), headers=headers)

    def turn(self, sid: str, turn: int, **fields: str) -> TestResponse:
        """Post a turn of a call."""
        path = turn_path(self.settings.secret_key, sid, turn)
        return self.posts(path, self.form(sid, **fields))

    def opens(self, sid: str) -> TestResponse:
        """Post the first turn of a call."""
        return self.posts(VOICE, self.form(sid, CallStatus="ringing"))

    def status(self, sid: str, status: str, sequence: int) -> TestResponse:
        """Post a status callback."""
        fields = {"CallStatus": status, "SequenceNumber": str(sequence)}
        return self.posts(STATUS, self.form(sid, **fields))
