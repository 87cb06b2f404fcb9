"""<Dial><Conference>: a room that several calls join and leave (voice/twiml/conference)."""

from email.utils import formatdate
from xml.etree.ElementTree import Element

from devphone import lifetime
from devphone.delivery import DeliveryError, Document, Jump
from devphone.documents import run_aside
from devphone.leg import Leg, StatusCallback
from devphone.markup import is_true, text_of
from devphone.rooms import Room, Seat
from devphone.steps import Accepted, Elapsed, Over, Pressed, Steps, hear

# statusCallbackEvent in the document -> StatusCallbackEvent in the form
EVENTS = {
    "start": "conference-start",
    "end": "conference-end",
    "join": "participant-join",
    "leave": "participant-leave",
    "hold": "participant-hold",
    "mute": "participant-mute",
}


def confer(leg: Leg, dial: Element, noun: Element, document: Document) -> Steps[Jump | None]:
    """Join a room and stay until it closes, the leg is taken elsewhere, or its phone put down."""
    room = leg.carrier.room(text_of(noun), leg)
    seat = Seat(
        leg,
        starts=is_true(noun, "startConferenceOnEnter", default=True),
        ends=is_true(noun, "endConferenceOnExit"),
        muted=is_true(noun, "muted"),
        coaching=noun.get("coach", ""),
    )
    _enter(room, seat, noun, document)
    try:
        yield from _wait_to_begin(leg, room, noun, document)
        yield from _stay(leg, room, star_ends=is_true(dial, "hangupOnStar"))
    finally:
        leave(room, seat)
    action = dial.get("action")
    if action is None:
        return None
    fields = {"DialCallStatus": "answered"}
    return Jump(document.resolve(action), dial.get("method", "POST"), fields)


def leave(room: Room, seat: Seat) -> None:
    """Take a participant out; the room closes with one whose leaving ends it, or with the last."""
    if seat not in room.seats:
        return
    room.seats.remove(seat)
    seat.leg.room = None
    tell(room, "leave", seat)
    if seat.ends or not room.seats:
        close(room)


def close(room: Room) -> None:
    """End the conference for everybody; with the last to leave it has ended."""
    if not room.over:
        room.over = True
        for seat in room.seats:
            seat.leg.carrier.tell(seat.leg, Over(seat.leg))
    if not room.seats:
        tell(room, "end")


def tell(room: Room, event: str, seat: Seat | None = None) -> None:
    """Report an event of the room to whoever asked for it."""
    wanted = room.callback
    if wanted is None or event not in wanted.events:
        return
    carrier = room.host.carrier
    form = {
        "ConferenceSid": room.sid,
        "FriendlyName": room.name,
        "AccountSid": carrier.account,
        "StatusCallbackEvent": EVENTS[event],
        "SequenceNumber": str(room.sequence),
        "Timestamp": formatdate(carrier.now(), usegmt=True),
    }
    if seat is not None:
        form |= {
            "CallSid": seat.leg.sid,
            "Muted": str(seat.muted).lower(),
            "Hold": str(seat.hold).lower(),
            "Coaching": str(bool(seat.coaching)).lower(),
            "StartConferenceOnEnter": str(seat.starts).lower(),
            "EndConferenceOnExit": str(seat.ends).lower(),
        }
    room.sequence += 1
    carrier.post(room.host, carrier.signed(wanted.method, wanted.url, form))


def _enter(room: Room, seat: Seat, noun: Element, document: Document) -> None:
    leg = seat.leg
    if room.callback is None and (url := noun.get("statusCallback")):
        events = frozenset(noun.get("statusCallbackEvent", "start end").split())
        method = "GET" if noun.get("statusCallbackMethod") == "GET" else "POST"
        room.callback = StatusCallback(document.resolve(url), method, events)
    room.seats.append(seat)
    leg.room = room
    tell(room, "join", seat)
    if room.may_begin():
        room.begun = True
        tell(room, "start")
    if room.begun:
        _introduce(room, leg)


def _introduce(room: Room, newcomer: Leg) -> None:
    """Let all hear each other: the newcomer with everybody, everybody with the newcomer."""
    for other in newcomer.company:
        lifetime.note_talk(newcomer, other)
        lifetime.note_talk(other, newcomer)
        other.carrier.tell(other, Accepted(newcomer))
    newcomer.note("joined", room.name, room=room.sid)


def _wait_to_begin(leg: Leg, room: Room, noun: Element, document: Document) -> Steps[None]:
    """Hear the wait document, or music, until the conference begins."""
    if room.begun:
        return
    if url := noun.get("waitUrl"):
        try:
            start = Jump(document.resolve(url), noun.get("waitMethod", "POST"))
            yield from run_aside(leg, start, "queue whisper")
        except DeliveryError as failure:
            leg.note("error", str(failure), code=failure.code, url=failure.url)
    else:
        leg.note("played", "hold music")
    while not (room.begun or room.over):
        yield from hear(None)


def _stay(leg: Leg, room: Room, *, star_ends: bool) -> Steps[None]:
    by_itself = leg.outbound and not leg.attended and leg.phone is not None
    patience = leg.phone.talks_for if by_itself and leg.phone else None
    while not room.over:
        signal = yield from hear(patience)
        if isinstance(signal, Over) or (star_ends and signal == Pressed("*")):
            return
        if isinstance(signal, Elapsed) and by_itself:
            return
