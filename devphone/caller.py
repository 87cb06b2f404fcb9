"""A person with a phone, for tests and scripts: dials, hears, presses, says.

    caller.dials("+18015550100")
    caller.hears("How can I help")
    caller.says("there is a pothole on center street")
    caller.is_put_through_to("Rep's desk phone")

Every claim that does not hold raises AssertionError with the transcript so far.
"""

from devphone.leg import Event, Leg
from devphone.network import Network, Received
from devphone.transcript import line_of

SPOKEN_BY_LINE = ("said", "played")


class Caller:
    """One phone on the network. While a Caller holds it, it does nothing by itself."""

    def __init__(
        self, network: Network, number: str = "+18015550142", language: str = "en"
    ) -> None:
        self.network = network
        self.number = number
        self.language = language
        self.leg: Leg | None = None
        self._heard_up_to = 0
        self._hung_up = False
        network.attended.add(number)

    # What the caller does.

    def dials(self, to: str, *, stir: str | None = None) -> None:
        """Call a line. `stir` is the StirVerstat that the carrier will report."""
        self._heard_up_to, self._hung_up = 0, False
        self.leg = self.network.call(self.number, to, language=self.language, stir=stir)

    def picks_up(self) -> None:
        """Answer the newest call to this phone."""
        calls = [leg for leg in self.network.calls.values() if leg.called == self.number]
        live = [leg for leg in calls if leg.outbound and not leg.ended]
        if not live:
            raise AssertionError(f"No call is ringing at {self.number}.")
        self.leg = live[-1]
        self._heard_up_to, self._hung_up = 0, False
        self.network.pick_up(self.leg.sid)

    def presses(self, digits: str) -> None:
        """Press keys; the line must be listening for keys, or a talk be going on."""
        leg = self._on_the_line("dtmf", f"presses {digits}")
        self._acts()
        self.network.press(leg.sid, digits)

    def says(self, words: str, *, confidence: float = 0.9) -> None:
        """Say something; the line must be listening for speech, or recording."""
        leg = self._on_the_line("speech", f"says {words!r}")
        self._acts()
        self.network.speak(leg.sid, words, confidence)

    def waits(self, seconds: float = 0.0) -> None:
        """Do nothing until the line's patience is over; `seconds` pass on the clock besides."""
        leg = self._live()
        self._acts()
        self.network.wait(leg.sid, seconds)

    def stays_silent(self) -> None:
        """Give no answer to a question."""
        self._on_the_line("", "stays silent")
        self.waits()

    def hangs_up(self) -> None:
        self._hung_up = True
        self.network.hang_up(self._live().sid)

    def texts(self, to: str, body: str) -> None:
        """Send a text message to a line."""
        self.network.messages.receive(self.number, to, body)

    # What the caller notices.

    def hears(self, fragment: str) -> None:
        """Claim that the line said this since the caller's last act, in any case and spacing."""
        said = " ".join(event.text for event in self._said_lately())
        if _plain(fragment) not in _plain(said):
            raise AssertionError(self._report(f"did not hear {fragment!r}"))

    def does_not_hear(self, fragment: str) -> None:
        said = " ".join(event.text for event in self._said_lately())
        if _plain(fragment) in _plain(said):
            raise AssertionError(self._report(f"heard {fragment!r}"))

    def hears_in(self, language: str) -> None:
        """All that was said since the caller's last act was in this language ("es")."""
        said = [event for event in self._said_lately() if event.kind == "said"]
        others = [event for event in said if not (event.language or "").startswith(language)]
        if others or not said:
            raise AssertionError(self._report(f"did not hear {language} only"))

    def is_put_through_to(self, whom: str) -> None:
        """Claim that the caller talks with this number, or with the phone of this name."""
        if not any(whom in other.names for other in self._called().company):
            raise AssertionError(self._report(f"was not put through to {whom}"))

    def was_hung_up(self) -> None:
        """Claim that the call is over, and that it was not the caller who ended it."""
        if not self._called().ended or self._hung_up:
            raise AssertionError(self._report("was not hung up"))

    def is_waiting_in(self, queue: str) -> None:
        """Claim that the caller stands in the queue of this name."""
        if not self.network.queue(queue).place_of(self._called()):
            raise AssertionError(self._report(f"is not waiting in {queue}"))

    def receives_text(self, fragment: str) -> None:
        """Claim that a text message to this phone holds the fragment."""
        bodies = [message.body for message in self.network.messages.to(self.number)]
        if not any(_plain(fragment) in _plain(body) for body in bodies):
            got = "\n".join(bodies) or "(none)"
            raise AssertionError(f"{self.number} got no text with {fragment!r}. It got:\n{got}")

    @property
    def transcript(self) -> list[str]:
        """The call so far, a line each: `line (en-US): ...`, `caller: "..."`."""
        events = self._called().events
        lines = [line_of(event.kind, event.text, event.language) for event in events]
        return [line for line in lines if line]

    @property
    def documents(self) -> list[Received]:
        """Every document that this call received, with url and headers."""
        sid = self._called().sid
        return [document for document in self.network.documents if document.call == sid]

    def _said_lately(self) -> list[Event]:
        events = self._called().events[self._heard_up_to :]
        return [event for event in events if event.kind in SPOKEN_BY_LINE]

    def _acts(self) -> None:
        self._heard_up_to = len(self._called().events)

    def _called(self) -> Leg:
        if self.leg is None:
            raise AssertionError(f"{self.number} has not called anybody.")
        return self.leg

    def _live(self) -> Leg:
        leg = self._called()
        if leg.ended:
            raise AssertionError(self._report("is not on the line any more"))
        return leg

    def _on_the_line(self, way: str, act: str) -> Leg:
        """Return the live leg, if an act of this kind would reach anybody."""
        leg = self._live()
        listening = leg.listening
        if listening is not None and (not way or way in listening.input):
            return leg
        if leg.company or _is_recording(leg):
            return leg
        hears = "nothing" if listening is None else " and ".join(listening.input)
        raise AssertionError(self._report(f"{act}, but the line listens for {hears}"))

    def _report(self, what: str) -> str:
        transcript = "\n".join(f"  {line}" for line in self.transcript)
        return f"{self.number} {what}.\nThe call so far:\n{transcript or '  (nothing)'}"


def _is_recording(leg: Leg) -> bool:
    told = [event.kind for event in leg.events if event.kind in ("recording", "silence", "fetched")]
    return bool(told) and told[-1] == "recording"


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())
