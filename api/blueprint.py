"""The API's blueprint: who asks, how often, what is asked, and every refusal in one shape.

Mounted at `billing.wire.PREFIX`. It is kept by a `BillingCore` and two tables; nothing is told from
a session or a cookie, so no page of a browser can ask in anybody's name.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import structlog
from flask import Blueprint, Response, g, render_template, request
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, ValidationError
from werkzeug.exceptions import HTTPException

from api import answers, keys
from api.asking import in_its_own_name, without_numbers
from api.keys import Caller
from api.openapi import document
from billing.errors import BadAmount, BillingDown, BillingError, NotFound
from billing.ports import BillingCore
from billing.scan import refuse_numbers
from billing.wire import GAP, OPERATIONS, PREFIX, SCOPES, Operation, Problem, problem_of
from db.errors import DatabaseUnavailable
from db.session import Database

LARGEST: Final = 64 * 1024
LONGEST_KEY: Final = 200
PROBLEM: Final = "application/problem+json"
OPEN: Final = frozenset({"api.described", "api.read_me"})  # no figure of anybody is in them
ANY: Final = ["GET", "POST", "PUT", "PATCH", "DELETE"]


@dataclass(frozen=True)
class ApiPorts:
    """What the API stands on."""

    database: Database
    core: BillingCore


class Refused(Exception):
    """A refusal of the API itself, with HTTP's status."""

    def __init__(self, status: int, rule: str, message: str, advice: str) -> None:
        super().__init__(message)
        self.problem: Problem = Problem(
            title="NotAllowed", status=status, detail=message, rule=rule, advice=advice
        )
        self.headers: dict[str, str] = {}


def make_blueprint(ports: ApiPorts) -> Blueprint:
    """Build the API on these ports."""
    blueprint = Blueprint("api", __name__, url_prefix=PREFIX, template_folder="templates")
    blueprint.before_request(partial(admit, ports.database))
    for each in OPERATIONS:
        rule = GAP.sub(r"<\1>", each.path)
        view = partial(perform, ports, each)
        blueprint.add_url_rule(rule, each.name, view, methods=[each.method])
    blueprint.add_url_rule("/openapi.json", "described", described)
    blueprint.add_url_rule("/", "read_me", read_me)
    blueprint.add_url_rule("/<path:_anything>", "nothing", nothing, methods=ANY)
    blueprint.after_request(harden)
    _refusals(blueprint)
    return blueprint


def admit(database: Database) -> None:
    """Let in who has a key, and no oftener than the key may."""
    request.max_content_length = LARGEST
    if request.endpoint in OPEN:
        return
    given = request.authorization
    token = (given.token or "") if given and given.type == "bearer" else ""
    caller = database.run(lambda session: keys.admitted(session, token)) if token else None
    if caller is None:
        refused = Refused(401, "api key", "the key is missing, unknown or ended", BEARER)
        refused.headers["WWW-Authenticate"] = "Bearer"
        raise refused
    if caller.asked > caller.per_minute:
        message = f"{caller.name} may ask {caller.per_minute} times a minute"
        refused = Refused(429, "rate limit", message, "Wait as long as Retry-After says.")
        refused.headers["Retry-After"] = str(caller.seconds_left)
        raise refused
    g.caller = caller


BEARER: Final = "Send 'Authorization: Bearer' with a key made by ./cityline api key make."


def perform(ports: ApiPorts, operation: Operation, **in_path: str) -> Response:
    """Do one operation; a write that was done before is answered as it was then."""
    caller: Caller = g.caller
    if operation.scope not in caller.scopes:
        advice = f"Make a key with the scope {operation.scope}: it may {SCOPES[operation.scope]}."
        raise Refused(403, "scope", f"this key may not use {operation.scope}", advice)
    if not operation.writes:
        return answered(200, said(ports.core, operation, read(operation, in_path)))
    key = idempotency_key()
    arguments = without_numbers(in_its_own_name(caller, operation, read(operation, in_path)))
    asked = answers.digest(operation.name, arguments)
    before = ports.database.run(lambda session: answers.claim(session, caller.id, key, asked))
    if before is not None:
        return answered(*before, again=True)
    body = said(ports.core, operation, {**arguments, "key": f"api:{caller.id}:{key}"})
    ports.database.run(lambda session: answers.keep(session, caller.id, key, 200, body))
    return answered(200, body)


