"""The phones' own API: what a dial pad, a terminal or a script does with a phone over HTTP."""

from collections.abc import Mapping

from flask import Blueprint, Response, jsonify, request

from devphone.leg import Event, Leg
from devphone.messages import describe, is_phone_number
from devphone.network import UnknownNumberError
from devphone.phones import Phone, behaviour_named
from devphone.rest.shared import RefusedError, network

routes = Blueprint("phones", __name__, url_prefix="/phone")

WAIT_S_MAX = 20.0


@routes.post("/calls")
def dial() -> tuple[Response, int]:
    """{"from", "to", "language"?, "stir"?, "faults"?} -> {"call": sid}."""
    wanted = _body()
    _set_faults(wanted.get("faults"))
    caller = _text(wanted, "from")
    if not is_phone_number(caller):
        raise RefusedError(400, 21212, f"{caller!r} is no phone number: +1 and ten digits.")
    stir = _text(wanted, "stir") or None
    try:
        leg = network().call(
            caller, _text(wanted, "to"), language=_text(wanted, "language", "en"), stir=stir
        )
    except UnknownNumberError as error:
        raise RefusedError(404, 20404, str(error)) from error
    return jsonify({"call": leg.sid}), 201


@routes.get("/calls")
def calls_of_a_phone() -> Response:
    """Live calls at ?number=, newest last, so that a phone knows when it rings."""
    number = request.args.get("number", "")
    live = [leg for leg in network().calls.values() if not leg.ended]
    return jsonify({"calls": [_summary(leg) for leg in live if number in _ends(leg)]})


@routes.get("/calls/<sid>")
def follow(sid: str) -> Response:
    """Events after number ?after=N; ?wait=SECONDS holds the answer until there is one."""
    leg = _leg(sid)
    after = request.args.get("after", 0, type=int)
    wait_s = min(request.args.get("wait", 0.0, type=float), WAIT_S_MAX)
    with network().changed:
        network().changed.wait_for(lambda: len(leg.events) > after or leg.ended, timeout=wait_s)
        events = [_event(event) for event in leg.events[after:]]
        return jsonify({**_summary(leg), "listening": _listening(leg), "events": events})


@routes.post("/calls/<sid>/press")
def press(sid: str) -> Response:
    try:
        network().press(_leg(sid).sid, _text(_body(), "digits"))
    except ValueError as error:
        raise RefusedError(400, 20001, str(error)) from error
    return jsonify({})


@routes.post("/calls/<sid>/speak")
def speak(sid: str) -> Response:
    spoken = _body()
    confidence = spoken.get("confidence", 0.9)
    if not isinstance(confidence, int | float) or not 0 <= confidence <= 1:
        raise RefusedError(400, 20001, "confidence is a number from 0 to 1.")
    network().speak(_leg(sid).sid, _text(spoken, "words"), float(confidence))
    return jsonify({})


@routes.post("/calls/<sid>/wait")
def wait(sid: str) -> Response:
    """Stay silent: the question that is open gets no answer."""
    network().wait(_leg(sid).sid)
    return jsonify({})


@routes.post("/calls/<sid>/answer")
def answer(sid: str) -> Response:
    """Pick up a phone that rings."""
    network().pick_up(_leg(sid).sid)
    return jsonify({})


@routes.post("/calls/<sid>/hangup")
def hang_up(sid: str) -> Response:
    network().hang_up(_leg(sid).sid)
    return jsonify({})


@routes.get("/messages")
def messages() -> Response:
    """Texts to ?to=, or from it, oldest first."""
    number = request.args.get("to")
    found = [one for one in network().messages.all if number in (None, one.to, one.sender)]
    return jsonify({"messages": [describe(one) for one in found]})


@routes.post("/messages")
def text() -> tuple[Response, int]:
    """{"from", "to", "body"}: a phone sends a text to a line."""
    wanted = _body()
    message = network().messages.receive(
        _text(wanted, "from"), _text(wanted, "to"), _text(wanted, "body")
    )
    return jsonify(describe(message)), 201


@routes.get("/numbers")
def numbers() -> Response:
    """List the account's lines, and the table of other phones."""
    return jsonify(
        {
            "lines": list(network().lines),
            "phones": [_phone(phone) for phone in network().phones.values()],
        }
    )


@routes.post("/numbers")
def set_number() -> tuple[Response, int]:
    """Set what becomes of calls to a phone: {"number", "name"?, "behaviour"?, "presses"?}."""
    wanted = _body()
    number = _text(wanted, "number")
    if not is_phone_number(number):
        raise RefusedError(400, 21212, f"{number!r} is no phone number: +1 and ten digits.")
    try:
        behaviour = behaviour_named(_text(wanted, "behaviour", "answers"))
    except ValueError as error:
        raise RefusedError(400, 20001, str(error)) from error
    known = network().phones.get(number) or Phone(number)  # what is not said stays as it was
    name, presses = _text(wanted, "name", known.name), _text(wanted, "presses", known.presses)
    phone = Phone(number, name, behaviour, presses)
    network().add_phones([phone])
    return jsonify(_phone(phone)), 201


@routes.post("/faults")
def set_faults() -> Response:
    """Take fields of faults.Faults that are to hold from now on."""
    _set_faults(_body())
    return jsonify({})


@routes.get("/violations")
def violations() -> Response:
    """Every document that broke the grammar."""
    found = network().violations
    return jsonify(
        {
            "violations": [
                {"call": one.call, "url": one.url, "faults": one.sentences} for one in found
            ]
        }
    )


def _body() -> Mapping[str, object]:
    given: object = request.get_json(silent=True)
    if not isinstance(given, dict):
        raise RefusedError(400, 20001, "The body is a JSON object.")
    return {str(name): value for name, value in given.items()}  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]  JSON


def _text(given: Mapping[str, object], name: str, default: str = "") -> str:
    value = given.get(name, default)
    if not isinstance(value, str):
        raise RefusedError(400, 20001, f"{name} is a string.")
    return value


def _set_faults(wanted: object) -> None:
    if wanted is None:
        return
    try:
        network().faults.set(wanted)
    except ValueError as error:
        raise RefusedError(400, 20001, str(error)) from error


def _leg(sid: str) -> Leg:
    leg = network().calls.get(sid)
    if leg is None:
        raise RefusedError(404, 20404, f"There is no call {sid}.")
    return leg


def _ends(leg: Leg) -> tuple[str, ...]:
    return (leg.called,) if leg.outbound else (leg.caller,)


def _summary(leg: Leg) -> dict[str, object]:
    return {"call": leg.sid, "state": leg.status, "from": leg.caller, "to": leg.called,
            "direction": leg.direction}  # fmt: skip


def _event(event: Event) -> dict[str, object]:
    plain = {"n": event.n, "at": event.at, "kind": event.kind, "text": event.text}
    return {**event.more, **plain, "language": event.language}


def _listening(leg: Leg) -> dict[str, object] | None:
    listening = leg.listening
    if listening is None:
        return None
    return {
        "input": list(listening.input),
        "language": listening.language,
        "num_digits": listening.num_digits,
        "finish_on_key": listening.finish_on_key,
        "timeout": listening.timeout,
    }


def _phone(phone: Phone) -> dict[str, object]:
    return {"number": phone.number, "name": phone.name, "behaviour": phone.behaviour,
            "presses": phone.presses}  # fmt: skip
