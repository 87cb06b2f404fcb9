"""The lives a leg can have: a resident calls the line, or the line has a phone called.

Nothing here, nor in the modules it draws on, does any input or output: see steps.py. Importing this
module enters every verb into the vocabulary of documents.py.
"""

from devphone import lifetime
from devphone.delivery import Jump
from devphone.documents import follow, given
from devphone.leg import Leg, OutboundCall
from devphone.steps import Steps
from devphone.verbs import dialling, gathering, moving, queueing, recording, speaking

VERB_MODULES = (speaking, gathering, recording, dialling, queueing, moving)


def inbound(leg: Leg) -> Steps[None]:
    """Live the life of a call to one of the account's lines."""
    if leg.line is None:
        raise ValueError("An inbound leg needs the line that it calls.")
    lifetime.progress(leg, "initiated", "ringing")
    lifetime.progress(leg, "ringing", "ringing")
    first = Jump(leg.line.voice_url, leg.line.voice_method)
    yield from lifetime.until_over(leg, follow(leg, first))


def outbound(leg: Leg, wanted: OutboundCall) -> Steps[None]:
    """Call a phone for the REST API; picked up, it hears what the account wants it to hear."""
    yield from lifetime.until_over(leg, _call_out(leg, wanted))


def _call_out(leg: Leg, wanted: OutboundCall) -> Steps[None]:
    yield from lifetime.ring(leg, wanted.ring_s)
    if wanted.twiml is None:
        yield from follow(leg, Jump(wanted.url, wanted.method))
    else:
        yield from follow(leg, given(leg, wanted.url, wanted.twiml))