def said(core: BillingCore, operation: Operation, arguments: Mapping[str, Any]) -> bytes:
    """Ask the core and write its answer down."""
    return operation.answer.dump_json(getattr(core, operation.name)(**arguments))


def read(operation: Operation, in_path: Mapping[str, str]) -> dict[str, Any]:
    """Read what is asked; raises BadAmount or BillingError, naming the argument."""
    try:
        found = _read(operation, in_path)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        name = ".".join(str(one) for one in first["loc"]) or "body"
        if name == "cents":
            message = "'cents' is no whole number of cents"
            raise BadAmount("whole cents", message, "Give an int.") from error
        advice = f"See {PREFIX}/openapi.json for what {operation.name} takes."
        raise BillingError("arguments", f"'{name}': {first['msg']}", advice) from error
    return {name: getattr(found, name) for name in operation.arguments.model_fields}


def _read(operation: Operation, in_path: Mapping[str, str]) -> BaseModel:
    shape = operation.arguments
    if not operation.writes:
        return shape.model_validate({**request.args.to_dict(), **in_path})
    if request.mimetype != "application/json":
        advice = "Send 'Content-Type: application/json'."
        raise BillingError("content type", "the body is no JSON", advice)
    body = request.get_data()
    inside = operation.body.model_validate_json(body, strict=True)
    return shape.model_validate({**dict(inside), **in_path})


def idempotency_key() -> str:
    """Read the key that a write must have; it is kept, so no card's number is in it."""
    key = request.headers.get("Idempotency-Key", "")
    if not key or len(key) > LONGEST_KEY or not key.isprintable():
        advice = "Send a header 'Idempotency-Key' of 1 to 200 characters, new for every new thing."
        raise BillingError("idempotency key", "the key is missing or too long", advice)
    refuse_numbers(**{"Idempotency-Key": key})
    return key


def described() -> dict[str, Any]:
    """Give the description for machines."""
    return document()


def read_me() -> str:
    """Give the description for people."""
    return render_template("api.html", api=document(), prefix=PREFIX)


def nothing(_anything: str) -> ResponseReturnValue:
    """Say that whatever else is asked for is not there."""
    advice = f"See {PREFIX}/openapi.json for what there is."
    raise NotFound("known operation", f"there is no {request.method} {request.path}", advice)


def answered(status: int, body: bytes, *, again: bool = False) -> Response:
    """Answer with what was written down."""
    response = Response(body, status=status, mimetype="application/json")
    if again:
        response.headers["Idempotent-Replayed"] = "true"
    return response


def refused(problem: Problem) -> Response:
    """Answer with a refusal."""
    return Response(problem.model_dump_json(), status=problem.status, mimetype=PROBLEM)


def _refusals(blueprint: Blueprint) -> None:
    @blueprint.errorhandler(BillingError)
    def by_the_core(error: BillingError) -> Response:
        return refused(problem_of(error))

    @blueprint.errorhandler(Refused)
    def by_the_api(error: Refused) -> Response:
        response = refused(error.problem)
        response.headers.update(error.headers)
        return response

    @blueprint.errorhandler(DatabaseUnavailable)
    def away(error: DatabaseUnavailable) -> Response:
        structlog.get_logger().warning("database away", why=str(error))
        advice = "Ask again with the same key."
        return refused(problem_of(BillingDown("no answer", "the database is away", advice)))

    @blueprint.errorhandler(HTTPException)
    def by_http(error: HTTPException) -> Response:
        status = error.code or 500
        problem = Problem(
            title="BillingError",
            status=status,
            detail=error.name.lower(),
            rule="request",
            advice=f"See {PREFIX}/openapi.json for what there is.",
        )
        return refused(problem)


def harden(response: Response) -> Response:
    """Let no cache keep it and no page frame it."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'"
    )
    return response
