"""What all REST resources share: credentials, refusals, pages, dates and addresses."""

import hmac
from collections.abc import Mapping, Sequence
from email.utils import formatdate

from flask import Blueprint, Flask, Response, current_app, jsonify, request

from devphone.network import Network

PREFIX = "/2010-04-01/Accounts"
MORE_INFO = "https://www.twilio.com/docs/errors/"
EXTENSION = "devphone"

Json = Mapping[str, object]


class RefusedError(Exception):
    """The API refuses; `status` is HTTP's, `code` Twilio's."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message


def not_found() -> RefusedError:
    """Refuse what does not exist, or is another account's."""
    return RefusedError(404, 20404, f"The requested resource {request.path} was not found")


def network() -> Network:
    """Return the network that this application serves."""
    found: object = current_app.extensions[EXTENSION]
    if not isinstance(found, Network):
        raise TypeError("The application was built without a network.")
    return found


def guard(blueprint: Blueprint, token: str) -> None:
    """Nothing under this blueprint answers without the account's sid and token."""

    @blueprint.before_request
    def check_credentials() -> None:
        given = request.authorization
        known = network().account
        name, password = (given.username, given.password) if given else (None, None)
        if name != known or not hmac.compare_digest((password or "").encode(), token.encode()):
            raise RefusedError(401, 20003, "Authenticate")
        if request.path.split("/")[3].removesuffix(".json") != known:
            raise not_found()
        if network().faults.refuse_rest > 0:
            network().faults.refuse_rest -= 1
            raise RefusedError(429, 20429, "Too Many Requests")


def answer_refusals(app: Flask) -> None:
    """Turn refusals into Twilio's JSON, in one place."""

    @app.errorhandler(RefusedError)
    def refuse(refusal: RefusedError) -> tuple[Response, int]:
        body = {
            "code": refusal.code,
            "message": refusal.message,
            "more_info": f"{MORE_INFO}{refusal.code}",
            "status": refusal.status,
        }
        return jsonify(body), refusal.status


def page_of(name: str, items: Sequence[Json]) -> Response:
    """One page of a list. Everything fits on it: a stand-in has no millions."""
    return jsonify(
        {
            name: list(items),
            "page": 0,
            "page_size": max(50, len(items)),
            "start": 0,
            "end": max(0, len(items) - 1),
            "first_page_uri": request.path,
            "next_page_uri": None,
            "previous_page_uri": None,
            "uri": request.path,
        }
    )


def date(seconds: float | None) -> str | None:
    """Write a moment as Twilio does."""
    return None if seconds is None else formatdate(seconds).replace("-0000", "+0000")


def uri(*parts: str) -> str:
    """Return the address of a resource of this account."""
    return "/".join((PREFIX, network().account, *parts)) + ".json"
