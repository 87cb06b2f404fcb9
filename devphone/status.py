"""Status callbacks: how far a call has come, told to whoever asked (voice/api/call-resource)."""

from email.utils import formatdate

from devphone import forms
from devphone.faults import Faults
from devphone.leg import Carrier, Leg
from devphone.wire import Request


class StatusCallbacks:
    """Sends each callback as it happens; on a bad day, all of a call's at its end in disorder."""

    def __init__(self, carrier: Carrier, faults: Faults) -> None:
        self.carrier = carrier
        self.faults = faults
        self._held: dict[str, list[Request]] = {}

    def report(self, leg: Leg, event: str) -> None:
        """`event` is initiated, ringing, answered or completed (which any end of a call is)."""
        wanted = leg.callback
        if wanted is None or event not in wanted.events:
            return
        request = self.carrier.signed(wanted.method, wanted.url, self._form(leg, event))
        leg.sequence += 1
        if not self.faults.shuffle_status_callbacks:
            self.carrier.post(leg, request)
            return
        held = self._held.setdefault(leg.sid, [])
        held.append(request)
        if event == "completed":
            self._release(leg, self._held.pop(leg.sid))

    def _release(self, leg: Leg, held: list[Request]) -> None:
        draw = self.faults.draw()
        disorder = [*held, draw.choice(held)]
        draw.shuffle(disorder)
        for request in disorder:
            self.carrier.post(leg, request)

    def _form(self, leg: Leg, event: str) -> dict[str, str]:
        form = forms.standard(leg) | {
            "CallbackSource": "call-progress-events",
            "SequenceNumber": str(leg.sequence),
            "Timestamp": formatdate(self.carrier.now(), usegmt=True),
        }
        if event == "completed":
            seconds = leg.duration()
            form |= {"CallDuration": str(seconds), "Duration": str(-(-seconds // 60))}
        return form
