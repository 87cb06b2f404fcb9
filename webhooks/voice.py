"""Twilio's voice webhooks: check, clean, hand on, answer. All thinking is behind `Line`."""

from functools import partial

import structlog
from flask import Blueprint, Response, request

from config.settings import Settings
from db.errors import DatabaseUnavailable
from db.session import Database
from ivr import calls
from ivr.calls import Arrival
from webhooks import addresses, forms
from webhooks.forms import Form, Refused
from webhooks.line import Line
from webhooks.signature import SignatureCheck

FORM = "application/x-www-form-urlencoded"
LONGEST_STATUS_FIELDS = 60


def make_blueprint(line: Line) -> Blueprint:
    """Make the blueprint of everything Twilio posts about calls, but the fallback."""
    blueprint = Blueprint("twilio", __name__)
    check = SignatureCheck(line.settings, line.settings.public_url)
    read = partial(checked_form, check, line.settings)

    @blueprint.post(addresses.VOICE)
    def call_comes_in() -> Response:
        return answer_turn(line, read(), 0)

    @blueprint.post(f"{addresses.VOICE}/<int:turn>/<token>/")
    def call_goes_on(turn: int, token: str) -> Response:
        form = read()
        secret = line.settings.secret_key
        if not addresses.token_holds(secret, forms.call_sid(form), turn, token):
            raise Refused(403, "the turn's token is not ours")
        return answer_turn(line, form, turn)

    @blueprint.post(addresses.STATUS)
    def status_changes() -> Response:
        note_status(line.world.database, read())
        return Response(status=204)

    @blueprint.errorhandler(Refused)
    def refused(error: Refused) -> Response:
        structlog.get_logger().warning("refused", status=error.status, why=error.why)
        return Response(error.why + "\n", status=error.status, mimetype="text/plain")

    @blueprint.errorhandler(DatabaseUnavailable)
    def away(error: DatabaseUnavailable) -> Response:
        structlog.get_logger().warning("database away", why=str(error))
        return Response("the database is away; send it again\n", status=503, mimetype="text/plain")

    return blueprint


def checked_form(check: SignatureCheck, settings: Settings) -> Form:
    """Read the request's form once it is shown to be Twilio's and about our account."""
    if (request.content_length or 0) > forms.LONGEST_BODY:
        raise Refused(413, "the body is too large")
    if request.mimetype != FORM:
        raise Refused(415, f"only {FORM} is read here")
    signature = request.headers.get("X-Twilio-Signature")
    if not signature:  # before the body: whoever trickles one in would hold a thread meanwhile
        raise Refused(403, "the request is not signed")
    pairs = list(request.form.items(multi=True))
    query = request.environ.get("QUERY_STRING", "")
    if not check.holds(request.path, query, pairs, signature):
        raise Refused(403, "the signature does not hold for the public address of this line")
    form = forms.form_of(pairs)
    if form.fields.get("AccountSid") != settings.twilio_account_sid:
        raise Refused(403, "AccountSid is not the account of this line")
    return form


def answer_turn(line: Line, form: Form, turn: int) -> Response:
    """Answer one turn of a call."""
    arrival = Arrival(
        call_sid=forms.call_sid(form),
        turn=turn,
        caller=forms.phone(form, "From"),
        called=forms.phone(form, "To"),
        attestation=form.fields.get("StirVerstat", "")[:60],
        digest=form.digest,
        heard=forms.heard(form),
    )
    structlog.contextvars.bind_contextvars(call=arrival.call_sid, turn=turn)
    again = request.query_string.decode("ascii", "replace") == addresses.AGAIN
    return Response(line.answer(arrival, again=again), mimetype="text/xml")


def note_status(database: Database, form: Form) -> None:
    """Keep a status callback; a repeat or a late one changes nothing."""
    sid = forms.call_sid(form)
    status = forms.call_status(form)
    sequence = int(form.text("SequenceNumber", forms.NUMBER, "0"))
    body = dict(list(form.fields.items())[:LONGEST_STATUS_FIELDS])
    database.run(lambda session: calls.note_status(session, sid, status, sequence, body))
