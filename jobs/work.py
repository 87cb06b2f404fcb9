"""Do one promised job: begin it, hand it to its handler, and note how it ended.

A handler is called at least once and must be safe to repeat. It opens its own short transactions;
none is open while it talks to anything outside.
"""

import logging
from collections.abc import Callable, Mapping
from typing import Any

from db.session import Database
from jobs import outbox
from jobs.errors import JobError

log = logging.getLogger(__name__)

Handler = Callable[[dict[str, Any]], object]


def perform(
    database: Database, handlers: Mapping[str, Handler], promise_id: int, attempt: int
) -> None:
    """Work on a promise that was rung for this attempt; a late or double ring does nothing."""
    work = database.run(lambda session: outbox.begin(session, promise_id, attempt))
    if work is None:
        return
    try:
        handlers[work.name](work.args)
    except JobError as error:
        give_up(database, work, str(error), permanent=error.permanent)
    except Exception as error:
        log.exception("job %d (%s) failed", work.id, work.name)
        reason = f"{type(error).__name__}: {error}"
        give_up(database, work, reason, permanent=work.name not in handlers)
    else:
        database.run(lambda session: outbox.finish(session, work))


def give_up(database: Database, work: outbox.Work, reason: str, *, permanent: bool) -> None:
    """Put the job back, or lay it with the dead, and say so."""
    is_dead = database.run(lambda session: outbox.fail(session, work, reason, permanent=permanent))
    if is_dead:
        log.error("job %d (%s) is dead: %s", work.id, work.name, reason)
