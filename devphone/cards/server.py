"""The processor's HTTP face: what a merchant may ask, what `<Pay>` posts, and its bad days.

Merchants and `/control` sign in with the key (`Authorization: Bearer`), the connector with the same
key as the password of Basic. Nothing that was sent is echoed, whatever is wrong with it.
"""

import hmac
import time
from collections.abc import Callable
from dataclasses import fields
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Final, cast

from flask import Flask, Response, jsonify, request
from werkzeug.exceptions import HTTPException

from devphone.cards.numbers import Fate, Known, bank_account, card
from devphone.cards.processor import Charge, NotTakenError, Processor
from devphone.cards.settlement import report_of

LARGEST: Final = 16 * 1024
LOST_STATUS: Final = 504
FATES: Final = {one.name for one in fields(Fate)}


class LostError(Exception):
    """The work is done and the answer is not to arrive."""


def build(processor: Processor, key: str, sleep: Callable[[float], None] = time.sleep) -> Flask:
    """Build the application around a processor; `key` is what whoever asks must know."""
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = LARGEST
    _guard(app, processor, key)
    _merchant(app, processor, sleep)
    _looked_up(app, processor)
    _connector(app, processor, sleep)
    _control(app, processor)
    _refusals(app)
    return app


def _guard(app: Flask, processor: Processor, key: str) -> None:
    @app.get("/healthz")
    def healthz() -> str:
        return "ok\n"

    @app.before_request
    def admit() -> None:
        if request.path == "/healthz":
            return
        given = request.authorization
        said = (given.token or given.password or "") if given else ""
        if not hmac.compare_digest(said.encode(), key.encode()):
            raise NotTakenError(401, "key", "The key is missing or wrong.")
        if not request.path.startswith("/control/") and processor.is_away():
            raise NotTakenError(503, "away", "Not now.")


def _merchant(app: Flask, processor: Processor, sleep: Callable[[float], None]) -> None:
    @app.post("/v1/tokens")
    def tokenise() -> tuple[Response, int]:
        known = known_number(body())
        return jsonify(token=processor.tokenise(known), last_four=known.last_four), 201

    @app.post("/v1/charges")
    def charge() -> tuple[Response, int]:
        asked = body()
        known = meant(processor, asked)
        made = processor.charge(text(asked, "intent"), whole(asked, "cents"), known)
        suffer(made, sleep)
        return jsonify(shown(made)), 201

    @app.post("/v1/refunds")
    def refund() -> tuple[Response, int]:
        asked = body()
        intent, of, cents = text(asked, "intent"), text(asked, "of"), whole(asked, "cents")
        return jsonify(shown(processor.refund(intent, of, cents))), 201


def _looked_up(app: Flask, processor: Processor) -> None:
    @app.get("/v1/charges/<intent>")
    def find(intent: str) -> Response:
        return jsonify(shown(processor.find(intent)))

    @app.get("/v1/settlements/<day>.<form>")
    def settlement(day: str, form: str) -> Response:
        report = report_of(processor, the_day(day))
        if report is None:
            raise NotTakenError(404, "no report yet", "That day is not over.")
        if form == "csv":
            return Response(report.as_csv(), mimetype="text/csv")
        return jsonify(report.as_json())


def _connector(app: Flask, processor: Processor, sleep: Callable[[float], None]) -> None:
    @app.post("/connector")
    def connector() -> Response:
        """Take what Twilio's Generic Pay Connector posts; `description` carries the intent."""
        asked = body()
        try:
            made = _connected(processor, asked, sleep)
            return jsonify(**made, error_code=None, error_message=None)
        except NotTakenError as error:
            return jsonify(error_code=error.code, error_message=str(error))


def _connected(
    processor: Processor, asked: dict[str, Any], sleep: Callable[[float], None]
) -> dict[str, str]:
    known = known_number(asked)
    cents = in_cents(asked.get("amount"))
    if cents == 0:
        return {"token_id": processor.tokenise(known)}
    made = processor.charge(text(asked, "description"), cents, known)
    suffer(made, sleep)
    if made.declined:
        raise NotTakenError(402, made.declined, made.declined)
    return {"charge_id": made.reference}


