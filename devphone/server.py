"""The HTTP face: Twilio's REST, the phones' API, and the dial pad, in one Flask application."""

from flask import Blueprint, Flask, Response, jsonify, render_template

from devphone import phone_api
from devphone.fetching import over_http
from devphone.network import Network
from devphone.rest import account, calls, conferences, messages, shared
from devphone.settings import Settings, read_settings
from devphone.signing import Signer

CONTENT_SECURITY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def build(network: Network, token: str) -> Flask:
    """Build the application around a network. `token` is what REST clients must know."""
    app = Flask(__name__)
    app.extensions[shared.EXTENSION] = network
    shared.answer_refusals(app)
    rest_api = Blueprint("rest", __name__, url_prefix=shared.PREFIX)
    for resource in (messages, calls, conferences, account):
        rest_api.register_blueprint(resource.routes)
    shared.guard(rest_api, token)
    app.register_blueprint(rest_api)
    app.register_blueprint(phone_api.routes)
    app.add_url_rule("/", view_func=dial_pad)
    app.add_url_rule("/healthz", view_func=healthz)
    app.after_request(_with_headers)
    return app


def from_environment() -> Flask:
    """Build what the server process serves."""
    settings = read_settings()
    return build(network_of(settings), settings.auth_token)


def network_of(settings: Settings) -> Network:
    """Make a network in real time, with the city's line and the phones around it."""
    network = Network(
        over_http(settings.hosts),
        account=settings.account_sid,
        signer=Signer(settings.auth_token, settings.shared_key),
        real_time=True,
    )
    network.add_line(
        settings.line_number,
        settings.voice_url,
        fallback_url=settings.fallback_url,
        status_url=settings.status_url,
        sms_url=settings.sms_url,
    )
    network.add_phones(settings.phones)
    return network


def dial_pad() -> str:
    """Show the phone in the browser."""
    return render_template("dial_pad.html", line=next(iter(shared.network().lines), ""))


def healthz() -> Response:
    """Alive; with the lives that broke, which must be none."""
    return jsonify(
        {"ok": not shared.network().broken, "broken": [str(one) for one in shared.network().broken]}
    )


def _with_headers(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = CONTENT_SECURITY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"
    return response
