"""What Twilio posts, cleaned and bounded once; nothing behind this module sees a raw field.

Refused     the request is answered with its status, and nothing is written
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from ivr.heard import Heard
from ivr.listening import holds_card, masked
from webhooks.signature import Pairs

LONGEST_BODY: Final = 64 * 1024  # bytes; Twilio's own forms stay under four thousand
MOST_FIELDS: Final = 120
LONGEST_WORDS: Final = 1000  # characters of speech that are read; what follows is cut

CALL_SID: Final = re.compile(r"CA[0-9a-f]{32}")
PHONE: Final = re.compile(r"\+[0-9]{2,15}")
KEYS: Final = re.compile(r"[0-9*#]{0,32}")
STATUS: Final = re.compile(r"[a-z-]{1,20}")
RECORDING: Final = re.compile(r"RE[0-9a-f]{32}")
NUMBER: Final = re.compile(r"[0-9]{1,9}")
CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")

# How a withheld number arrives: spelt out, or as the digits of its letters (ANONYMOUS, ...).
WITHHELD: Final = frozenset({"+266696687", "+7378742833", "+2562533", "+8656696", "+86282452253"})


class Refused(Exception):
    """A request is not for us; `status` is the answer and `why` goes to the log."""

    def __init__(self, status: int, why: str) -> None:
        """Keep both."""
        super().__init__(why)
        self.status = status
        self.why = why


@dataclass(frozen=True)
class Form:
    """The fields of a request whose signature held: each name once, no control characters."""

    fields: Mapping[str, str]
    digest: str

    def text(self, name: str, pattern: re.Pattern[str], otherwise: str = "") -> str:
        """Return a field that must look like this; refuses it when it does not."""
        value = self.fields.get(name, otherwise)
        if value != otherwise and not pattern.fullmatch(value):
            raise Refused(400, f"{name} is malformed")
        return value


def form_of(pairs: Pairs) -> Form:
    """Check names and characters; raises Refused with 400.

    Twilio joins names and values with nothing between them before it signs, so a field may not be
    trusted for its signature alone: each must be there once and look like itself.
    """
    fields: dict[str, str] = {}
    if len(pairs) > MOST_FIELDS:
        raise Refused(400, "too many fields")
    for name, value in pairs:
        if name in fields:
            raise Refused(400, "a field is there twice")
        if CONTROL.search(name) or CONTROL.search(value):
            raise Refused(400, "a field holds control characters")
        fields[name] = value
    canonical = repr(sorted(fields.items())).encode("utf-8", "backslashreplace")
    return Form(fields, hashlib.sha256(canonical).hexdigest())


def call_sid(form: Form) -> str:
    """Return the call's name; refuses a request without one."""
    sid = form.text("CallSid", CALL_SID)
    if not sid:
        raise Refused(400, "CallSid is missing")
    return sid


def call_status(form: Form) -> str:
    """Return the status of a callback; refuses a request without one."""
    status = form.text("CallStatus", STATUS)
    if not status:
        raise Refused(400, "CallStatus is missing")
    return status


def phone(form: Form, name: str) -> str:
    """Return a number in E.164, or nothing for a withheld or unheard-of one."""
    value = form.fields.get(name, "")
    if value in WITHHELD or not PHONE.fullmatch(value):
        return ""
    return value


def heard(form: Form) -> Heard:
    """Return what came in with this turn."""
    digits = form.text("Digits", KEYS)
    words = " ".join(form.fields.get("SpeechResult", "").split())[:LONGEST_WORDS]
    return Heard(
        digits="" if holds_card(digits) else digits,  # what is not kept cannot leak
        words=masked(words),
        confidence=confidence(form.fields.get("Confidence", "")),
        dialled=form.text("DialCallStatus", STATUS),
        recording=form.text("RecordingSid", RECORDING),
    )


def confidence(text: str) -> float | None:
    """Read how sure the recogniser was; None when it did not say (0.0 says nothing either)."""
    if not re.fullmatch(r"[01](\.[0-9]{1,20})?", text):
        return None
    value = float(text)
    return value if 0 < value <= 1 else None
