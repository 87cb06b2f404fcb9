"""What a write asks for is bound to the key and clean of numbers before anything of it is kept."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from sqlalchemy import text

from billing.payments.limits import read_limits
from billing.shapes import PaymentResult
from billing.wire import ROLES, SCOPES
from db.session import Database
from tests.unit.api.asking import PERMIT, Asker, PaperCore

Make = Callable[..., Asker]
CARD = "4242 4242 4242 4242"
NAME = "t"
ADJUSTED = {
    "account": "12345674", "service": "water", "cents": 100, "reason": "goodwill", "note": "",
    "made_by": NAME, "made_as": "rep",
}  # fmt: skip
ARRANGED = "/accounts/12345674/arrangements"
CLAIMS = text("SELECT count(*) FROM api_answers")


def claims(database: Database) -> int:
    """Count the keys that were claimed."""
    return database.run(lambda session: session.execute(CLAIMS).scalar_one())


@pytest.mark.parametrize("said", [{}, {"actor": ""}, {"actor": NAME}])
def test_a_charge_and_an_arrangement_are_made_by_the_key(
    asker: Make, core: PaperCore, said: dict[str, str]
) -> None:
    permit = {name: value for name, value in PERMIT.items() if name != "actor"}
    assert asker().post("/charges", {**permit, **said}).status_code == 200
    assert asker().post(ARRANGED, said).status_code == 200
    assert [asked["actor"] for asked in (*core.charged, *core.asked)] == [NAME, NAME]


def test_an_adjustment_is_made_by_the_key_in_the_role_of_its_scope(
    asker: Make, core: PaperCore
) -> None:
    for left_out in ({"made_by"}, {"made_as"}, {"made_by", "made_as"}, set[str]()):
        body = {name: value for name, value in ADJUSTED.items() if name not in left_out}
        assert asker("adjustments:write").post("/adjustments", body).status_code == 200
    assert {(asked["made_by"], asked["made_as"]) for asked in core.asked} == {(NAME, "rep")}


@pytest.mark.parametrize(
    "case",
    [
        ("/charges", {**PERMIT, "actor": "rep-1"}, "actor"),
        (ARRANGED, {"actor": "T"}, "actor"),
        ("/adjustments", {**ADJUSTED, "made_by": "rep-1"}, "made_by"),
        ("/adjustments", {**ADJUSTED, "made_as": "supervisor"}, "made_as"),
        ("/adjustments", {**ADJUSTED, "made_as": NAME}, "made_as"),
    ],
)
def test_a_body_that_names_another_maker_is_refused_by_its_rule_and_claims_no_key(
    asker: Make, core: PaperCore, database: Database, case: tuple[str, object, str]
) -> None:
    (path, body, name), before = case, claims(database)
    answer = asker().post(path, body)
    problem = answer.get_json()
    assert (answer.status_code, problem["title"]) == (403, "NotAllowed")
    assert problem["rule"] == "the maker is the key"
    assert name in problem["detail"]
    assert problem["advice"]
    assert core.charged == core.asked == []
    assert claims(database) == before


def test_the_same_body_with_its_maker_or_without_is_the_same(asker: Make, core: PaperCore) -> None:
    caller, key = asker(), uuid4().hex
    permit = {name: value for name, value in PERMIT.items() if name != "actor"}
    said = [caller.post("/charges", body, Idempotency_Key=key) for body in (PERMIT, permit)]
    assert said[0].data == said[1].data
    assert len(core.charged) == 1


def test_every_role_of_a_scope_has_limits() -> None:
    assert {*ROLES} <= {*SCOPES}
    assert {*ROLES.values()} <= {limit.role for limit in read_limits().limits}


@pytest.mark.parametrize(
    "case",
    [
        ("/charges", {**PERMIT, "kind": CARD}, "k"),
        ("/adjustments", {**ADJUSTED, "note": f"read {CARD} 12/27"}, "k"),
        ("/payment-results", {"result": {"intent": CARD, "outcome": "approved"}}, "k"),
        ("/charges", PERMIT, CARD),
    ],
)
def test_a_number_in_words_is_refused_before_even_a_digest_of_it_is_kept(
    asker: Make, core: PaperCore, database: Database, case: tuple[str, object, str]
) -> None:
    (path, body, key), before = case, claims(database)
    answer = asker().post(path, body, Idempotency_Key=key)
    assert (answer.status_code, answer.get_json()["rule"]) == (403, "card or bank number")
    assert "4242" not in answer.text
    assert core.charged == core.asked == []
    assert claims(database) == before


def test_a_result_comes_to_the_core_and_into_the_digest_without_its_number(
    asker: Make, core: PaperCore
) -> None:
    caller, key = asker(), uuid4().hex
    said = {"intent": "one", "outcome": "declined", "confirmation": CARD, "last_four": CARD[-5:]}
    body = {"result": {**said, "reason": f"no funds on {CARD}"}}
    first = caller.post("/payment-results", body, Idempotency_Key=key)
    assert (first.status_code, first.get_json()["reason"]) == (200, "no funds on ####")
    (asked,) = core.asked
    assert asked["result"] == PaymentResult("one", "declined", "####", "", "no funds on ####")
    other = {"result": {**said, "reason": "no funds on 5555 5555 5555 4444"}}
    again = caller.post("/payment-results", other, Idempotency_Key=key)
    assert again.data == first.data
    assert again.headers["Idempotent-Replayed"] == "true"
