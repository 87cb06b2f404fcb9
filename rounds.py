"""What comes round, and how often: all that the relay knows of the work behind the line.

It imports no handler, so that the relay starts in a moment. worker.py names who does each.
"""

from datetime import timedelta
from typing import Final

from config.settings import Settings
from jobs.schedule import Round

TIDY: Final = "tidy up"
END_FORGOTTEN: Final = "end forgotten calls"
ROUNDS: Final = (
    Round(TIDY, every=timedelta(days=1), offset=timedelta(hours=9)),
    Round(END_FORGOTTEN, every=timedelta(hours=1)),
    Round("accounts overnight", every=timedelta(days=1), offset=timedelta(hours=8)),
)
WITH_PROCESSOR: Final = (
    Round("sweep payments", every=timedelta(minutes=2)),
    Round("send refunds", every=timedelta(minutes=10)),
    Round("pull autopay", every=timedelta(days=1), offset=timedelta(hours=8)),
    Round("settle payments", every=timedelta(days=1), offset=timedelta(hours=10)),
)


def rounds(settings: Settings) -> tuple[Round, ...]:
    """List what comes round; nobody is asked about cards where there is no processor."""
    return (*ROUNDS, *(WITH_PROCESSOR if settings.cards_url and settings.cards_key else ()))
