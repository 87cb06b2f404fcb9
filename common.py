"""What the web and the worker share: where the line stands, its tables, its city, its clock.

Neither has to import the other for it: the worker starts without Flask and the language model.
"""

from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Final

from api import tables as api_tables
from billing.accounts import tables as account_tables
from billing.importing import tables as import_tables
from billing.ledger import tables as ledger_tables
from billing.payments import tables as payment_tables
from billing.processor import tables as processor_tables
from billing.statements import tables as statement_tables
from config.city import City, read_city
from ivr import tables as call_tables
from jobs import tables as job_tables
from learning import tables as training_tables
from messages import tables as message_tables
from nlp import tables as model_tables
from people import tables as people_tables
from routing import tables as routing_tables
from tickets import tables as ticket_tables

ROOT: Final = Path(__file__).parent
TABLES: Final = (  # known to the database once imported: a foreign key finds what it points to
    account_tables,
    api_tables,
    call_tables,
    import_tables,
    job_tables,
    ledger_tables,
    message_tables,
    model_tables,
    payment_tables,
    people_tables,
    processor_tables,
    routing_tables,
    statement_tables,
    ticket_tables,
    training_tables,
)


@lru_cache(maxsize=1)
def the_city() -> City:
    """Read config/ once in a process."""
    return read_city(ROOT / "config")


def real_clock() -> datetime:
    """Give the time it is."""
    return datetime.now(UTC)
