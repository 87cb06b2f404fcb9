"""The relay and the worker, as they are wired: what comes round, and what neither of them loads."""

import subprocess
import sys
from collections.abc import Generator
from datetime import timedelta

import pytest

import common
import worker
from config.settings import Settings
from db.session import Database
from messages.twilio_carrier import TwilioCarrier
from rounds import rounds
from tests.shape.source_tree import ROOT, files

MINUTES = {
    "tidy up": 1440,
    "end forgotten calls": 60,
    "accounts overnight": 1440,
    "sweep payments": 2,
    "send refunds": 10,
    "pull autopay": 1440,
    "settle payments": 1440,
}
WITHOUT_CARDS = {"tidy up", "end forgotten calls", "accounts overnight"}
ANSWERING = ("flask", "werkzeug", "spacy", "thinc", "alembic", "granian")  # the web's own
SPEAKING = (*ANSWERING, "twilio", "requests", "httpx", "billing", "ivr", "nlp", "tickets")
LOADED = """
import sys
import {0}
print(*sorted({{each.partition(".")[0] for each in sys.modules}} & {1!r}))"""
LINKED = """
import worker
from db.base import Base
print(*(key.column.table.name for table in Base.metadata.tables.values()
    for key in table.foreign_keys))"""


@pytest.fixture(scope="module")
def database(settings: Settings) -> Generator[Database]:
    made = Database(settings.database_url)
    yield made
    made.close()


@pytest.fixture
def with_cards(settings: Settings) -> Settings:
    given = {"cards_url": "http://127.0.0.1:1", "cards_key": "k" * 32}
    return settings.model_copy(update=given)


def said(program: str) -> list[str]:
    """Run a program in a process of its own; gives the words it prints."""
    done = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True, cwd=ROOT
    )
    return done.stdout.split()


def test_whatever_comes_round_has_its_handler(
    settings: Settings, with_cards: Settings, database: Database
) -> None:
    for one in (settings, with_cards):
        known = worker.handlers(one, database, TwilioCarrier(one))
        assert {each.name for each in rounds(one)} <= known.keys()


def test_what_comes_round_comes_as_often_as_it_must(
    settings: Settings, with_cards: Settings
) -> None:
    found = {each.name: each.every / timedelta(minutes=1) for each in rounds(with_cards)}
    assert found == MINUTES
    assert {each.name for each in rounds(settings)} == WITHOUT_CARDS


@pytest.mark.parametrize(
    ("process", "spared"), [("cli.background", SPEAKING), ("worker", ANSWERING)]
)
def test_a_process_behind_the_line_loads_nothing_of_the_webs(
    process: str, spared: tuple[str, ...]
) -> None:
    assert said(LOADED.format(process, set(spared))) == []


def test_every_foreign_key_of_the_worker_finds_its_table() -> None:
    assert "accounts" in said(LINKED)


def test_every_table_of_the_city_is_known_to_its_processes() -> None:
    written = {str(path.relative_to(ROOT)) for path in files() if path.name == "tables.py"}
    assert {f"{each.__name__.replace('.', '/')}.py" for each in common.TABLES} == written
