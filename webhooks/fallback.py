"""The fallback process: a few lines that need no database, for when the line itself fails.

Run by itself (`python -m webhooks.fallback --port P`); a plain WSGI program, no Flask. Twilio
comes here with ErrorCode and ErrorUrl when a turn failed. The first time, the caller hears "one
moment" and the same turn is tried again, since its answer may be stored; the second time they
are put through to a person, at a number held in memory.
"""

import argparse
import logging
import re
import sys
from collections.abc import Callable, Iterable
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

from granian.constants import Interfaces
from granian.server import Server

from config.settings import Settings, read_settings
from webhooks import lifeboat
from webhooks.addresses import AGAIN, FALLBACK, OVERRIDES, VOICE
from webhooks.signature import Pairs, SignatureCheck

LONGEST_BODY: Final = 64 * 1024
LENGTH: Final = re.compile(r"[0-9]{1,9}")
MOST_FIELDS: Final = 200
FORM: Final = "application/x-www-form-urlencoded"

StartResponse = Callable[[str, list[tuple[str, str]]], object]
Answer = tuple[str, str, bytes]

log = logging.getLogger(__name__)


class Fallback:
    """A WSGI program that answers Twilio when nobody else does."""

    def __init__(self, settings: Settings) -> None:
        """Hold all that is needed in memory."""
        self._own = settings.fallback_url or settings.public_url + FALLBACK
        parts = urlsplit(self._own)
        self._path = parts.path
        self._check = SignatureCheck(settings, f"{parts.scheme}://{parts.netloc}")
        self._voice = settings.public_url + VOICE
        self._account = settings.twilio_account_sid
        self._desk = settings.desk_phone

    def __call__(self, environ: dict[str, Any], start: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        status, kind, body = self.answer(environ)
        start(status, [("Content-Type", kind), ("Content-Length", str(len(body)))])
        return [body]

    def answer(self, environ: dict[str, Any]) -> Answer:
        """Choose an answer: alive, refused, or words for the caller."""
        if environ["PATH_INFO"] == "/healthz":
            return "200 OK", "text/plain", b"ok\n"
        if environ["PATH_INFO"] != self._path:
            return "404 Not Found", "text/plain", b"not here\n"
        if environ["REQUEST_METHOD"] != "POST":
            return "405 Method Not Allowed", "text/plain", b"POST only\n"
        pairs = read_pairs(environ)
        signature = environ.get("HTTP_X_TWILIO_SIGNATURE")
        query = environ.get("QUERY_STRING", "")
        fields = dict(pairs or [])
        if pairs is None or not self._check.holds(self._path, query, pairs, signature):
            return "403 Forbidden", "text/plain", b"the signature does not hold\n"
        if fields.get("AccountSid") != self._account:
            return "403 Forbidden", "text/plain", b"AccountSid is not ours\n"
        return "200 OK", "text/xml", self.words(fields)

    def words(self, fields: dict[str, str]) -> bytes:
        """Say what the caller shall hear."""
        failed = fields.get("ErrorUrl", "").partition("#")[0]
        log.warning(
            "call %s: %s", fields.get("CallSid", "?")[:34], fields.get("ErrorCode", "?")[:8]
        )
        ours = failed == self._voice or failed.startswith(self._voice + "/")
        if ours and not urlsplit(failed).query:
            return lifeboat.go_on(f"{failed}?{AGAIN}{OVERRIDES}")
        if "DialCallStatus" in fields and not ours:  # not a transfer of the line's that failed
            return lifeboat.rung(fields["DialCallStatus"])
        return lifeboat.to_a_person(self._desk, after=self._own)


def read_pairs(environ: dict[str, Any]) -> Pairs | None:
    """Read the form; None where it is no form, or too large."""
    length = environ.get("CONTENT_LENGTH") or "0"
    kind = environ.get("CONTENT_TYPE", "").partition(";")[0].strip()
    if not LENGTH.fullmatch(length) or int(length) > LONGEST_BODY or kind != FORM:
        return None
    body = environ["wsgi.input"].read(int(length)).decode("utf-8", "replace")
    try:
        return parse_qsl(body, keep_blank_values=True, errors="replace", max_num_fields=MOST_FIELDS)
    except ValueError:  # too many fields
        return None


def application() -> Fallback:
    """Make the program from the environment; granian calls this."""
    return Fallback(read_settings())


def main(words: list[str]) -> None:
    """Serve on loopback until told to stop."""
    parser = argparse.ArgumentParser(prog="python -m webhooks.fallback", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    port = parser.parse_args(words).port
    Server(
        "webhooks.fallback:application",
        address="127.0.0.1",
        port=port,
        interface=Interfaces.WSGI,
        blocking_threads=16,
        factory=True,
    ).serve()


if __name__ == "__main__":
    main(sys.argv[1:])
