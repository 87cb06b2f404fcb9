"""The description is made of the shapes that are served, for machines and for people."""

import json
import re
from pathlib import Path

import pytest
from flask import Flask

from api.openapi import document
from billing.ports import BillingCore
from billing.wire import GAP, OPERATIONS, PREFIX, SCOPES

KEPT = Path(__file__).parents[3] / "docs" / "api" / "openapi.json"
WRITE = "Write it anew: ./cityline api openapi > docs/api/openapi.json"


def test_every_operation_of_the_port_is_served_and_described() -> None:
    ported = {name for name in vars(BillingCore) if not name.startswith("_")}
    described = {
        one["operationId"] for methods in document()["paths"].values() for one in methods.values()
    }
    assert {each.name for each in OPERATIONS} == described == ported


def test_every_reference_leads_somewhere() -> None:
    written = json.dumps(document())
    wanted = set(re.findall(r'"#/components/schemas/([^"]+)"', written))
    assert wanted
    assert wanted <= set(document()["components"]["schemas"])


def test_no_amount_is_a_fraction() -> None:
    assert '"type": "number"' not in json.dumps(document()["components"]["schemas"])


@pytest.mark.parametrize("each", OPERATIONS, ids=lambda each: each.name)
def test_an_operation_says_its_scope_its_gaps_its_key_and_its_refusals(each: object) -> None:
    operation = next(one for one in OPERATIONS if one is each)
    told = document()["paths"][operation.path][operation.method.lower()]
    assert operation.scope in told["description"]
    assert operation.scope in SCOPES
    named = {one["name"] for one in told["parameters"]}
    assert set(GAP.findall(operation.path)) <= named
    assert ("Idempotency-Key" in named) == operation.writes
    assert {"200", "400", "401", "403", "404", "422", "429", "503"} <= set(told["responses"])
    assert ("requestBody" in told) == operation.writes


@pytest.mark.parametrize("name", ["charge", "make_arrangement", "adjust"])
def test_who_makes_a_write_is_described_as_the_key_and_need_not_be_said(name: str) -> None:
    shapes = document()["components"]["schemas"]
    asked = "".join(word.capitalize() for word in f"{name}_asked".split("_"))
    makers = {"actor", "made_by", "made_as"} & {*shapes[asked]["properties"]}
    assert makers
    assert not makers & {*shapes[asked].get("required", ())}
    for each in makers:
        assert "of the key" in shapes[asked]["properties"][each]["description"]


def test_the_description_is_served_to_everybody(flask: Flask) -> None:
    client = flask.test_client()
    assert client.get(f"{PREFIX}/openapi.json").get_json() == json.loads(json.dumps(document()))
    page = client.get(f"{PREFIX}/")
    assert page.status_code == 200
    assert all(each.name in page.text for each in OPERATIONS)
    assert "<script" not in page.text
    assert "style=" not in page.text


def test_the_description_in_docs_is_current() -> None:
    assert json.loads(KEPT.read_text("utf-8")) == json.loads(json.dumps(document())), WRITE
