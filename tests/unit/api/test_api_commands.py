"""`./cityline api` and `./cityline billing scan`: keys are shown once; a card's number is found."""

import json
import zlib
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pytest
from click.testing import CliRunner, Result
from redis import Redis

from api import keys
from api.openapi import document
from billing.scan import in_texts
from billing.wire import SCOPES
from cli import api, billing_scan
from config.settings import Settings
from db.session import Database

Ask = Callable[..., Result]


@pytest.fixture
def environment(settings: Settings) -> dict[str, str]:
    """The settings of this test run, as a command reads them."""
    return {
        "CITYLINE_VAR": str(settings.var),
        "CITYLINE_PUBLIC_URL": settings.public_url,
        "CITYLINE_NUMBER": settings.line_number,
        "CITYLINE_SECRET_KEY": settings.secret_key,
        "TWILIO_ACCOUNT_SID": settings.twilio_account_sid,
        "TWILIO_AUTH_TOKEN": settings.twilio_auth_token,
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
    }


@pytest.fixture
def ask(environment: dict[str, str]) -> Ask:
    """Run `./cityline api`."""
    return lambda *words: CliRunner().invoke(api.command, words, env=environment)


def test_a_key_is_made_listed_and_ended(ask: Ask, database: Database) -> None:
    made = ask("key", "make", "permits", "--scope", "accounts:read", "--per-minute", "5")
    assert made.exit_code == 0, made.output
    first, secret = made.output.splitlines()
    number = first.split()[0]
    caller = database.run(lambda session: keys.admitted(session, secret))
    assert caller is not None
    assert (caller.name, caller.per_minute) == ("permits", 5)
    listed = ask("key", "list").output
    assert "permits" in listed
    assert secret not in listed
    assert ask("key", "end", number).output == f"Key {number} has ended.\n"
    assert database.run(lambda session: keys.admitted(session, secret)) is None
    assert ask("key", "end", number).exit_code == 2


def test_a_key_for_nothing_is_refused_in_a_sentence(ask: Ask) -> None:
    for words in (("make", "x"), ("make", "x", "--scope", "everything")):
        done = ask("key", *words)
        assert done.exit_code == 2
        assert "Scopes are" in done.output


def test_scopes_and_the_description_are_printed(ask: Ask) -> None:
    assert all(scope in ask("scopes").output for scope in SCOPES)
    assert json.loads(ask("openapi").output) == json.loads(json.dumps(document()))


def test_a_planted_number_is_found_by_the_command(
    environment: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "web.log").write_text("nothing\nsaid 4242 4242 4242 4242\n", "utf-8")
    run = CliRunner().invoke(billing_scan.command, [str(tmp_path)], env=environment)
    assert run.exit_code == 1
    assert "web.log:2: a card number that ends in 4242" in run.output
    assert "4242 4242" not in run.output


def test_a_planted_number_is_found_in_the_queue_compressed_or_not(settings: Settings) -> None:
    url, marks = settings.redis_url, [uuid4().hex for _ in range(3)]
    said = b"card 5555 5555 5555 4444"
    with Redis.from_url(url) as client:  # pyright: ignore[reportUnknownMemberType]  **kwargs
        client.set(marks[0], said)
        client.hset(marks[1], "data", zlib.compress(said))
        client.rpush(marks[2], "nothing", said)
        hits = in_texts(billing_scan.queued(url))
        client.delete(*marks)
    assert {hit.place for hit in hits} >= set(marks)
    assert {hit.ends_in for hit in hits if hit.place in marks} == {"4444"}
