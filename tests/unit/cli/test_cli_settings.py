"""Settings are read once, named when missing, and never shown when secret."""

import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import ValidationError

from cli.environment import completed, demo_values
from cli.settings import rows_of
from config.settings import SettingsError, faults_in, read_settings

GIVEN = {
    "CITYLINE_PUBLIC_URL": "https://line.example.gov/",
    "CITYLINE_NUMBER": "+18015550199",
    "CITYLINE_SECRET_KEY": "k" * 40,
    "TWILIO_ACCOUNT_SID": "AC" + "1" * 32,
    "TWILIO_AUTH_TOKEN": "t" * 32,
    "DATABASE_URL": "postgresql://app:hidden-word@db.example.gov/cityline",
    "REDIS_URL": "redis://:hidden-word@redis.example.gov/0",
}


def test_a_missing_secret_stops_the_start_by_its_name() -> None:
    without = {key: value for key, value in GIVEN.items() if key != "TWILIO_AUTH_TOKEN"}
    with pytest.raises(SettingsError) as stopped:
        read_settings(without)
    assert str(stopped.value).count("\n") == 0
    assert str(stopped.value).startswith("cityline: TWILIO_AUTH_TOKEN is missing")


def test_an_empty_variable_is_a_missing_one() -> None:
    assert [fault.key for fault in faults_in(GIVEN | {"REDIS_URL": " "})] == ["REDIS_URL"]


def test_a_process_without_settings_ends_with_sentences_and_no_trace() -> None:
    program = "from config.settings import read_settings; read_settings({})"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=30
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert all(line.startswith("cityline: ") for line in done.stderr.strip().splitlines())


def test_secrets_are_in_no_repr_and_no_error() -> None:
    shown = repr(read_settings(GIVEN))
    assert "hidden-word" not in shown
    assert "k" * 40 not in shown
    assert "t" * 32 not in shown
    assert "short-one" not in str(faults_in(GIVEN | {"CITYLINE_SECRET_KEY": "short-one"}))


def test_settings_cannot_be_changed_after_reading() -> None:
    with pytest.raises(ValidationError):
        read_settings(GIVEN).public_url = "https://elsewhere.example.gov"


def test_the_public_address_loses_its_last_slash() -> None:
    assert read_settings(GIVEN).public_url == "https://line.example.gov"


def test_printed_settings_hide_secrets_and_say_where_each_came_from(tmp_path: Path) -> None:
    rows = {row.variable: row for row in rows_of(GIVEN, tmp_path)}
    assert rows["TWILIO_AUTH_TOKEN"].value == "secret, 32 characters"
    assert rows["DATABASE_URL"].value == "postgresql://app:***@db.example.gov/cityline"
    assert rows["CITYLINE_NUMBER"].origin == "environment"
    assert rows["CITYLINE_LOG_LEVEL"].origin == "default"
    assert all(row.meaning for row in rows.values())
    assert not list(tmp_path.iterdir())


def test_the_demo_draws_its_secrets_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    first = demo_values(tmp_path, {})
    assert demo_values(tmp_path, {}) == first
    assert (tmp_path / "demo.env").stat().st_mode & 0o077 == 0
    assert not faults_in(first | {"DATABASE_URL": "postgresql://x", "REDIS_URL": "redis://x"})


def test_production_gets_nothing_made_up(tmp_path: Path) -> None:
    whole = completed({"CITYLINE_MODE": "production"}, tmp_path, None)
    assert {fault.key for fault in faults_in(whole)} == GIVEN.keys()


def test_with_a_twilio_account_no_stand_in_is_named(tmp_path: Path) -> None:
    given = {"TWILIO_ACCOUNT_SID": "AC" + "1" * 32}
    whole = completed(given, tmp_path, None)
    assert "TWILIO_API_URL" not in whole
    assert "TWILIO_AUTH_TOKEN" in {fault.key for fault in faults_in(whole)}
