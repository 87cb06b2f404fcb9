"""Twilio's REST API as a carrier of texts: the only place that sends."""

# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false, reportUnknownVariableType=false
# twilio ships no types; its unknowns stay in the few files that name them.

from collections.abc import Callable
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit, urlunsplit

from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client

from config.settings import Settings
from messages.carrier import NotSent, Taken, Unknown

TIMEOUT_SECONDS: Final = 5.0
TWILIO: Final = "api.twilio.com"
REFUSED: Final = 400  # this text to this phone; other refusals are about us, and pass
SERVER_FAULT: Final = 500
NO_ANSWER: Final = (TwilioException, OSError, ValueError, KeyError)  # or one that makes no sense
LOOK_BACK: Final = 50  # messages read when a text is looked up


class BoundedHttp(TwilioHttpClient):
    """Twilio's own HTTP client, with a timeout, and able to speak to a stand-in's address."""

    def __init__(self, api_url: str) -> None:
        """Keep where Twilio's REST is."""
        super().__init__(timeout=TIMEOUT_SECONDS)
        self._to = urlsplit(api_url)

    def request(self, method: str, url: str, *args: object, **words: object) -> Response:
        """Send a request, to the stand-in if that is where Twilio is."""
        parts = urlsplit(url)
        if parts.netloc == TWILIO:
            parts = parts._replace(scheme=self._to.scheme, netloc=self._to.netloc)
        send: Callable[..., Response] = super().request
        return send(method, urlunsplit(parts), *args, **words)


class TwilioCarrier:
    """Twilio's REST API; the only place that sends."""

    def __init__(self, settings: Settings) -> None:
        """Build the client; nothing is connected before the first text."""
        self._from = settings.line_number
        self._client = Client(
            settings.twilio_account_sid,
            settings.twilio_auth_token,
            http_client=BoundedHttp(settings.twilio_api_url),
        )

    def send(self, phone: str, body: str) -> Taken:
        """Send one text. A POST is never tried twice here: that would send it twice."""
        try:
            sent = self._client.messages.create(to=phone, from_=self._from, body=body)
        except TwilioRestException as error:
            status = int(error.status)
            if status >= SERVER_FAULT:
                raise Unknown(str(error)) from error
            raise NotSent(f"{error.code}: {error.msg}", permanent=status == REFUSED) from error
        except NO_ANSWER as error:
            raise Unknown(str(error)) from error
        return Taken(str(sent.sid))

    def find(self, phone: str, body: str, since: datetime) -> Taken | None:
        """Look among the texts lately sent to this phone for one with these very words."""
        try:
            found = self._client.messages.list(to=phone, date_sent_after=since, limit=LOOK_BACK)
        except NO_ANSWER as error:
            raise Unknown(str(error)) from error
        return next((Taken(str(one.sid)) for one in found if one.body == body), None)
