"""One turn's input, after the edge has cleaned it: keys, speech, a transfer's end, a recording."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Heard:
    """What came in with one turn. Every field has been cleaned and cut by the webhook.

    digits      keys pressed: 0-9, * and # only, at most 32
    words       speech as the recogniser wrote it, at most 1000 characters
    confidence  0..1; None when the recogniser gave none. Some models always send 0.0: the edge
                hands that on as None too, since it says nothing
    dialled     "" or Twilio's DialCallStatus after a transfer
    recording   the recording's sid after a record step, else ""
    """

    digits: str = ""
    words: str = ""
    confidence: float | None = None
    dialled: str = ""
    recording: str = ""

    @property
    def silent(self) -> bool:
        """True when nothing at all was heard: the silence ladder is for this."""
        return not (self.digits or self.words.strip() or self.dialled or self.recording)
