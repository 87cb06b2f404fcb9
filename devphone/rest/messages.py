"""REST: Messages (messaging/api/message-resource)."""

from datetime import datetime
from email.utils import parsedate_to_datetime

from flask import Blueprint, Response, jsonify, request

from devphone.messages import Message, MessageRefusedError
from devphone.rest.shared import Json, RefusedError, date, network, not_found, page_of, uri

routes = Blueprint("rest messages", __name__)


@routes.post("/<account>/Messages.json")
def send_message(account: str) -> tuple[Response, int]:
    del account
    form = request.form
    try:
        sender, to, body = (form.get(name, "") for name in ("From", "To", "Body"))
        message = network().messages.send(sender, to, body, form.get("StatusCallback", ""))
    except MessageRefusedError as refusal:
        raise RefusedError(400, refusal.code, str(refusal)) from refusal
    return jsonify({**as_json(message), "status": "queued"}), 201  # it is sent only after this


@routes.get("/<account>/Messages.json")
def list_messages(account: str) -> Response:
    """Newest first; filters To, From, DateSent (a day), DateSent> and DateSent<."""
    del account
    wanted = [one for one in reversed(network().messages.all) if _is_asked_for(one)]
    size = request.args.get("PageSize", 0, type=int)
    return page_of("messages", [as_json(one) for one in wanted[: size or None]])


@routes.get("/<account>/Messages/<sid>.json")
def read_message(account: str, sid: str) -> Response:
    del account
    found = next((one for one in network().messages.all if one.sid == sid), None)
    if found is None:
        raise not_found()
    return jsonify(as_json(found))


def _is_asked_for(message: Message) -> bool:
    asked = request.args
    sent = _day(date(message.created_at))
    return (
        asked.get("To", message.to) == message.to
        and asked.get("From", message.sender) == message.sender
        and asked.get("DateSent", sent)[:10] == sent
        and asked.get("DateSent>", sent)[:10] <= sent
        and asked.get("DateSent<", sent)[:10] >= sent
    )


def _day(moment: str | None) -> str:
    parsed: datetime | None = parsedate_to_datetime(moment) if moment else None
    return parsed.date().isoformat() if parsed else ""


def as_json(message: Message) -> Json:
    created = date(message.created_at)
    undelivered = message.status == "undelivered"
    return {
        "sid": message.sid,
        "account_sid": network().account,
        "api_version": "2010-04-01",
        "from": message.sender,
        "to": message.to,
        "body": message.body,
        "direction": message.direction,
        "status": message.status,
        "error_code": 30005 if undelivered else None,
        "error_message": "Unknown destination handset" if undelivered else None,
        "num_media": "0",
        "num_segments": str(message.segments),
        "messaging_service_sid": None,
        "price": None,
        "price_unit": "USD",
        "date_created": created,
        "date_updated": created,
        "date_sent": created,
        "subresource_uris": {"media": uri("Messages", message.sid, "Media")},
        "uri": uri("Messages", message.sid),
    }
