"""`./cityline billing scan`: look for numbers of cards and banks where none may be."""

import sys
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import click

from cli.environment import line
from cli.using import STATEMENT_MS

WAIT_S = 5


@click.command("scan")
@click.argument("files", nargs=-1, type=click.Path(exists=True, path_type=Path))
def command(files: tuple[Path, ...]) -> None:
    """Look through the database, the queue and these log FILES (folders: all in them).

    Exit 1 on a finding; no more than the last four digits are shown.
    """
    from billing.scan import in_texts, scan
    from db.session import Database

    with line("a command") as settings:
        database = Database(settings.database_url, statement_ms=STATEMENT_MS, pool=2)
        try:
            hits = database.run(lambda session: scan(session, logs(files)))
        finally:
            database.close()
        hits += in_texts(queued(settings.redis_url))
    for hit in hits:
        click.echo(str(hit))
    click.echo(f"{len(hits)} numbers of cards or banks found.")
    sys.exit(1 if hits else 0)


def logs(files: tuple[Path, ...]) -> list[Path]:
    """Name every file that is meant."""
    inside = [one for path in files for one in sorted(path.rglob("*")) if one.is_file()]
    return [*(path for path in files if path.is_file()), *inside]


def queued(url: str) -> dict[str, str]:
    """Read every text that Redis holds, the compressed arguments of jobs among them, by its key."""
    from redis import Redis

    client: Any = Redis.from_url(  # pyright: ignore[reportUnknownMemberType]  redis leaves **kwargs open
        url, socket_timeout=WAIT_S, socket_connect_timeout=WAIT_S, retry=None
    )
    try:
        return {plain(key): "\n".join(held(client, key)) for key in client.scan_iter()}
    finally:
        client.close()


def held(client: Any, key: bytes) -> Iterator[str]:  # noqa: ANN401  redis's own client
    """Give every value of one key, whatever its type is; of a type that is not known, nothing."""
    reads: dict[bytes, Callable[[], Any]] = {
        b"string": lambda: [client.get(key)],
        b"hash": lambda: client.hgetall(key).values(),
        b"list": lambda: client.lrange(key, 0, -1),
        b"set": lambda: client.smembers(key),
        b"zset": lambda: client.zrange(key, 0, -1),
        b"stream": lambda: [value for _, one in client.xrange(key) for value in one.values()],
    }
    for value in reads.get(client.type(key), list)():
        yield plain(value or b"")


def plain(value: bytes) -> str:
    """Read a value as text; a compressed one is opened first."""
    with suppress(zlib.error):
        value = zlib.decompress(value)
    return value.decode("utf-8", "replace")
