"""REST: Calls (voice/api/call-resource)."""

from flask import Blueprint, Response, jsonify, request

from devphone.leg import Leg, OutboundCall, StatusCallback
from devphone.messages import MAGIC_FROM_OK, is_phone_number
from devphone.rest.shared import Json, RefusedError, date, network, not_found, page_of, uri

routes = Blueprint("rest calls", __name__)

INLINE_MAX = 4000


@routes.post("/<account>/Calls.json")
def create_call(account: str) -> tuple[Response, int]:
    del account
    form = request.form
    _check_numbers(form.get("To", ""), form.get("From", ""))
    twiml = _inline_twiml()
    if twiml is None and not form.get("Url"):
        raise RefusedError(400, 21205, "Url is not a valid URL: ")
    wanted = OutboundCall(
        to=form["To"],
        caller=form["From"],
        url=form.get("Url", ""),
        method=form.get("Method", "POST"),
        twiml=twiml,
        callback=_callback(),
        fallback_url=form.get("FallbackUrl"),
        ring_s=form.get("Timeout", 60, type=int),
    )
    leg = network().call_out(wanted)
    return jsonify({**as_json(leg), "status": "queued"}), 201  # it rings only after this


@routes.get("/<account>/Calls.json")
def list_calls(account: str) -> Response:
    """Newest first; filters To, From, Status, ParentCallSid."""
    del account
    asked = request.args
    wanted = [
        as_json(leg)
        for leg in reversed(list(network().calls.values()))
        if asked.get("To", leg.called) == leg.called
        and asked.get("From", leg.caller) == leg.caller
        and asked.get("Status", leg.status) == leg.status
        and asked.get("ParentCallSid", _parent(leg)) == _parent(leg)
    ]
    size = request.args.get("PageSize", 0, type=int)
    return page_of("calls", wanted[: size or None])


@routes.get("/<account>/Calls/<sid>.json")
def read_call(account: str, sid: str) -> Response:
    del account
    return jsonify(as_json(_known(sid)))


@routes.post("/<account>/Calls/<sid>.json")
def update_call(account: str, sid: str) -> Response:
    """End a live call, or give it another document."""
    del account
    leg = _known(sid)
    form = request.form
    twiml = _inline_twiml()
    if leg.ended:
        raise RefusedError(400, 21220, "Call is not in-progress. Cannot redirect.")
    if status := form.get("Status"):
        _end(leg, status)
    elif twiml is not None or form.get("Url"):
        method = "GET" if form.get("Method") == "GET" else "POST"
        network().redirect(leg.sid, form.get("Url", ""), method, twiml)
    return jsonify(as_json(leg))


def _end(leg: Leg, status: str) -> None:
    if status not in ("completed", "canceled"):
        raise RefusedError(400, 21218, "Invalid 'Status': completed or canceled.")
    if status == "completed" or leg.answered_at is None:
        network().end(leg.sid, status if leg.answered_at is None else "completed")


def _inline_twiml() -> bytes | None:
    twiml = request.form.get("Twiml")
    if twiml is not None and len(twiml) > INLINE_MAX:
        raise RefusedError(400, 21623, f"Twiml is longer than {INLINE_MAX} characters.")
    return None if twiml is None else twiml.encode()


def _check_numbers(to: str, caller: str) -> None:
    if not to:
        raise RefusedError(400, 21201, "No 'To' number is specified")
    if not caller:
        raise RefusedError(400, 21213, "No 'From' number is specified")
    if not is_phone_number(to) or to == "+15005550001":
        raise RefusedError(
            400, 21211, f"The phone number you are attempting to call, {to}, is not valid."
        )
    if caller not in network().lines and caller != MAGIC_FROM_OK:
        raise RefusedError(
            400, 21210, f"The source phone number provided, {caller}, is not yet verified."
        )


def _callback() -> StatusCallback | None:
    form = request.form
    url = form.get("StatusCallback")
    if not url:
        return None
    events = frozenset(form.getlist("StatusCallbackEvent")) or frozenset({"completed"})
    return StatusCallback(
        url, "GET" if form.get("StatusCallbackMethod") == "GET" else "POST", events
    )


def _known(sid: str) -> Leg:
    leg = network().calls.get(sid)
    if leg is None:
        raise not_found()
    return leg


def _parent(leg: Leg) -> str:
    return leg.parent.sid if leg.parent else ""


def as_json(leg: Leg) -> Json:
    return {
        "sid": leg.sid,
        "account_sid": network().account,
        "api_version": "2010-04-01",
        "parent_call_sid": _parent(leg) or None,
        "from": leg.caller,
        "from_formatted": leg.caller,
        "to": leg.called,
        "to_formatted": leg.called,
        "phone_number_sid": leg.line.sid if leg.line else None,
        "status": "queued" if leg.status == "initiated" else leg.status,
        "direction": leg.direction,
        "start_time": date(leg.answered_at),
        "end_time": date(leg.ended_at),
        "duration": str(leg.duration()) if leg.ended else None,
        "date_created": date(leg.started_at),
        "date_updated": date(leg.ended_at or leg.started_at),
        "answered_by": None,
        "caller_name": None,
        "forwarded_from": None,
        "group_sid": None,
        "price": None,
        "price_unit": "USD",
        "queue_time": "0",
        "trunk_sid": None,
        "subresource_uris": {},
        "uri": uri("Calls", leg.sid),
    }
