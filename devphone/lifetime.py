"""How a leg begins and ends: ringing, answered, in talk with another, over."""

from devphone.leg import Leg
from devphone.steps import Accepted, Elapsed, HungUp, Over, PickedUp, Pressed, Steps, hear


class EndOfCall(Exception):
    """The leg ends; `status` is what the call comes to."""

    def __init__(self, status: str = "completed") -> None:
        super().__init__(status)
        self.status = status


def progress(leg: Leg, event: str, status: str) -> None:
    """Take a leg one step further; tell the transcript and whoever asked for callbacks."""
    leg.status = status
    leg.note("status", event)
    leg.carrier.report(leg, event)


def answer(leg: Leg) -> None:
    """Answer the call; from here it has a duration."""
    leg.answered_at = leg.carrier.now()
    progress(leg, "answered", "in-progress")


def until_over(leg: Leg, life: Steps[None]) -> Steps[None]:
    """Live a life to whatever end it has, and leave the leg in a final state."""
    status = "completed"
    try:
        yield from life
    except EndOfCall as end:
        status = end.status
    except HungUp as hang_up:
        status = hang_up.status
    never_answered = leg.answered_at is None and status == "completed"
    finish(leg, ("canceled" if leg.outbound else "no-answer") if never_answered else status)


def finish(leg: Leg, status: str) -> None:
    """End the leg; whoever dialled it or talks with it hears so."""
    leg.ended_at = leg.carrier.now()
    leg.listening = None
    part(leg)
    leg.status = status
    leg.note("hung up", status)
    leg.carrier.report(leg, "completed")
    if leg.parent is not None:
        leg.carrier.tell(leg.parent, Over(leg))


def ring(leg: Leg, timeout: float) -> Steps[None]:
    """Ring the leg's phone until it is picked up; `timeout` in seconds.

    Raises EndOfCall with busy, failed or no-answer, as the phone behaves.
    """
    progress(leg, "initiated", "initiated")
    phone = leg.phone
    if phone is None or phone.behaviour == "failed":
        raise EndOfCall("failed")
    if phone.behaviour == "busy":
        raise EndOfCall("busy")
    progress(leg, "ringing", "ringing")
    match phone.behaviour:
        case "answers":
            yield from hear(phone.rings_for, brief=True)
        case "no-answer":
            yield from hear(timeout, brief=True)
            raise EndOfCall("no-answer")
        case "rings":
            yield from _picked_up(leg, timeout)
    answer(leg)
    if not leg.attended:
        leg.habit = phone.presses


def _picked_up(leg: Leg, timeout: float) -> Steps[None]:
    until = leg.carrier.now() + timeout
    while True:
        match (yield from hear(max(0.0, until - leg.carrier.now()))):
            case PickedUp():
                leg.attended = True
                return
            case Elapsed():
                raise EndOfCall("no-answer")
            case _:
                pass  # keys and words reach nobody while it rings


def put_through(leg: Leg, other: Leg) -> None:
    """Two legs hear each other from now on."""
    for one, peer in ((leg, other), (other, leg)):
        one.peer, one.bridged_at = peer, one.carrier.now()
        note_talk(one, peer)
    other.carrier.tell(other, Accepted(leg))


def note_talk(leg: Leg, other: Leg) -> None:
    """Write down whom a leg hears from now on: by name, where the phone has one."""
    number, *name = other.names
    leg.note("put through", (name or [number])[0], number=number, leg=other.sid)


def talk(leg: Leg, *, star_ends: bool = False) -> Steps[None]:
    """Talk with the peer until one of the two puts the phone down.

    A phone that nobody attends hangs up by itself, so that a talk with it has an end.
    """
    by_itself = leg.outbound and not leg.attended and leg.phone is not None
    patience = leg.phone.talks_for if by_itself and leg.phone else None
    while leg.peer is not None:
        signal = yield from hear(patience)
        match signal:
            case Over(leg=gone) if gone is leg.peer:
                part(leg)
            case Elapsed() if by_itself:
                return
            case Elapsed() if not leg.peer.attended and leg.peer.outbound:
                leg.carrier.tell(leg.peer, signal)  # the other one's patience decides
            case Pressed(key="*") if star_ends:
                return
            case _:
                pass  # keys are heard by the other party, not by the carrier


def part(leg: Leg) -> None:
    """End the talk, if there is one; the other side hears that it is over."""
    peer, leg.peer = leg.peer, None
    if peer is not None and peer.peer is leg:
        leg.carrier.tell(peer, Over(leg))


def let_go(leg: Leg, status: str) -> None:
    """End a leg from outside: `status` where it was not answered yet, else completed."""
    if not leg.ended:
        leg.carrier.tell(leg, HungUp("completed" if leg.answered_at is not None else status))
