"""The API's description in OpenAPI 3.1, made from the very shapes that it is served with."""

from collections.abc import Iterator
from functools import cache
from typing import Any, Final

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema

from billing.wire import OPERATIONS, PREFIX, SCOPES, STATUS, Operation, Problem

VERSION: Final = "1.0.0"
REFERENCE: Final = "#/components/schemas/{model}"
KEY: Final[dict[str, Any]] = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "description": "Once per thing to be done; the same key and body is answered, not done, again.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 200},
}
ERRORS: Final = {
    "400": "the arguments are wrong",
    "401": "the key is missing, unknown or ended",
    "403": "the key lacks the scope or asks in another's name, or nobody may do this",
    "404": "there is no such account, statement or payment",
    "409": "it changed meanwhile, or the month is closed",
    "413": "the body is too large",
    "422": "the amount is wrong, or the idempotency key was used for something else",
    "429": "too many requests in this minute; see Retry-After",
    "503": "not now: ask again with the same key",
}


@cache
def document() -> dict[str, Any]:
    """Make the whole description."""
    shapes, schemas = _schemas()
    paths: dict[str, dict[str, Any]] = {}
    for each in OPERATIONS:
        paths.setdefault(each.path, {})[each.method.lower()] = _operation(each, shapes)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Billing",
            "version": VERSION,
            "description": "The city's billing core. Amounts are whole cents of US dollars.",
        },
        "servers": [{"url": PREFIX}],
        "security": [{"key": []}],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
        },
        "x-scopes": dict(SCOPES),
        "x-problems": {kind.__name__: status for kind, status in STATUS.items()},
    }


def _schemas() -> tuple[dict[tuple[str, str], Any], dict[str, Any]]:
    writes = [each for each in OPERATIONS if each.writes]
    asked = [(each.name + ":in", "validation", TypeAdapter(each.body)) for each in writes]
    said = [(each.name + ":out", "serialization", each.answer) for each in OPERATIONS]
    problem = ("problem:out", "serialization", TypeAdapter(Problem))
    shapes, rest = TypeAdapter.json_schemas(
        [*asked, *said, problem],  # pyright: ignore[reportArgumentType]  a mode is a Literal there
        ref_template=REFERENCE,
        schema_generator=GenerateJsonSchema,
    )
    return {(name, mode): schema for (name, mode), schema in shapes.items()}, rest["$defs"]


def _operation(each: Operation, shapes: dict[tuple[str, str], Any]) -> dict[str, Any]:
    made: dict[str, Any] = {
        "operationId": each.name,
        "summary": each.words.partition("\n")[0],
        "description": f"{each.words}\n\nScope: `{each.scope}`.",
        "parameters": list(_parameters(each)),
        "responses": {
            "200": _content("what was asked for", shapes[each.name + ":out", "serialization"]),
            **{
                status: _content(words, shapes["problem:out", "serialization"], problem=True)
                for status, words in ERRORS.items()
            },
        },
    }
    if each.writes:
        schema = shapes[each.name + ":in", "validation"]
        made["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": schema}},
        }
    return made


def _parameters(each: Operation) -> Iterator[dict[str, Any]]:
    fields: dict[str, Any] = _flat(each)["properties"]
    for name, schema in fields.items():
        if name in each.in_path:
            yield {"name": name, "in": "path", "required": True, "schema": schema}
        elif not each.writes:
            required = name in _flat(each).get("required", ())
            yield {"name": name, "in": "query", "required": required, "schema": schema}
    if each.writes:
        yield KEY


def _flat(each: Operation) -> dict[str, Any]:
    return each.arguments.model_json_schema(ref_template=REFERENCE)


def _content(words: str, schema: object, *, problem: bool = False) -> dict[str, Any]:
    kind = "application/problem+json" if problem else "application/json"
    return {"description": words, "content": {kind: {"schema": schema}}}
