"""The wiring of what works behind the line: each promised job's handler.

`perform` is what RQ calls for each promised job. What comes round is listed in rounds.py.
"""

from collections.abc import Mapping
from functools import lru_cache, partial

import money_jobs
from api import keys
from common import ROOT, real_clock, the_city
from config.settings import Settings, read_settings
from db.session import Database
from ivr.calls import end_forgotten
from jobs import work
from jobs.tidy import tidy_up
from jobs.work import Handler
from learning import trainings
from messages.carrier import Carrier
from messages.outgoing import JOB as SEND_TEXT
from messages.outgoing import send_text
from messages.twilio_carrier import TwilioCarrier
from rounds import END_FORGOTTEN, TIDY


def handlers(settings: Settings, database: Database, carrier: Carrier) -> Mapping[str, Handler]:
    """Name the handler of every job that is ever promised."""
    return {
        **money_jobs.handlers(settings, database, the_city, real_clock),
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
