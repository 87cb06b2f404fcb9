"""REST: the account itself, its numbers, its queues and who waits in them."""

from flask import Blueprint, Response, jsonify, request

from devphone.phones import Line
from devphone.queues import Queue
from devphone.rest.shared import Json, RefusedError, date, network, not_found, page_of, uri

routes = Blueprint("rest account", __name__)


@routes.get("/<account>.json")
def read_account(account: str) -> Response:
    return jsonify(
        {
            "sid": account,
            "owner_account_sid": account,
            "friendly_name": "devphone",
            "status": "active",
            "type": "Full",
            "auth_token": None,
            "date_created": None,
            "date_updated": None,
            "subresource_uris": {},
            "uri": f"/2010-04-01/Accounts/{account}.json",
        }
    )


@routes.get("/<account>/IncomingPhoneNumbers.json")
def list_lines(account: str) -> Response:
    del account
    lines = network().lines.values()
    asked = request.args.get("PhoneNumber")
    return page_of(
        "incoming_phone_numbers", [_line(line) for line in lines if asked in (None, line.number)]
    )


@routes.get("/<account>/IncomingPhoneNumbers/<sid>.json")
def read_line(account: str, sid: str) -> Response:
    del account
    return jsonify(_line(_known_line(sid)))


@routes.post("/<account>/IncomingPhoneNumbers/<sid>.json")
def update_line(account: str, sid: str) -> Response:
    """Point a number's calls and messages elsewhere. A fallback needs a primary URL (21405)."""
    del account
    line = _known_line(sid)
    form = request.form
    if form.get("VoiceFallbackUrl") and not form.get("VoiceUrl", line.voice_url):
        raise RefusedError(400, 21405, "A fallback URL needs a primary URL.")
    line.voice_url = form.get("VoiceUrl", line.voice_url)
    line.voice_method = "GET" if form.get("VoiceMethod", line.voice_method) == "GET" else "POST"
    line.fallback_url = form.get("VoiceFallbackUrl", line.fallback_url)
    line.status_url = form.get("StatusCallback", line.status_url)
    line.sms_url = form.get("SmsUrl", line.sms_url)
    line.friendly_name = form.get("FriendlyName", line.friendly_name)
    return jsonify(_line(line))


@routes.get("/<account>/Queues.json")
def list_queues(account: str) -> Response:
    del account
    return page_of("queues", [_queue(queue) for queue in network().queues.values()])


@routes.post("/<account>/Queues.json")
def create_queue(account: str) -> tuple[Response, int]:
    del account
    name = request.form.get("FriendlyName", "")
    if name in network().queues:
        raise RefusedError(400, 22003, "A queue of this name exists.")
    queue = network().queue(name)
    queue.size_max = request.form.get("MaxSize", queue.size_max, type=int)
    return jsonify(_queue(queue)), 201


@routes.get("/<account>/Queues/<sid>.json")
def read_queue(account: str, sid: str) -> Response:
    del account
    return jsonify(_queue(_known_queue(sid)))


@routes.get("/<account>/Queues/<sid>/Members.json")
def list_members(account: str, sid: str) -> Response:
    del account
    queue = _known_queue(sid)
    return page_of("queue_members", [_member(queue, at) for at in range(len(queue.members))])


@routes.get("/<account>/Queues/<sid>/Members/<call>.json")
def read_member(account: str, sid: str, call: str) -> Response:
    del account
    queue = _known_queue(sid)
    return jsonify(_member(queue, _place(queue, call)))


@routes.post("/<account>/Queues/<sid>/Members/<call>.json")
def take_member(account: str, sid: str, call: str) -> Response:
    """Take a call out of line (`Front`: the next) and give it another document."""
    del account
    queue = _known_queue(sid)
    place = _place(queue, call)
    member = _member(queue, place)
    method = "GET" if request.form.get("Method") == "GET" else "POST"
    network().redirect(queue.members[place].leg.sid, request.form["Url"], method)
    return jsonify(member)


def _known_line(sid: str) -> Line:
    found = next((line for line in network().lines.values() if line.sid == sid), None)
    if found is None:
        raise not_found()
    return found


def _known_queue(sid: str) -> Queue:
    found = next((queue for queue in network().queues.values() if queue.sid == sid), None)
    if found is None:
        raise not_found()
    return found


def _place(queue: Queue, call: str) -> int:
    sids = [member.leg.sid for member in queue.members]
    if call == "Front" and sids:
        return 0
    if call not in sids:
        raise not_found()
    return sids.index(call)


def _line(line: Line) -> Json:
    return {
        "sid": line.sid,
        "account_sid": network().account,
        "api_version": "2010-04-01",
        "phone_number": line.number,
        "friendly_name": line.friendly_name or line.number,
        "capabilities": {"voice": True, "sms": True, "mms": False, "fax": False},
        "voice_url": line.voice_url,
        "voice_method": line.voice_method,
        "voice_fallback_url": line.fallback_url,
        "voice_fallback_method": "POST",
        "status_callback": line.status_url,
        "status_callback_method": "POST",
        "sms_url": line.sms_url,
        "sms_method": "POST",
        "status": "in-use",
        "beta": False,
        "origin": "twilio",
        "date_created": None,
        "date_updated": None,
        "uri": uri("IncomingPhoneNumbers", line.sid),
    }


def _queue(queue: Queue) -> Json:
    return {
        "sid": queue.sid,
        "account_sid": network().account,
        "friendly_name": queue.name,
        "current_size": len(queue.members),
        "max_size": queue.size_max,
        "average_wait_time": queue.average_wait(network().now()),
        "date_created": None,
        "date_updated": None,
        "uri": uri("Queues", queue.sid),
    }


def _member(queue: Queue, place: int) -> Json:
    member = queue.members[place]
    return {
        "call_sid": member.leg.sid,
        "queue_sid": queue.sid,
        "position": place + 1,
        "wait_time": queue.waited(member.leg, network().now()),
        "date_enqueued": date(member.since),
        "uri": uri("Queues", queue.sid, "Members", member.leg.sid),
    }
