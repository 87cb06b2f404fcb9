"""Who may ask: a key that is known and holds, for its scopes, as often as it may."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import text
from werkzeug.test import TestResponse

from api import keys
from billing.wire import OPERATIONS, PREFIX, SCOPES
from db.session import Database
from tests.unit.api.asking import PERMIT, Asker, PaperCore

Make = Callable[..., Asker]


def refused_by(answer: TestResponse) -> str:
    """Name the rule, having looked at the shape that every refusal has."""
    assert answer.mimetype == "application/problem+json"
    problem = answer.get_json()
    assert problem["status"] == answer.status_code
    assert problem["advice"]
    return str(problem["rule"])


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer nobody", "Basic bmFtZTp3b3Jk", "Bearer \x00", "bearer  a b"]
)
def test_nobody_asks_without_a_key(flask: Flask, header: str) -> None:
    address = f"{PREFIX}/accounts/12345674/balance"
    answer = flask.test_client().get(address, headers={"Authorization": header})
    assert (answer.status_code, refused_by(answer)) == (401, "api key")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_every_operation_is_behind_a_key_and_a_scope(flask: Flask, asker: Make) -> None:
    unlike = {each: next(one for one in SCOPES if one != each) for each in SCOPES}
    askers = {scope: asker(scope) for scope in SCOPES}
    for each in OPERATIONS:
        address = each.path.replace("{", "").replace("}", "")
        bare = flask.test_client().open(PREFIX + address, method=each.method)
        assert bare.status_code == 401, each.name
        stranger = askers[unlike[each.scope]]
        asked = stranger.post(address, {}) if each.writes else stranger.get(address)
        assert (asked.status_code, refused_by(asked)) == (403, "scope"), each.name


def test_a_key_is_kept_only_as_a_digest(database: Database) -> None:
    row, secret = database.run(lambda session: keys.make(session, "permits", ["accounts:read"]))
    look = text("SELECT CAST(k AS text) FROM api_keys k WHERE id = :id")
    kept = database.run(lambda session: session.execute(look, {"id": row.id}).scalar_one())
    assert secret not in kept
    assert secret.removeprefix(keys.STARTS) not in kept


def test_a_key_ends_once_and_at_once(database: Database, asker: Make) -> None:
    row, secret = database.run(lambda session: keys.make(session, "gone", ["accounts:read"]))
    caller = asker("accounts:read")
    caller.key = secret
    assert caller.get("/accounts/12345674/balance").status_code == 200
    assert database.run(lambda session: keys.end(session, row.id))
    assert caller.get("/accounts/12345674/balance").status_code == 401
    assert not database.run(lambda session: keys.end(session, row.id))


@pytest.mark.parametrize("scopes", [[], ["accounts:write"], ["accounts:read", "all"]])
def test_a_key_for_what_there_is_not_is_not_made(database: Database, scopes: list[str]) -> None:
    with pytest.raises(ValueError, match="Scopes are"):
        database.run(lambda session: keys.make(session, "wrong", scopes))


@pytest.mark.parametrize("name", ["", " ", " permits", "permits\n", "x" * 61])
def test_a_key_that_could_not_sign_is_not_made(database: Database, name: str) -> None:
    with pytest.raises(ValueError, match="it signs"):
        database.run(lambda session: keys.make(session, name, ["accounts:read"]))


def test_a_key_asks_as_often_as_it_may_and_no_oftener(asker: Make, core: PaperCore) -> None:
    caller = asker(per_minute=3)
    answers = [caller.post("/charges", PERMIT) for _ in range(8)]
    said = [answer.status_code for answer in answers]
    # A minute may end in between, and then the count begins anew.
    assert said[:3] == [200, 200, 200]
    assert 429 in said
    over = answers[said.index(429)]
    assert refused_by(over) == "rate limit"
    assert 1 <= int(over.headers["Retry-After"]) <= 60
    assert len(core.charged) == said.count(200)


def test_one_key_does_not_use_up_another(asker: Make) -> None:
    greedy, other = asker(per_minute=1), asker()
    for _ in range(3):
        greedy.get("/accounts/12345674/balance")
    assert other.get("/accounts/12345674/balance").status_code == 200


def test_old_counts_and_answers_are_forgotten(database: Database) -> None:
    def old(session: keys.Session) -> None:
        row, _ = keys.make(session, "old", ["accounts:read"])
        session.execute(
            text("INSERT INTO api_counts VALUES (:id, now() - interval '2 hours', 9)"),
            {"id": row.id},
        )
        session.execute(
            text(
                "INSERT INTO api_answers (api_key_id, key, digest, status, body, at) "
                "VALUES (:id, 'k', 'd', 200, '{}', now() - interval '91 days')"
            ),
            {"id": row.id},
        )
        keys.tidy(session)

    database.run(old)
    left = text(
        "SELECT (SELECT count(*) FROM api_counts WHERE minute < now() - interval '1 hour')"
        " + (SELECT count(*) FROM api_answers WHERE at < now() - interval '90 days')"
    )
    assert database.run(lambda session: session.execute(left).scalar_one()) == 0
