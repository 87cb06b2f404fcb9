"""The wiring of promised work about money: who does each job (rounds.py: when it comes round)."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any, Final

from billing import nightly
from billing.payments import intents, retrying, returned
from billing.processor import pulling, refunding, settlement, settling, sweeping
from billing.processor.client import HttpCardProcessor
from billing.processor.port import CardProcessor
from billing.telling import paid, told
from config.city import City
from config.settings import Settings
from db.session import Database
from jobs.work import Handler
from messages import receipts
from tickets import promised

# job: the service type of the case that it opens
CASES: Final[Mapping[str, str]] = {
    intents.UNKNOWN: "UB-UNKNOWN",
    returned.RETURNED: "UB-RETURNED",
    settlement.FINDING: "UB-SETTLE",
    refunding.REFUSED: "UB-NOREFUND",
    retrying.PAUSED: "UB-NOAUTO",
}


def handlers(
    settings: Settings, database: Database, city: Callable[[], City], clock: Callable[[], datetime]
) -> Mapping[str, Handler]:
    """Name the handler of every job about money; the city is read when a job wants it."""
    production = settings.mode == "production"

    def case(code: str, args: dict[str, Any]) -> None:
        promised.handler(database, city().services[code], city(), clock, told)(args)

    def receipt(args: dict[str, Any]) -> None:
        receipts.handler(database, city(), paid)(args)

    processor = the_processor(settings)
    return {
        intents.RECEIPT: receipt,
        nightly.NIGHT: nightly.handler(database, production=production),
        **{job: partial(case, code) for job, code in CASES.items()},
        **(with_processor(database, processor, production=production) if processor else {}),
    }


def with_processor(
    database: Database, processor: CardProcessor, *, production: bool
) -> Mapping[str, Handler]:
    """Name the handlers of the jobs that ask the card processor."""
    take_back = partial(returned.settle, production=production)
    return {
        sweeping.SWEEP: sweeping.handler(database, processor),
        refunding.REFUND: refunding.handler(database, processor),
        settling.SETTLE: settling.handler(database, processor, take_back),
        pulling.PULL: pulling.puller(database),
        pulling.CHARGE: pulling.charger(database, processor),
    }


def the_processor(settings: Settings) -> CardProcessor | None:
    """Connect to the processor that the settings name, if they name one with its key."""
    if settings.cards_url is None or settings.cards_key is None:
        return None
    return HttpCardProcessor(settings.cards_url, settings.cards_key)