def _control(app: Flask, processor: Processor) -> None:
    @app.post("/control/next")
    def next_fates() -> tuple[str, int]:
        asked = body()
        if not set(asked) <= FATES:
            raise NotTakenError(422, "fault", f"Faults are {', '.join(sorted(FATES))}.")
        processor.next_fates.append(Fate(**asked))
        return "", 204

    @app.post("/control/away")
    def away() -> tuple[str, int]:
        processor.away = whole(body(), "requests")
        return "", 204

    @app.post("/control/back")
    def take_back() -> tuple[Response, int]:
        asked = body()
        kind = "chargeback" if asked.get("kind") == "chargeback" else "return"
        made = processor.take_back(text(asked, "intent"), kind, text(asked, "code"))
        return jsonify(shown(made)), 201


def _refusals(app: Flask) -> None:
    @app.errorhandler(NotTakenError)
    def refuse(error: NotTakenError) -> tuple[Response, int]:
        return jsonify(code=error.code, message=str(error)), error.status

    @app.errorhandler(HTTPException)
    def broken(error: HTTPException) -> tuple[Response, int]:
        return jsonify(code=error.name.lower(), message=error.name), error.code or 500

    @app.errorhandler(LostError)
    def lost(_error: LostError) -> tuple[Response, int]:
        return Response("", mimetype="text/plain"), LOST_STATUS


def suffer(made: Charge, sleep: Callable[[float], None]) -> None:
    """Be slow, or lose the answer, as the charge's fate is."""
    fate = made.known.fate
    if fate.slow_s:
        sleep(fate.slow_s)
    if fate.lose_answer:
        raise LostError


def shown(made: Charge) -> dict[str, object]:
    """Say what may be said of a charge: no number but its last four."""
    return {
        "intent": made.intent,
        "state": made.state,
        "kind": made.kind,
        "cents": made.cents,
        "tender": made.known.tender,
        "confirmation": "" if made.declined else made.reference,
        "reason": made.declined,
        "last_four": made.known.last_four,
        "at": made.at.isoformat(),
    }


def meant(processor: Processor, asked: dict[str, Any]) -> Known:
    """Find what is to be charged: by a token, or by a test number."""
    return processor.by_token(text(asked, "token")) if "token" in asked else known_number(asked)


def known_number(asked: dict[str, Any]) -> Known:
    """Take a test number; any other is refused, and said back to nobody."""
    if "routing_number" in asked:
        found = bank_account(text(asked, "routing_number"), text(asked, "account_number"))
    else:
        found = card(text(asked, "cardnumber"))
    if found is None:
        raise NotTakenError(422, "no test number", "Only the documented test numbers are taken.")
    return found


def body() -> dict[str, Any]:
    """Read a JSON object."""
    said: object = request.get_json(silent=True)
    if not isinstance(said, dict):
        raise NotTakenError(400, "body", "The body is a JSON object.")
    return cast("dict[str, Any]", said)


def text(asked: dict[str, Any], name: str) -> str:
    """Read a text that must be there."""
    value = asked.get(name)
    if not isinstance(value, str) or not value:
        raise NotTakenError(422, name, f"'{name}' is a text and must be there.")
    return value


def whole(asked: dict[str, Any], name: str) -> int:
    """Read a whole number that must be there."""
    value = asked.get(name)
    if type(value) is not int:
        raise NotTakenError(422, name, f"'{name}' is a whole number and must be there.")
    return value


def in_cents(amount: object) -> int:
    """Read the connector's amount ("20.45", absent or zero to tokenise) as cents."""
    try:
        cents = Decimal(str(amount or "0")).scaleb(2)
    except InvalidOperation:
        raise NotTakenError(422, "amount", "The amount is no number.") from None
    if not cents.is_finite() or cents != int(cents):
        raise NotTakenError(422, "amount", "The amount is dollars with at most two decimals.")
    return int(cents)


def the_day(written: str) -> date:
    """Read a day."""
    try:
        return date.fromisoformat(written)
    except ValueError:
        raise NotTakenError(404, "day", "Ask for a day as YYYY-MM-DD.") from None
