"""`./cityline nlp`: models that are there or not, and trainings that the desk asked for."""

import json
import os
from collections.abc import Generator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cli.nlp import command
from config.settings import Settings
from db.session import Database
from learning import trainings
from nlp import about, service
from nlp.about import About
from people import staff
from people.staff import NewStaff
from tests.desk.serving import environment

AT = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)


@pytest.fixture
def var(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a line without servers a state folder of its own."""
    for name in ("DATABASE_URL", "REDIS_URL", "DATABASE_OWNER_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("CITYLINE_VAR", str(tmp_path))
    return tmp_path


def run(*words: str) -> Result:
    """Run a command of the group."""
    return CliRunner().invoke(command, words)


def put(var: Path, name: str, top1: float, intent: str = "pothole") -> None:
    """Put a model in service that was measured."""
    folder = var / "nlp" / name
    folder.mkdir(parents=True)
    figures = {"en": {"rows": 300.0, "top1": top1}, "speed": {"ms_p50": 3.0}}
    known = About(AT, (intent,), {"en": 5, "es": 4}, (), {"sets": figures})
    about.write(folder, known)
    service.put_in_service(var / "nlp", folder, service.chosen("better", AT, "phrases"))


def test_without_a_model_it_says_how_to_make_one(var: Path) -> None:
    assert "./cityline nlp train makes one" in run("models").output
    assert json.loads(run("models", "--json").stdout) == []
    refused = run("rollback")
    assert (refused.exit_code, var.exists()) == (1, True)
    assert "There is no earlier model" in refused.output


def test_models_are_listed_with_their_figures_and_the_one_in_service_is_marked(var: Path) -> None:
    put(var, "first", 0.91)
    put(var, "second", 0.93)
    lines = run("models").output.splitlines()
    assert "* second  2026-11-23T16:00+00:00  9 phrases, 0 from the desk  en 93.0% right" in lines
    assert any(line.startswith("  first ") for line in lines)
    assert "* in service since 2026-11-23T16:00:00+00:00: better" in lines


def test_it_goes_back_to_the_newest_model_that_fits_this_city(var: Path) -> None:
    put(var, "first", 0.91)
    put(var, "of another city", 0.92, intent="no such intent")
    put(var, "third", 0.93)
    assert "In service: first." in run("rollback", "--why", "callers complained").output
    record = service.read(var / "nlp")
    assert record is not None
    assert record.why == "went back: callers complained"


def test_the_bench_is_one_of_the_commands() -> None:
    done = run("--help")
    assert done.exit_code == 0
    for name in ("bench", "evaluate", "explain", "models", "rollback", "train"):
        assert f"  {name} " in done.output


@pytest.fixture
def database(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Generator[Database]:
    """Open the database that a command finds in its environment."""
    for name, value in environment(settings).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("CITYLINE_VAR", str(tmp_path))
    made = Database(settings.database_url, statement_ms=20_000)
    yield made
    made.close()


def test_a_training_that_cannot_be_done_is_said_to_have_failed_and_is_not_done_twice(
    database: Database, tmp_path: Path
) -> None:
    from cli import nlp_training

    (tmp_path / "nlp").write_text("a file where the models should be", encoding="utf-8")
    new = NewStaff(f"rep-{os.getpid()}-nlp", "The rep", "rep", "no password")
    rep = database.run(lambda db: staff.create(db, new))
    asked = database.run(lambda db: trainings.ask(db, rep, datetime.now(UTC)))
    with pytest.raises(OSError, match="nlp"):
        nlp_training.do_what_was_asked(asked)
    ended = database.run(trainings.newest)
    assert ended is not None
    assert (ended.state, ended.reasons[0]["kind"]) == ("failed", "failed")
    nlp_training.do_what_was_asked(asked)
