"""Text messages: sent by the account, sent to it, delivered, refused, opted out of."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from devphone import identity
from devphone.delivery import TWIML_TYPES, DeliveryError, delivered
from devphone.grammar import findings
from devphone.leg import Event
from devphone.markup import read, text_of
from devphone.steps import Steps
from devphone.wire import Answer

if TYPE_CHECKING:
    from devphone.network import Network

Direction = Literal["inbound", "outbound-api", "outbound-reply"]
BODY_MAX = 1600
E164 = re.compile(r"\+[1-9][0-9]{7,14}")
SEGMENT = 153
# Words that Twilio itself acts upon, whatever the line does (messaging/opt-out keywords).
STOP_WORDS = frozenset(
    {"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "OPTOUT", "REVOKE"}
)
START_WORDS = frozenset({"START", "YES", "UNSTOP"})

# Twilio's magic numbers for tests (iam/test-credentials), and what each brings about.
MAGIC_FROM_OK = "+15005550006"
MAGIC_FROM = {
    "+15005550001": 21212,
    "+15005550007": 21606,
    "+15005550008": 21611,
}
MAGIC_TO = {
    "+15005550001": 21211,
    "+15005550002": 21612,
    "+15005550003": 21408,
    "+15005550004": 21610,
    "+15005550009": 21614,
}
REASONS = {
    21211: "The 'To' number is not a valid phone number.",
    21212: "The 'From' number is not a valid phone number.",
    21408: "Permission to send an SMS to this region has not been enabled.",
    21602: "Message body is required.",
    21606: "The 'From' phone number is not a message-capable number of this account.",
    21610: "Attempt to send to unsubscribed recipient.",
    21611: "This 'From' number has exceeded the maximum number of queued messages.",
    21612: "The 'To' phone number is not currently reachable using the 'From' number.",
    21614: "'To' number is not a valid mobile number.",
    21617: "The concatenated message body exceeds the 1600 character limit.",
}


class MessageRefusedError(Exception):
    """The carrier does not take the message; `code` is Twilio's error."""

    def __init__(self, code: int) -> None:
        super().__init__(REASONS[code])
        self.code = code


@dataclass(eq=False)
class Message:
    """One text message, and what became of it. Times in seconds of the carrier's clock."""

    sid: str
    carrier: "Network"
    sender: str
    to: str
    body: str
    direction: Direction
    created_at: float
    status: str = "queued"
    callback_url: str = ""
    events: list[Event] = field(default_factory=list[Event])

    @property
    def segments(self) -> int:
        return max(1, -(-len(self.body) // SEGMENT))

    def note(self, kind: str, text: str, language: str | None = None, **more: object) -> None:
        now = self.carrier.now()
        self.events.append(Event(len(self.events) + 1, now, kind, text, language, more))


class Messages:
    """All messages of the network, oldest first."""

    def __init__(self, network: "Network") -> None:
        self.network = network
        self.all: list[Message] = []
        self.opted_out: set[tuple[str, str]] = set()  # (line, phone)

    def to(self, number: str) -> list[Message]:
        """Return what a phone has received."""
        return [one for one in self.all if one.to == number and one.direction != "inbound"]

    def send(self, sender: str, to: str, body: str, callback_url: str = "") -> Message:
        """Send the account's message. Raises MessageRefusedError as Twilio refuses."""
        self._check(sender, to, body)
        return self._send(sender, to, body, "outbound-api", callback_url)

    def receive(self, sender: str, to: str, body: str) -> Message:
        """Take a message from a resident's phone to a line of the account."""
        message = self._new(sender, to, body, "inbound", "received")
        word = body.strip().upper()
        if word in STOP_WORDS:
            self.opted_out.add((to, sender))
        elif word in START_WORDS:
            self.opted_out.discard((to, sender))
        line = self.network.lines.get(to)
        if line is not None and line.sms_url:
            self.network.errand(self._handed_over(message, line.sms_url))
        self.network.patience.settle()
        return message

    def _check(self, sender: str, to: str, body: str) -> None:
        refusals = {
            21602: not body,
            21617: len(body) > BODY_MAX,
            21211: not is_phone_number(to),
            MAGIC_TO.get(to, 0): to in MAGIC_TO,
            MAGIC_FROM.get(sender, 0): sender in MAGIC_FROM,
            21606: sender not in self.network.lines and sender != MAGIC_FROM_OK,
            21610: (sender, to) in self.opted_out,
        }
        for code, refused in refusals.items():
            if refused:
                raise MessageRefusedError(code)

    def _send(
        self,
        sender: str,
        to: str,
        body: str,
        direction: Direction,
        callback_url: str,
    ) -> Message:
        message = self._new(sender, to, body, direction, "queued")
        message.callback_url = callback_url
        self.network.errand(self._delivered(message))
        self.network.patience.settle()
        return message

    def _new(self, sender: str, to: str, body: str, direction: Direction, status: str) -> Message:
        sid, now = identity.sid("SM"), self.network.now()
        message = Message(sid, self.network, sender, to, body, direction, now, status)
        with self.network.changed:
            self.all.append(message)
            self.network.changed.notify_all()
        return message

    def _delivered(self, message: Message) -> Steps[None]:
        """Go from queued to sent to delivered, and tell the callback of each."""
        phone = self.network.phone(message.to)
        final = "undelivered" if phone.behaviour == "failed" else "delivered"
        for status in ("sent", final):
            message.status = status
            if message.callback_url:
                yield from self._told(message)

    def _told(self, message: Message) -> Steps[None]:
        form = self._form(message) | {
            "MessageStatus": message.status,
            "SmsStatus": message.status,
        }
        if message.status == "undelivered":
            form["ErrorCode"] = "30005"
        request = self.network.signed("POST", message.callback_url, form)
        try:
            yield from delivered(message, request)
        except DeliveryError as failure:
            message.note("error", f"A callback failed: {failure}", code=failure.code)

    def _handed_over(self, message: Message, url: str) -> Steps[None]:
        """Post a message to its line; what the document says goes back to the sender."""
        form = self._form(message) | {"Body": message.body, "SmsStatus": "received"}
        try:
            answer = yield from delivered(message, self.network.signed("POST", url, form))
        except DeliveryError as failure:
            message.note("error", str(failure), code=failure.code, url=failure.url)
            return
        for body in _replies(message, answer):
            self._send(message.to, message.sender, body, "outbound-reply", "")

    def _form(self, message: Message) -> dict[str, str]:
        return {
            "MessageSid": message.sid,
            "SmsSid": message.sid,
            "SmsMessageSid": message.sid,
            "AccountSid": self.network.account,
            "From": message.sender,
            "To": message.to,
            "NumMedia": "0",
            "NumSegments": str(message.segments),
            "ApiVersion": "2010-04-01",
        }


def is_phone_number(text: str) -> bool:
    """E.164: a plus sign and eight to fifteen digits, none of them first a zero."""
    return E164.fullmatch(text) is not None


def _replies(message: Message, answer: Answer) -> list[str]:
    if answer.content_type not in TWIML_TYPES or not answer.body.strip():
        return []
    faults = findings(answer.body, "messaging")
    if faults:
        message.note("error", faults[0].sentence, code=faults[0].code)
        return []
    return [text_of(one) for one in read(answer.body).findall("Message")]


def describe(message: Message) -> Mapping[str, object]:
    """Describe a message as the dial pad shows it."""
    return {
        "sid": message.sid,
        "from": message.sender,
        "to": message.to,
        "body": message.body,
        "status": message.status,
        "at": message.created_at,
        "direction": message.direction,
    }
