"""The wiring of promised work about money: who does each job, and when it comes round."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from billing import nightly
from billing.payments import intents, returned
from billing.processor import pulling, refunding, settlement, settling, sweeping
from billing.processor.client import HttpCardProcessor
from billing.processor.port import CardProcessor
from billing.telling import paid, told
from config.city import City
from config.settings import Settings
from db.session import Database
from jobs.schedule import Round
from jobs.work import Handler
from messages import receipts
from tickets import promised

# job: the service type of the case that it opens
CASES: Final[Mapping[str, str]] = {
    intents.UNKNOWN: "UB-UNKNOWN",
    returned.RETURNED: "UB-RETURNED",
    settlement.FINDING: "UB-SETTLE",
    refunding.REFUSED: "UB-NOREFUND",
}
NIGHTLY: Final = Round(nightly.NIGHT, every=timedelta(days=1), offset=timedelta(hours=8))
WITH_PROCESSOR: Final = (
    Round(sweeping.SWEEP, every=timedelta(minutes=2)),
    Round(refunding.REFUND, every=timedelta(minutes=10)),
    Round(pulling.PULL, every=timedelta(days=1), offset=timedelta(hours=8)),
    Round(settling.SETTLE, every=timedelta(days=1), offset=timedelta(hours=10)),
)


def rounds(settings: Settings) -> tuple[Round, ...]:
    """List what comes round; nobody is asked about cards where there is no processor."""
    return (NIGHTLY, *(WITH_PROCESSOR if the_processor(settings) else ()))


def handlers(
    settings: Settings, database: Database, city: City, clock: Callable[[], datetime]
) -> Mapping[str, Handler]:
    """Name the handler of every job about money."""
    production = settings.mode == "production"
    cases = {
        job: promised.handler(database, city.services[code], city, clock, told)
        for job, code in CASES.items()
    }
    processor = the_processor(settings)
    return {
        intents.RECEIPT: receipts.handler(database, city, paid),
        nightly.NIGHT: nightly.handler(database, production=production),
        **cases,
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
