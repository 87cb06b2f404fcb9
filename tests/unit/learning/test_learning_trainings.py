"""Trainings: one at a time, promised once, buried when their process has gone silent."""

import threading
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import text

from db.session import Database
from learning import trainings


def asks(database: Database, rep: int, now: datetime) -> int:
    """Ask for a training."""
    return database.run(lambda db: trainings.ask(db, rep, now))


def promised(database: Database) -> list[str]:
    """List the keys of what was promised."""
    query = text("SELECT key FROM outbox WHERE name = 'retrain' ORDER BY id")
    return database.run(lambda db: list(db.scalars(query)))


def test_a_training_asked_for_twice_is_promised_once(
    database: Database, rep: int, now: datetime
) -> None:
    first = asks(database, rep, now)
    assert asks(database, rep, now) == first
    assert promised(database) == [f"retrain:{first}"]


def test_two_who_ask_at_once_get_the_same(database: Database, rep: int, now: datetime) -> None:
    got: list[int] = []
    threads = [
        threading.Thread(target=lambda: got.append(asks(database, rep, now))) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    assert len(got) == 4
    assert len(set(got)) == 1


def test_of_two_processes_one_begins(database: Database, rep: int, now: datetime) -> None:
    asked = asks(database, rep, now)
    assert database.run(lambda db: trainings.begin(db, asked, now))
    assert not database.run(lambda db: trainings.begin(db, asked, now))


def test_it_is_told_as_it_goes_and_how_it_ended(
    database: Database, rep: int, now: datetime
) -> None:
    asked = asks(database, rep, now)
    database.run(lambda db: trainings.begin(db, asked, now))
    database.run(lambda db: trainings.measuring(db, asked, now))
    seen = database.run(trainings.newest)
    assert seen is not None
    assert seen.state == "measuring"
    reasons = [{"kind": "no set"}]
    database.run(lambda db: trainings.end(db, asked, "refused", "abc", reasons))
    seen = database.run(trainings.newest)
    assert seen is not None
    assert (seen.state, seen.model, seen.reasons) == ("refused", "abc", reasons)
    assert asks(database, rep, now) != asked


def test_one_that_went_silent_is_called_failed_and_the_next_may_begin(
    database: Database, rep: int, now: datetime
) -> None:
    asked = asks(database, rep, now)
    database.run(lambda db: trainings.begin(db, asked, now))
    later = now + trainings.SILENT_MOST + timedelta(seconds=1)
    assert asks(database, rep, later) != asked
    database.run(lambda db: trainings.end(db, asked, "in service", "late", []))
    states = text("SELECT state FROM trainings ORDER BY id")
    assert database.run(lambda db: list(db.scalars(states))) == ["failed", "asked"]


def test_the_job_starts_a_process_and_does_not_wait(tmp_path: Path) -> None:
    (tmp_path / "cli").mkdir()
    said = tmp_path / "said"
    program = f"import sys; open({str(said)!r}, 'w').write(' '.join(sys.argv[1:]))"
    (tmp_path / "cli" / "__init__.py").write_text("", encoding="utf-8")
    (tmp_path / "cli" / "__main__.py").write_text(program, encoding="utf-8")
    child = trainings.start(tmp_path, {"training": 7})
    assert child.wait(timeout=30) == 0
    assert said.read_text(encoding="utf-8") == "nlp train --asked 7"
