"""How soon a hundred open desks hear of a change, beside one bare connection that listens itself.

The stream runs as `./cityline up` runs it; a hundred desks listen over HTTP. Each round announces
a ticket as `tickets/events.py` does; the bare listener is a plain psycopg connection on the same
channel.
"""

import asyncio
import json
import secrets
import statistics
import time
from collections.abc import AsyncGenerator, Generator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from datetime import UTC, datetime

import httpx
import psycopg
from flask import Flask
from flask.sessions import SecureCookieSessionInterface

import app
from bench.ground import Ground, ground
from cli import processes
from cli.supervisor import end_session
from config.settings import Settings
from db.embedded import ports
from db.embedded.process import wait_until
from db.session import Database, psycopg_url
from desk.guard import COOKIE
from desk.hub import CHANNEL
from people import passwords, staff

DESKS = 100
ROUNDS = 30
READY_SECONDS = 60.0
HEARD_SECONDS = 30.0
PAUSE_SECONDS = 0.1

Times = dict[str, list[float]]


@contextmanager
def streaming(stage: Ground) -> Generator[str]:
    """Run the stream as `up` does; gives its address."""
    port = ports.choose(stage.settings.var, "stream")
    command = processes._python("desk.stream", "--port", str(port))  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]  the shipped command itself
    environment = stage.environment | {"PYTHONPATH": str(app.ROOT)}
    running = processes.launcher("stream", command, stage.settings.var, environment)()
    address = f"http://{ports.HOST}:{port}"
    try:
        if not wait_until(lambda: answers(address), READY_SECONDS):
            raise RuntimeError(f"the stream did not start: see {stage.settings.var / 'log'}")
        yield address
    finally:
        end_session(running.pid)
        running.wait(timeout=10)


def answers(address: str) -> bool:
    """Say whether the stream hears the database."""
    try:
        return httpx.get(f"{address}/healthz", timeout=2).is_success
    except httpx.HTTPError:
        return False


def cookie(settings: Settings) -> str:
    """Hire somebody and give the session that signing in would."""
    database = Database(settings.database_url)
    word = passwords.hashed(secrets.token_hex())
    new = staff.NewStaff("bench", "The bench", "supervisor", word)
    staff_id = database.run(lambda db: staff.create(db, new))
    row = database.run(lambda db: staff.find(db, staff_id))
    database.close()
    if row is None:
        raise RuntimeError("whoever was hired is gone")
    signed_by = Flask(__name__)
    signed_by.secret_key = settings.secret_key
    serializer = SecureCookieSessionInterface().get_signing_serializer(signed_by)
    seen = datetime.now(UTC).timestamp()
    return f"{COOKIE}={serializer.dumps({'staff': staff_id, 'epoch': row.epoch, 'seen': seen})}"  # pyright: ignore[reportOptionalMemberAccess]  there is a key


@asynccontextmanager
async def desk(client: httpx.AsyncClient, address: str) -> AsyncGenerator[asyncio.Queue[str]]:
    """Listen as a browser does; each ticket's name arrives in the queue."""
    heard: asyncio.Queue[str] = asyncio.Queue()
    async with client.stream("GET", f"{address}/desk/stream") as answer:
        answer.raise_for_status()
        reader = asyncio.create_task(read(answer, heard))
        yield heard
        reader.cancel()


async def read(answer: httpx.Response, heard: asyncio.Queue[str]) -> None:
    """Hand on every line of a stream."""
    async for line in answer.aiter_lines():
        heard.put_nowait(line)


async def until(heard: asyncio.Queue[str], wanted: str) -> float:
    """Wait for these words; gives the moment."""
    async with asyncio.timeout(HEARD_SECONDS):
        while wanted not in await heard.get():
            pass
    return time.perf_counter()


async def bare(url: str, heard: asyncio.Queue[str]) -> None:
    """Listen to the database itself."""
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
        await connection.execute(f"LISTEN {CHANNEL}")
        heard.put_nowait("listening")
        async for notice in connection.notifies():
            heard.put_nowait(notice.payload)


async def measured(url: str, address: str, session: str) -> Times:
    """Announce tickets, and note how long each took to arrive."""
    plain: asyncio.Queue[str] = asyncio.Queue()
    times: Times = {"bare": [], "one desk (p50)": [], "last of all desks": []}
    limits = httpx.Limits(max_connections=None)
    async with AsyncExitStack() as stack:
        client = await stack.enter_async_context(
            httpx.AsyncClient(headers={"Cookie": session}, limits=limits, timeout=READY_SECONDS)
        )
        listener = asyncio.create_task(bare(url, plain))
        desks = [await stack.enter_async_context(desk(client, address)) for _ in range(DESKS)]
        await asyncio.gather(until(plain, "listening"), *(until(d, "event: ready") for d in desks))
        speaker = await psycopg.AsyncConnection.connect(url, autocommit=True)
        for number in range(ROUNDS):
            await announce(speaker, f"ticket-{number}.", times, [plain, *desks])
            await asyncio.sleep(PAUSE_SECONDS)
        await speaker.close()
        listener.cancel()
    return times


async def announce(
    speaker: psycopg.AsyncConnection, name: str, times: Times, listeners: list[asyncio.Queue[str]]
) -> None:
    """Announce one ticket; note the milliseconds until the bare listener and the desks heard."""
    began = time.perf_counter()
    notice = json.dumps({"number": name, "queues": ["utility"], "departments": []})
    await speaker.execute("SELECT pg_notify(%s, %s)", (CHANNEL, notice))
    plain, *desks = await asyncio.gather(*(until(each, name) for each in listeners))
    times["bare"].append((plain - began) * 1000)
    times["one desk (p50)"].append((statistics.median(desks) - began) * 1000)
    times["last of all desks"].append((max(desks) - began) * 1000)


def run(*, as_json: bool) -> None:
    """Measure and print."""
    with ground() as stage, streaming(stage) as address:
        url = psycopg_url(stage.settings.database_url).set(drivername="postgresql")
        plain = url.render_as_string(hide_password=False)
        times = asyncio.run(measured(plain, address, cookie(stage.settings)))
    medians = {name: statistics.median(each) for name, each in times.items()}
    rows = {
        name: {"p50_ms": round(medians[name], 1), "most_ms": round(max(each), 1),
               "ratio": round(medians[name] / medians["bare"], 1)}
        for name, each in times.items()
    }  # fmt: skip
    if as_json:
        print(json.dumps({"at": datetime.now(UTC).isoformat(), "desks": DESKS, "rows": rows}))
        return
    for name, row in rows.items():
        print(f"{name:<18} " + "  ".join(f"{key} {value:g}" for key, value in row.items()))
