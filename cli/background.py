"""The two processes that work behind the line: the relay and the worker.

`python -m cli.background relay` and `python -m cli.background worker`; `./cityline up` starts both.
"""

import logging
import signal
import sys
from threading import Event

from redis import Redis
from rq import Queue, SimpleWorker

from config import logs
from config.settings import Settings, read_settings
from db.session import Database
from jobs import heartbeat, relay
from rounds import rounds

PERFORM = "worker.perform"
TTL_SECONDS = 30

log = logging.getLogger(__name__)


def run_relay(settings: Settings) -> None:
    """Ring RQ for what is due, until told to stop."""
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stop.set())
    database = Database(settings.database_url, statement_ms=10_000, pool=3)
    heartbeat.keep_beating(database, heartbeat.RELAY, stop)
    ring = relay.rq_ring(settings.redis_url, PERFORM)
    relay.run(relay.Relay(database, settings.database_url, ring, rounds(settings)), stop)


def run_worker(settings: Settings) -> None:
    """Work on what RQ hands over, in this process: our jobs are short and safe to repeat.

    RQ's own worker ends with SIGTERM after the job at hand. Whoever kills it harder loses
    nothing: the lease in the outbox runs out, and the job is rung again.
    """
    import worker  # the relay, which shares this file, needs nothing of it

    database, _ = worker.the_worker()
    heartbeat.keep_beating(database, heartbeat.WORKER, Event())
    connection = Redis.from_url(settings.redis_url)  # pyright: ignore[reportUnknownMemberType]  redis leaves **kwargs open
    queue = Queue(relay.QUEUE, connection=connection)
    SimpleWorker([queue], connection=connection, worker_ttl=TTL_SECONDS).work(
        logging_level="WARNING"
    )


def main(words: list[str]) -> None:
    """Run the one that was asked for."""
    settings = read_settings()
    logs.set_up(settings.log_level)
    {"relay": run_relay, "worker": run_worker}[words[0]](settings)


if __name__ == "__main__":
    main(sys.argv[1:])
