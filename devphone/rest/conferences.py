"""REST: Conferences and their participants (voice/api/conference-resource, participant)."""

from flask import Blueprint, Response, jsonify, request

from devphone.leg import OutboundCall
from devphone.messages import is_phone_number
from devphone.rest.shared import Json, RefusedError, date, network, not_found, page_of, uri
from devphone.rooms import Room, Seat
from devphone.steps import Over
from devphone.verbs import conferencing

routes = Blueprint("rest conferences", __name__)


@routes.get("/<account>/Conferences.json")
def list_conferences(account: str) -> Response:
    """Return filters FriendlyName and Status."""
    del account
    asked = request.args
    wanted = [
        as_json(room)
        for room in network().rooms.values()
        if asked.get("FriendlyName", room.name) == room.name
        and asked.get("Status", room.status) == room.status
    ]
    return page_of("conferences", wanted)


@routes.get("/<account>/Conferences/<sid>.json")
def read_conference(account: str, sid: str) -> Response:
    del account
    return jsonify(as_json(_known(sid)))


@routes.post("/<account>/Conferences/<sid>.json")
def update_conference(account: str, sid: str) -> Response:
    """End it for everybody, with Status=completed."""
    del account
    room = _known(sid)
    if request.form.get("Status") == "completed":
        with network().patience.lock:
            conferencing.close(room)
        network().patience.settle()
    return jsonify(as_json(room))


@routes.get("/<account>/Conferences/<sid>/Participants.json")
def list_participants(account: str, sid: str) -> Response:
    del account
    room = _known(sid)
    return page_of("participants", [_seat_json(room, seat) for seat in room.seats])


@routes.post("/<account>/Conferences/<sid>/Participants.json")
def add_participant(account: str, sid: str) -> tuple[Response, int]:
    """Have a phone called that joins the room; `sid` may be the room's name, as with Twilio."""
    del account
    form = request.form
    name = next((room.name for room in network().rooms.values() if room.sid == sid), sid)
    if not is_phone_number(form.get("To", "")):
        raise RefusedError(400, 21211, f"Invalid 'To' Phone Number: {form.get('To')}")
    ends = form.get("EndConferenceOnExit", "false").lower()
    twiml = (
        f'<Response><Dial><Conference endConferenceOnExit="{ends}">{name}</Conference></Dial>'
        "</Response>"
    )
    leg = network().call_out(OutboundCall(form["To"], form.get("From", ""), twiml=twiml.encode()))
    seat = Seat(leg)
    room = next((one for one in network().rooms.values() if one.name == name), None)
    return jsonify(_seat_json(room, seat)), 201


@routes.get("/<account>/Conferences/<sid>/Participants/<call>.json")
def read_participant(account: str, sid: str, call: str) -> Response:
    del account
    room = _known(sid)
    return jsonify(_seat_json(room, _seated(room, call)))


@routes.post("/<account>/Conferences/<sid>/Participants/<call>.json")
def update_participant(account: str, sid: str, call: str) -> Response:
    """Mute, hold, or change whether their leaving ends the room."""
    del account
    room = _known(sid)
    seat = _seated(room, call)
    form = request.form
    seat.ends = form.get("EndConferenceOnExit", str(seat.ends)).lower() == "true"
    for event in ("hold", "mute"):
        field = {"hold": "Hold", "mute": "Muted"}[event]
        _set(room, seat, event, form.get(field))
    network().patience.settle()
    return jsonify(_seat_json(room, seat))


@routes.delete("/<account>/Conferences/<sid>/Participants/<call>.json")
def remove_participant(account: str, sid: str, call: str) -> tuple[str, int]:
    """Take a call out of the room: its <Dial> is over, and its document goes on."""
    del account
    room = _known(sid)
    seat = _seated(room, call)
    network().tell(seat.leg, Over(seat.leg))
    network().patience.settle()
    return "", 204


def _set(room: Room, seat: Seat, event: str, wanted: str | None) -> None:
    if wanted is None:
        return
    value = wanted.lower() == "true"
    if event == "hold":
        seat.hold = value
    else:
        seat.muted = value
    seat.leg.note(event, "on" if value else "off")
    conferencing.tell(room, event, seat)


def _known(sid: str) -> Room:
    found = next((room for room in network().rooms.values() if room.sid == sid), None)
    if found is None:
        raise not_found()
    return found


def _seated(room: Room, call: str) -> Seat:
    seat = room.seat_of(call)
    if seat is None:
        raise not_found()
    return seat


def as_json(room: Room) -> Json:
    return {
        "sid": room.sid,
        "account_sid": network().account,
        "api_version": "2010-04-01",
        "friendly_name": room.name,
        "status": room.status,
        "region": "us1",
        "reason_conference_ended": None,
        "call_sid_ending_conference": None,
        "date_created": date(room.host.started_at),
        "date_updated": date(room.host.started_at),
        "subresource_uris": {"participants": uri("Conferences", room.sid, "Participants")},
        "uri": uri("Conferences", room.sid),
    }


def _seat_json(room: Room | None, seat: Seat) -> Json:
    sid = room.sid if room else None
    return {
        "account_sid": network().account,
        "call_sid": seat.leg.sid,
        "conference_sid": sid,
        "label": None,
        "muted": seat.muted,
        "hold": seat.hold,
        "coaching": bool(seat.coaching),
        "call_sid_to_coach": seat.coaching or None,
        "start_conference_on_enter": seat.starts,
        "end_conference_on_exit": seat.ends,
        "status": "connected" if seat.leg.room else "queued",
        "queue_time": "0",
        "date_created": date(seat.leg.started_at),
        "date_updated": date(seat.leg.started_at),
        "uri": uri("Conferences", sid or "", "Participants", seat.leg.sid),
    }
