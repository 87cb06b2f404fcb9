"""A billing core that is written down here, and another city system that asks the API about it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from billing.errors import NotFound
from billing.shapes import Adjusted, Arrangement, Balance, Charged, Declined, PaymentResult
from billing.wire import PREFIX

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
PERMIT = {"account": "12345674", "service": "water", "cents": 1250, "kind": "permit", "actor": "t"}


@dataclass
class PaperCore:
    """A core of a few operations, which counts what it is asked; `fail` is raised by the next."""

    charged: list[Mapping[str, Any]] = field(default_factory=list[Mapping[str, Any]])
    asked: list[Mapping[str, Any]] = field(default_factory=list[Mapping[str, Any]])
    fail: Exception | None = None

    def balance(self, account: str) -> Balance:
        if account != "12345674":
            raise NotFound("known account", f"there is no account {account}", "Look it up.")
        return Balance(account, 1250, {"water": 1250}, 0, date(2026, 12, 1), 0, 0, NOW)

    def charge(self, **asked: object) -> Charged:
        if self.fail is not None:
            error, self.fail = self.fail, None
            raise error
        self.charged.append(asked)
        return Charged(len(self.charged), 7, date(2026, 12, 14))

    def adjust(self, **asked: object) -> Adjusted:
        self.asked.append(asked)
        return Adjusted(len(self.asked), "draft", None)

    def make_arrangement(self, account: str, **asked: object) -> Arrangement:
        self.asked.append(asked)
        return Arrangement(len(self.asked), account, 100, (), "current")

    def payment_result(self, result: PaymentResult, **asked: object) -> Declined:
        self.asked.append({**asked, "result": result})
        return Declined(result.intent, result.reason)


@dataclass
class Asker:
    """Another city system, with a key of its own."""

    client: FlaskClient
    key: str

    def get(self, path: str, **words: str) -> TestResponse:
        headers = {"Authorization": f"Bearer {self.key}"}
        return self.client.get(f"{PREFIX}{path}", headers=headers, query_string=words)

    def post(self, path: str, body: object, **headers: str) -> TestResponse:
        """Post with a new idempotency key, or the one that is given."""
        said = {"Authorization": f"Bearer {self.key}", "Idempotency-Key": uuid4().hex}
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.post(f"{PREFIX}{path}", json=body, headers={**said, **given})
