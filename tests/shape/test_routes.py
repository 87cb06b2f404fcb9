"""Every address of the application is guarded, or listed here with the reason why it is not."""

import re

import pytest
from flask import Flask
from werkzeug.routing import Rule

import app
from config.settings import Settings
from db.session import Database

SHUT = {302, 303, 400, 401, 403, 404, 405, 415}
PUBLIC = {
    "/healthz": "a supervisor of processes asks, and learns nothing but that it lives",
    "/readyz": "a supervisor of processes asks, and learns what is not ready yet",
    "/desk/sign-in": "the door itself; tries are counted",
    "/api/billing/v1/": "the description of the programs' door, the same for everybody",
    "/api/billing/v1/openapi.json": "the same, for machines",
    "/desk/static/<path:filename>": "style sheets and scripts, the same for everybody",
}


@pytest.fixture
def flask(settings: Settings) -> Flask:
    """Wire the application with an ear that hears nothing."""
    ports = app.Ports(Database(settings.database_url), app.StandInEar(), app.real_clock)
    return app.build(settings, ports)


def tries(rule: Rule) -> list[tuple[str, str]]:
    """List how a stranger may come to a route: method and address, with anything in its gaps."""
    address = re.sub(r"<(?:\w+:)?\w+>", "1", rule.rule)
    methods = sorted({"GET", "POST"} & set(rule.methods or ()))
    return [(method, address) for method in methods]


def test_every_route_is_guarded_or_public_for_a_reason(flask: Flask) -> None:
    client = flask.test_client()
    guarded = [rule for rule in flask.url_map.iter_rules() if rule.rule not in PUBLIC]
    knocks = [knock for rule in guarded for knock in tries(rule)]
    answers = {knock: client.open(knock[1], method=knock[0]).status_code for knock in knocks}
    open_doors = {knock: status for knock, status in answers.items() if status not in SHUT}
    assert knocks
    assert open_doors == {}, "anybody may open these"


def test_every_webhook_refuses_what_is_not_signed(flask: Flask) -> None:
    client = flask.test_client()
    hooks = [rule for rule in flask.url_map.iter_rules() if rule.rule.startswith("/webhooks/")]
    assert hooks
    for rule in hooks:
        address = rule.rule.replace("<int:turn>", "1").replace("<token>", "0" * 32)
        assert client.post(address, data={"CallSid": "CA" + "0" * 32}).status_code == 403, address
