"""How the billing core is spoken to over HTTP: every operation's address, shapes and errors.

The server and the client are both made from this table, so that neither can know what the other
does not. Arguments in a path or a query are text; a body is JSON and read strictly, so that no
"12.5", no 12.0 and no true is ever taken for cents. Who makes a write is no argument: it is the key
that asks, in the role of its scope; a body may say so, and nothing else.
"""

import inspect
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, Final, Literal, get_type_hints

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, create_model

from billing.errors import (
    AnotherBody,
    BadAmount,
    BillingDown,
    BillingError,
    ClosedPeriod,
    Conflict,
    NotAllowed,
    NotFound,
    Unbalanced,
)
from billing.ports import BillingCore

PREFIX: Final = "/api/billing/v1"
GAP: Final = re.compile(r"\{(\w+)\}")
LONGEST: Final = 500  # characters of one text
NO_NUL: Final = r"^[^\x00]*$"  # PostgreSQL keeps every character but this one
Scope = Literal[
    "accounts:read", "payments:read", "payments:write", "arrangements:write",
    "adjustments:write", "charges:write",
]  # fmt: skip
SCOPES: Final[Mapping[Scope, str]] = {
    "accounts:read": "find accounts; read balances, statements, holds and plans",
    "payments:read": "read payments and where one stands",
    "payments:write": "begin payments and say what became of them",
    "arrangements:write": "make payment arrangements",
    "adjustments:write": "ask for adjustments in its own name, within a rep's limits",
    "charges:write": "put charges on accounts",
}
# The role that a key has by its scope. What a rep may not do alone waits for somebody at the desk.
ROLES: Final[Mapping[Scope, str]] = {"adjustments:write": "rep"}
MAKER: Final[Mapping[str, str]] = {
    "actor": "The name of the key that asks; it may be left out.",
    "made_by": "The name of the key that asks; it may be left out.",
    "made_as": "The role of the key's scope, which is rep; it may be left out.",
}


@dataclass(frozen=True)
class Operation:
    """One operation of `BillingCore`, by its method's name."""

    name: str
    method: Literal["GET", "POST"]
    path: str
    scope: Scope

    @property
    def writes(self) -> bool:
        """Say whether it changes anything; then it wants an Idempotency-Key."""
        return self.method == "POST"

    @property
    def words(self) -> str:
        """Say what it does, as the port does."""
        return inspect.getdoc(getattr(BillingCore, self.name)) or ""

    @cached_property
    def in_path(self) -> frozenset[str]:
        """Name the arguments that are part of the path."""
        return frozenset(GAP.findall(self.path))

    @cached_property
    def arguments(self) -> type[BaseModel]:
        """Give the shape of the arguments, but for `key`, which is a header."""
        return self._shape(frozenset({"self", "key"}))

    @cached_property
    def body(self) -> type[BaseModel]:
        """Give the shape of the arguments that are not in the path."""
        return self._shape(frozenset({"self", "key", *self.in_path}))

    def _shape(self, aside: frozenset[str]) -> type[BaseModel]:
        hints = get_type_hints(getattr(BillingCore, self.name))
        parameters = inspect.signature(getattr(BillingCore, self.name)).parameters
        fields: dict[str, Any] = {
            name: (hints[name], _field(name, one.default, hints[name]))
            for name, one in parameters.items()
            if name not in aside
        }
        title = "".join(word.capitalize() for word in f"{self.name}_asked".split("_"))
        return create_model(title, __config__=ConfigDict(extra="forbid"), **fields)

    @cached_property
    def answer(self) -> TypeAdapter[Any]:
        """Give the shape of what it answers."""
        return TypeAdapter(get_type_hints(getattr(BillingCore, self.name))["return"])


def _field(name: str, default: object, kind: object) -> Any:  # noqa: ANN401  pydantic's own type for it
    if name in MAKER:
        return Field("", max_length=LONGEST, pattern=NO_NUL, description=MAKER[name])
    given: Any = ... if default is inspect.Parameter.empty else default
    return Field(given, max_length=LONGEST, pattern=NO_NUL) if kind is str else Field(given)


OPERATIONS: Final = (
    Operation("find_accounts", "GET", "/accounts", "accounts:read"),
    Operation("balance", "GET", "/accounts/{account}/balance", "accounts:read"),
    Operation("statements", "GET", "/accounts/{account}/statements", "accounts:read"),
    Operation("statement", "GET", "/statements/{number}", "accounts:read"),
    Operation("explain", "GET", "/accounts/{account}/explanation", "accounts:read"),
    Operation("holds", "GET", "/accounts/{account}/holds", "accounts:read"),
    Operation("plans", "GET", "/accounts/{account}/plans", "accounts:read"),
    Operation("recent_payments", "GET", "/accounts/{account}/payments", "payments:read"),
    Operation("payment", "GET", "/payments/{intent}", "payments:read"),
    Operation("start_payment", "POST", "/payments", "payments:write"),
    Operation("payment_sent", "POST", "/payments/{intent}/sent", "payments:write"),
    Operation("payment_result", "POST", "/payment-results", "payments:write"),
    Operation("arrangement_offer", "GET", "/accounts/{account}/arrangement-offer", "accounts:read"),
    Operation("make_arrangement", "POST", "/accounts/{account}/arrangements", "arrangements:write"),
    Operation("adjust", "POST", "/adjustments", "adjustments:write"),
    Operation("charge", "POST", "/charges", "charges:write"),
)
BY_NAME: Final = {each.name: each for each in OPERATIONS}

# What each refusal is as an HTTP status, and back again by its name.
STATUS: Final[Mapping[type[BillingError], int]] = {
    NotFound: 404,
    BadAmount: 422,
    Unbalanced: 422,
    AnotherBody: 422,
    ClosedPeriod: 409,
    Conflict: 409,
    NotAllowed: 403,
    BillingDown: 503,
    BillingError: 400,
}
KINDS: Final = {kind.__name__: kind for kind in STATUS}


class Problem(BaseModel):
    """What is answered instead, as application/problem+json (RFC 9457)."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    rule: str
    advice: str
    open_month: date | None = None


def problem_of(error: BillingError) -> Problem:
    """Write a refusal down."""
    kind = next(each for each in type(error).__mro__ if each in STATUS)
    return Problem(
        title=kind.__name__,
        status=STATUS[kind],
        detail=str(error),
        rule=error.rule,
        advice=error.advice,
        open_month=error.open_month if isinstance(error, ClosedPeriod) else None,
    )


def error_of(problem: Problem) -> BillingError:
    """Make of what was written down the error that it was."""
    kind = KINDS.get(problem.title, BillingError)
    if kind is ClosedPeriod:
        month = problem.open_month
        return ClosedPeriod(problem.rule, problem.detail, problem.advice, month)
    return kind(problem.rule, problem.detail, problem.advice)
