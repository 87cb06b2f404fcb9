"""The wiring of what works behind the line: each promised job's handler, and what comes round.

`perform` is what RQ calls for each promised job.
"""

from collections.abc import Mapping
from datetime import timedelta
from functools import lru_cache, partial
from typing import Final

import money_jobs
from api import keys
from app import ROOT, real_clock, the_city
from config.settings import Settings, read_settings
from db.session import Database
from ivr.calls import end_forgotten
from jobs import work
from jobs.schedule import Round
from jobs.tidy import tidy_up
from jobs.work import Handler
from learning import trainings
from messages.carrier import Carrier
from messages.outgoing import JOB as SEND_TEXT
from messages.outgoing import send_text
from messages.twilio_carrier import TwilioCarrier

TIDY: Final = "tidy up"
END_FORGOTTEN: Final = "end forgotten calls"
ROUNDS: Final = (
    Round(TIDY, every=timedelta(days=1), offset=timedelta(hours=9)),
    Round(END_FORGOTTEN, every=timedelta(hours=1)),
)


def rounds(settings: Settings) -> tuple[Round, ...]:
    """List everything that comes round."""
    return (*ROUNDS, *money_jobs.rounds(settings))


def handlers(settings: Settings, database: Database, carrier: Carrier) -> Mapping[str, Handler]:
    """Name the handler of every job that is ever promised."""
    return {
        **money_jobs.handlers(settings, database, the_city(), real_clock),
        SEND_TEXT: partial(send_text, database, carrier),
        trainings.RETRAIN: trainings.handler(ROOT),
        TIDY: lambda _args: (database.run(tidy_up), database.run(keys.tidy)),
        END_FORGOTTEN: lambda _args: database.run(end_forgotten),
    }


@lru_cache(maxsize=1)
def the_worker() -> tuple[Database, Mapping[str, Handler]]:
    """Wire what jobs need, once in a worker process."""
    settings = read_settings()
    database = Database(settings.database_url, statement_ms=20_000)
    return database, handlers(settings, database, TwilioCarrier(settings))


def perform(promise_id: int, attempt: int) -> None:
    """Do one promised job; RQ calls this by name."""
    database, known = the_worker()
    work.perform(database, known, promise_id, attempt)
