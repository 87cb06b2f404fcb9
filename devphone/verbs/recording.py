"""Record: a message is left (voice/twiml/record)."""

from dataclasses import dataclass
from xml.etree.ElementTree import Element

from devphone import forms, identity
from devphone.delivery import Document, Jump
from devphone.documents import verb
from devphone.leg import Leg
from devphone.markup import is_true, number_of
from devphone.steps import Elapsed, HungUp, Pressed, Spoke, Steps, hear
from devphone.verbs.speaking import CHARACTERS_PER_SECOND

ANY_KEY = "1234567890*#"


@dataclass
class Tape:
    """What is on the recording: the words, for those who can only read, and how it ended."""

    sid: str
    words: str = ""
    ended_by: str = ""

    @property
    def seconds(self) -> int:
        return max(1, round(len(self.words) / CHARACTERS_PER_SECOND))


@verb("Record")
def record(leg: Leg, element: Element, document: Document) -> Steps[Jump | None]:
    """Record until a key, silence, or the end of the call.

    Nothing said falls through to the next verb; anything said goes to the action, and the verbs
    behind are never reached.
    """
    tape = Tape(identity.sid("RE"))
    leg.note("recording", "recording begins", sid=tape.sid)
    action = document.resolve(element.get("action"))
    method = element.get("method", "POST")
    try:
        yield from _run(leg, element, tape)
    except HungUp:
        if tape.words:
            tape.ended_by = "hangup"
            fields = forms.standard(leg) | _fields(leg, tape) | {"CallStatus": "completed"}
            leg.carrier.post(leg, leg.carrier.signed(method, action, fields))
            _hand_over(leg, element, document, tape)
        raise
    if not tape.words:
        leg.note("silence", "nothing was recorded")
        return None
    _hand_over(leg, element, document, tape)
    return Jump(action, method, _fields(leg, tape))


def _run(leg: Leg, element: Element, tape: Tape) -> Steps[None]:
    keys = element.get("finishOnKey", ANY_KEY)
    silence_s = number_of(element, "timeout", 5)
    until = leg.carrier.now() + number_of(element, "maxLength", 3600)
    while leg.carrier.now() < until:
        signal = yield from hear(silence_s, brief=bool(tape.words))
        match signal:
            case Spoke(words=words):
                leg.note("spoke", words, leg.language, recorded=True)
                tape.words = f"{tape.words} {words}".strip()
            case Pressed(key=key):
                leg.note("pressed", key, heard=key in keys)
                tape.ended_by = key if key in keys else ""
            case Elapsed():
                return
            case _:
                pass
        if tape.ended_by:
            return


def _fields(leg: Leg, tape: Tape) -> dict[str, str]:
    return {
        "RecordingSid": tape.sid,
        "RecordingUrl": f"https://api.twilio.com/2010-04-01/Accounts/{leg.carrier.account}"
        f"/Recordings/{tape.sid}",
        "RecordingDuration": str(tape.seconds),
        "Digits": tape.ended_by,
    }


def _hand_over(leg: Leg, element: Element, document: Document, tape: Tape) -> None:
    """Send what follows a recording in its own time: its file is ready, its transcript is made."""
    fields = forms.standard(leg) | _fields(leg, tape)
    if ready := element.get("recordingStatusCallback"):
        more = {
            "RecordingStatus": "completed",
            "RecordingChannels": "1",
            "RecordingSource": "RecordVerb",
        }
        method = element.get("recordingStatusCallbackMethod", "POST")
        url = document.resolve(ready)
        leg.carrier.post(leg, leg.carrier.signed(method, url, fields | more))
    if is_true(element, "transcribe") and (written := element.get("transcribeCallback")):
        more = {
            "TranscriptionSid": identity.sid("TR"),
            "TranscriptionStatus": "completed",
            "TranscriptionText": tape.words,
        }
        url = document.resolve(written)
        leg.carrier.post(leg, leg.carrier.signed("POST", url, fields | more))
