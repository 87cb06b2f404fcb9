"""What is answered: once per key, byte for byte; and every refusal in one shape."""

import json
from collections.abc import Callable
from uuid import uuid4

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billing.errors import BillingDown, Conflict
from billing.wire import PREFIX
from tests.unit.api.asking import PERMIT, Asker, PaperCore

Make = Callable[..., Asker]
ADDRESS = "/accounts/12345674/balance"


def test_a_read_answers_whole_cents_and_is_kept_by_no_cache(asker: Make) -> None:
    answer = asker().get(ADDRESS)
    assert answer.get_json()["total"] == 1250
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_write_that_comes_again_is_answered_byte_for_byte(asker: Make, core: PaperCore) -> None:
    caller, key = asker(), uuid4().hex
    first, second = (caller.post("/charges", PERMIT, Idempotency_Key=key) for _ in range(2))
    assert first.data == second.data
    assert (first.status_code, second.status_code) == (200, 200)
    assert "Idempotent-Replayed" not in first.headers
    assert second.headers["Idempotent-Replayed"] == "true"
    assert len(core.charged) == 1


def test_another_body_under_a_key_is_refused_and_not_done(asker: Make, core: PaperCore) -> None:
    caller, key = asker(), uuid4().hex
    caller.post("/charges", PERMIT, Idempotency_Key=key)
    other = caller.post("/charges", {**PERMIT, "cents": 1}, Idempotency_Key=key)
    assert (other.status_code, other.get_json()["rule"]) == (422, "idempotency key")
    assert len(core.charged) == 1


def test_the_same_body_written_otherwise_is_the_same(asker: Make, core: PaperCore) -> None:
    caller, key = asker(), uuid4().hex
    caller.post("/charges", PERMIT, Idempotency_Key=key)
    turned = dict(reversed(PERMIT.items()))
    assert caller.post("/charges", turned, Idempotency_Key=key).status_code == 200
    assert len(core.charged) == 1


def test_two_systems_may_use_one_key_for_two_things(asker: Make, core: PaperCore) -> None:
    key = uuid4().hex
    for cents in (100, 200):
        body = {**PERMIT, "cents": cents}
        assert asker().post("/charges", body, Idempotency_Key=key).status_code == 200
    assert len({asked["key"] for asked in core.charged}) == 2


def test_a_refusal_is_not_kept_and_the_same_may_be_tried_again(
    asker: Make, core: PaperCore
) -> None:
    caller, key = asker(), uuid4().hex
    core.fail = Conflict("changed", "it changed meanwhile", "Look again.")
    refused = caller.post("/charges", PERMIT, Idempotency_Key=key)
    assert (refused.status_code, refused.get_json()["title"]) == (409, "Conflict")
    assert caller.post("/charges", PERMIT, Idempotency_Key=key).status_code == 200


def test_an_outage_of_the_core_is_answered_as_one(asker: Make, core: PaperCore) -> None:
    core.fail = BillingDown("no answer", "it is away", "Ask again with the same key.")
    answer = asker().post("/charges", PERMIT)
    assert answer.status_code == 503
    assert answer.get_json()["advice"] == "Ask again with the same key."


@pytest.mark.parametrize("key", ["", "x" * 201, "a\tb"])
def test_a_write_wants_a_key_that_can_be_kept(asker: Make, core: PaperCore, key: str) -> None:
    answer = asker().post("/charges", PERMIT, Idempotency_Key=key)
    assert (answer.status_code, answer.get_json()["rule"]) == (400, "idempotency key")
    assert core.charged == []


@pytest.mark.parametrize(
    ("change", "status", "rule"),
    [
        ({"cents": 12.0}, 422, "whole cents"),
        ({"cents": "1250"}, 422, "whole cents"),
        ({"cents": True}, 422, "whole cents"),
        ({"service": 7}, 400, "arguments"),
        ({"kind": "a\x00b"}, 400, "arguments"),
        ({"kind": "x" * 501}, 400, "arguments"),
        ({"surprise": 1}, 400, "arguments"),
    ],
)
def test_a_wrong_argument_is_named(
    asker: Make, core: PaperCore, change: dict[str, object], status: int, rule: str
) -> None:
    answer = asker().post("/charges", {**PERMIT, **change})
    assert (answer.status_code, answer.get_json()["rule"]) == (status, rule)
    assert next(iter(change)) in answer.get_json()["detail"]
    assert core.charged == []


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(said=st.binary(max_size=400) | st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
).map(lambda value: json.dumps(value).encode()))  # fmt: skip
def test_whatever_is_sent_the_answer_is_a_calm_problem(
    asker: Make, core: PaperCore, said: bytes
) -> None:
    caller = asker()
    headers = {"Authorization": f"Bearer {caller.key}", "Idempotency-Key": uuid4().hex}
    answer = caller.client.post(
        f"{PREFIX}/charges", data=said, headers=headers, content_type="application/json"
    )
    assert answer.status_code in {400, 422}
    assert answer.mimetype == "application/problem+json"
    assert core.charged == []


def test_what_is_no_json_or_too_large_is_refused(asker: Make) -> None:
    caller = asker()
    headers = {"Authorization": f"Bearer {caller.key}", "Idempotency-Key": "k"}
    plain = caller.client.post(f"{PREFIX}/charges", data="cents=1", headers=headers)
    assert (plain.status_code, plain.get_json()["rule"]) == (400, "content type")
    large = caller.post("/charges", {**PERMIT, "actor": "x" * 70_000})
    assert large.status_code == 413
    assert large.mimetype == "application/problem+json"


@pytest.mark.parametrize("path", ["/nothing", "/accounts/12345674", "/charges/1/2", "/%2e%2e/desk"])
def test_what_there_is_not_is_not_found_in_the_same_shape(asker: Make, path: str) -> None:
    answer = asker().get(path)
    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")


def test_what_there_is_not_is_told_only_to_who_has_a_key(flask: Flask) -> None:
    assert flask.test_client().get(f"{PREFIX}/nothing").status_code == 401
