"""Preflight names the key of everything that would break a deployment, within ten seconds."""

import os
import subprocess
import sys
import time
from collections.abc import Callable

import psycopg
import pytest

from cli.environment import ROOT
from cli.preflight import findings
from config.settings import Settings
from db.embedded.ports import HOST
from tests.services import Servers, on_database

TOKEN = "0123456789abcdef" * 2
EXAMPLES = {"CITYLINE_NUMBER", "CITYLINE_DESK_PHONE"}  # the only numbers that tests may use

# One broken deployment each: what is changed (None: taken away), and the key that must be named.
BROKEN: list[tuple[dict[str, str | None], str]] = [
    ({"CITYLINE_PUBLIC_URL": None}, "CITYLINE_PUBLIC_URL"),
    ({"CITYLINE_PUBLIC_URL": "line.example.gov"}, "CITYLINE_PUBLIC_URL"),
    ({"CITYLINE_PUBLIC_URL": "http://line.example.gov"}, "CITYLINE_PUBLIC_URL"),
    ({"CITYLINE_PUBLIC_URL": "https://line.example.gov:99999"}, "CITYLINE_PUBLIC_URL"),
    ({"CITYLINE_PUBLIC_URL": "https://line.example.gov/?x=1"}, "CITYLINE_PUBLIC_URL"),
    ({"CITYLINE_PUBLIC_URL": "https://10.1.2.3"}, "CITYLINE_PUBLIC_URL"),
    ({"CITYLINE_PUBLIC_URL": "https://line.internal"}, "CITYLINE_PUBLIC_URL"),
    ({"CITYLINE_FALLBACK_URL": None}, "CITYLINE_FALLBACK_URL"),
    ({"CITYLINE_CARDS_URL": None}, "CITYLINE_CARDS_URL"),
    ({"CITYLINE_CARDS_URL": "https://line.example.gov/cards"}, "CITYLINE_CARDS_URL"),
    ({"CITYLINE_CARDS_URL": "http://cards.example.com"}, "CITYLINE_CARDS_URL"),
    ({"CITYLINE_CARDS_KEY": None}, "CITYLINE_CARDS_KEY"),
    ({"CITYLINE_FALLBACK_URL": "http://line.example.gov/fallback"}, "CITYLINE_FALLBACK_URL"),
    ({"CITYLINE_FALLBACK_URL": "https://line.example.gov"}, "CITYLINE_FALLBACK_URL"),
    ({"TWILIO_ACCOUNT_SID": None}, "TWILIO_ACCOUNT_SID"),
    ({"TWILIO_ACCOUNT_SID": "SK" + "1" * 32}, "TWILIO_ACCOUNT_SID"),
    ({"TWILIO_AUTH_TOKEN": None}, "TWILIO_AUTH_TOKEN"),
    ({"TWILIO_AUTH_TOKEN": TOKEN[:31]}, "TWILIO_AUTH_TOKEN"),
    ({"TWILIO_AUTH_TOKEN": "your-twilio-auth-token-goes-here"}, "TWILIO_AUTH_TOKEN"),
    ({"TWILIO_AUTH_TOKEN_OLD": TOKEN}, "TWILIO_AUTH_TOKEN_OLD"),
    ({"TWILIO_API_URL": "http://127.0.0.1:8312"}, "TWILIO_API_URL"),
    ({"CITYLINE_SECRET_KEY": None}, "CITYLINE_SECRET_KEY"),
    ({"CITYLINE_SECRET_KEY": "secret"}, "CITYLINE_SECRET_KEY"),
    ({"CITYLINE_SECRET_KEY": "ab" * 20}, "CITYLINE_SECRET_KEY"),
    ({"CITYLINE_SECRET_KEY": TOKEN}, "CITYLINE_SECRET_KEY"),
    ({"CITYLINE_NUMBER": None}, "CITYLINE_NUMBER"),
    ({"CITYLINE_NUMBER": "801-555-0199"}, "CITYLINE_NUMBER"),
    ({"CITYLINE_NUMBER": "+445550199000"}, "CITYLINE_NUMBER"),
    ({"CITYLINE_DESK_PHONE": None}, "CITYLINE_DESK_PHONE"),
    ({"CITYLINE_DESK_PHONE": "+18015550199"}, "CITYLINE_DESK_PHONE"),
    ({"CITYLINE_DESK_PHONE": "+19005550100"}, "CITYLINE_DESK_PHONE"),
    ({"CITYLINE_MODE": "prod"}, "CITYLINE_MODE"),
    ({"CITYLINE_LOG_LEVEL": "loud"}, "CITYLINE_LOG_LEVEL"),
    ({"CITYLINE_PUBLICURL": "https://line.example.gov"}, "CITYLINE_PUBLICURL"),
    ({"CITYLINE_VAR": "/dev/null/var"}, "CITYLINE_VAR"),
    ({"DATABASE_URL": None}, "DATABASE_URL"),
    ({"DATABASE_URL": "mysql://app@db.example.gov/cityline"}, "DATABASE_URL"),
    ({"DATABASE_OWNER_URL": None}, "DATABASE_OWNER_URL"),
    ({"REDIS_URL": None}, "REDIS_URL"),
    ({"REDIS_URL": "http://redis.example.gov"}, "REDIS_URL"),
    ({"REDIS_URL": f"redis://{HOST}:1"}, "REDIS_URL"),
    ({"DATABASE_URL": f"postgresql://app:x@{HOST}:1/cityline"}, "DATABASE_URL"),
]


