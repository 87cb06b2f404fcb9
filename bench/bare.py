"""The plain baseline: a Flask endpoint that checks the SDK's signature and says one sentence."""

import os

from flask import Flask, Response, abort, request
from twilio.request_validator import RequestValidator

from webhooks.addresses import VOICE

DOCUMENT = (
    b'<?xml version="1.0" encoding="UTF-8"?><Response><Gather input="dtmf speech" '
    b'action="https://line.example.gov/webhooks/twilio/voice"><Say>How can I help you?</Say>'
    b"</Gather></Response>"
)


def make(url: str, token: str) -> Flask:
    """Make the endpoint, known to the world as `url`."""
    bare = Flask("bare", static_folder=None)
    validator = RequestValidator(token)

    @bare.post(VOICE)
    def voice() -> Response:
        signature = request.headers.get("X-Twilio-Signature", "")
        if not validator.validate(url + VOICE, request.form, signature):  # pyright: ignore[reportUnknownMemberType]  twilio is untyped
            abort(403)
        return Response(DOCUMENT, mimetype="text/xml")

    return bare


def application() -> Flask:
    """Make it from the environment; granian calls this."""
    return make(os.environ["CITYLINE_PUBLIC_URL"], os.environ["TWILIO_AUTH_TOKEN"])
