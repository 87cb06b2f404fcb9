"""A promised job is handed to its handler, and how that ended is written beside it."""

from collections.abc import Callable
from typing import Any

import pytest

from db.session import Database
from jobs import outbox
from jobs.errors import JobError
from jobs.tidy import tidy_up
from jobs.work import Handler, perform

Rows = Callable[..., list[tuple[object, ...]]]
Change = Callable[..., None]
Promised = Callable[..., int]


class Handlers:
    """Handlers that count, fail, or have a fault."""

    def __init__(self) -> None:
        self.done: list[dict[str, Any]] = []

    def all(self) -> dict[str, Handler]:
        return {"count": self.done.append, "again": self.again, "never": self.never,
                "fault": self.fault}  # fmt: skip

    def again(self, args: dict[str, Any]) -> None:
        raise JobError(f"not now: {args}")

    def never(self, args: dict[str, Any]) -> None:
        raise JobError(f"never: {args}", permanent=True)

    def fault(self, args: dict[str, Any]) -> None:
        raise ValueError("a \x00 that no text column takes", args)


def test_a_job_is_performed_once_though_rung_twice(
    database: Database, promised: Promised, rows: Rows
) -> None:
    handlers, promise_id = Handlers(), promised(number=7)
    for one, attempt in database.run(outbox.claim_due) * 2:
        perform(database, handlers.all(), one, attempt)
    assert handlers.done == [{"number": 7}]
    assert rows("SELECT id, state FROM outbox") == [(promise_id, "done")]


@pytest.mark.parametrize(
    ("name", "ends"),
    [
        ("again", ("promised", "not now")),
        ("never", ("dead", "never")),
        ("fault", ("promised", "ValueError")),
        ("nobody knows this", ("dead", "KeyError")),
    ],
)
def test_how_a_job_failed_is_written_beside_it(
    database: Database, promised: Promised, rows: Rows, name: str, ends: tuple[str, str]
) -> None:
    promised(name)
    [(promise_id, attempt)] = database.run(outbox.claim_due)
    perform(database, Handlers().all(), promise_id, attempt)
    [(is_state, error)] = rows("SELECT state, last_error FROM outbox")
    assert is_state == ends[0]
    assert ends[1] in str(error)


def test_one_bad_job_in_a_hundred_holds_up_nobody(
    database: Database, promised: Promised, rows: Rows
) -> None:
    handlers = Handlers()
    for number in range(100):
        promised("never" if number == 50 else "count", number=number)
    for promise_id, attempt in database.run(outbox.claim_due):
        perform(database, handlers.all(), promise_id, attempt)
    assert len(handlers.done) == 99
    assert sorted(rows("SELECT state, count(*) FROM outbox GROUP BY state")) == [
        ("dead", 1),
        ("done", 99),
    ]


def test_old_done_jobs_are_swept_and_dead_ones_stay(
    database: Database, promised: Promised, rows: Rows, change: Change
) -> None:
    old, new, dead = promised(), promised(), promised()
    change(
        "UPDATE outbox SET state = 'done', done_at = now() - interval '31 days' WHERE id = :id",
        id=old,
    )
    change("UPDATE outbox SET state = 'done', done_at = now() WHERE id = :id", id=new)
    change("UPDATE outbox SET state = 'dead' WHERE id = :id", id=dead)
    database.run(tidy_up)
    assert sorted(rows("SELECT id FROM outbox")) == [(new,), (dead,)]