@pytest.fixture
def deployment(settings: Settings) -> dict[str, str]:
    """Return a production that preflight finds no fault with, but for its example numbers."""
    return {
        "CITYLINE_MODE": "production",
        "CITYLINE_VAR": str(settings.var),
        "CITYLINE_PUBLIC_URL": "https://line.example.gov",
        "CITYLINE_FALLBACK_URL": "https://fallback.example.gov/webhooks/twilio/fallback",
        "CITYLINE_CARDS_URL": "https://cards.example.com",
        "CITYLINE_CARDS_KEY": "0123456789abcdef0123456789abcdef",
        "CITYLINE_NUMBER": settings.line_number,
        "CITYLINE_DESK_PHONE": str(settings.desk_phone),
        "CITYLINE_SECRET_KEY": "kJ8s-2hQp0vLx7Tn4wRz6yBc1dFg3mXa9",
        "TWILIO_ACCOUNT_SID": "AC" + "1" * 32,
        "TWILIO_AUTH_TOKEN": TOKEN,
        "DATABASE_URL": settings.database_url,
        "DATABASE_OWNER_URL": str(settings.database_owner_url),
        "REDIS_URL": settings.redis_url,
    }


def keys(environment: dict[str, str]) -> set[tuple[str, str]]:
    found = findings(environment)
    return {(one.key, one.what) for one in found if one.severity != "unverified"}


def test_a_sound_deployment_has_only_its_example_numbers_refused(
    deployment: dict[str, str],
) -> None:
    assert {key for key, _ in keys(deployment)} == EXAMPLES


@pytest.mark.parametrize(("changes", "key"), BROKEN)
def test_a_broken_deployment_has_its_key_named(
    deployment: dict[str, str], changes: dict[str, str | None], key: str
) -> None:
    sound = keys(deployment)
    merged = {**deployment, **changes}
    began = time.monotonic()
    broken = keys({name: word for name, word in merged.items() if word is not None})
    assert time.monotonic() - began < 10
    assert key in {named for named, _ in broken - sound}


def test_figures_nobody_confirmed_are_named_in_production(deployment: dict[str, str]) -> None:
    assert any(one.severity == "unverified" for one in findings(deployment))


def test_tables_of_an_older_revision_are_refused(
    deployment: dict[str, str], servers: Servers, new_database: Callable[[str], str]
) -> None:
    name = new_database("behind")
    owner = on_database(servers.database_owner_url, name)
    with psycopg.connect(owner, connect_timeout=5) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0000'")
    own = {"DATABASE_URL": on_database(servers.database_url, name), "DATABASE_OWNER_URL": owner}
    assert "is at revision 0000" in str(keys(deployment | own))


def test_an_app_that_signs_in_as_the_owner_is_refused(
    deployment: dict[str, str], settings: Settings
) -> None:
    found = str(keys(deployment | {"DATABASE_URL": str(settings.database_owner_url)}))
    assert "must be another role" in found
    assert "signs in as the owner of" in found


def test_a_refused_password_is_not_repeated(deployment: dict[str, str]) -> None:
    wrong = deployment["DATABASE_URL"].replace("cityline_app:", "cityline_app:wrong-")
    found = str(keys(deployment | {"DATABASE_URL": wrong}))
    assert "DATABASE_URL" in found
    assert "wrong-" not in found


def test_the_exit_code_says_whether_calls_can_be_taken(deployment: dict[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "cli", "preflight", "--json"],
        capture_output=True, text=True, check=False, timeout=90, cwd=ROOT,
        env=os.environ | deployment | {"CITYLINE_PUBLIC_URL": "http://line.example.gov"},
    )  # fmt: skip
    assert done.returncode == 1
    assert '"key": "CITYLINE_PUBLIC_URL"' in done.stdout
