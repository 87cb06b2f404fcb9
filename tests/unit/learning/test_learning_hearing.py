"""What a ticket's caller said first and was taken for, read from the call's own record."""

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from config.check_digits import check_digit
from db.session import Database
from learning.hearing import Hearing, hearing_of
from tests.unit.learning.conftest import NOW
from tickets.tables import Ticket

SAID = "hay un hoyo grande frente a mi casa"
MEMO = {"subject": SAID, "intents": [["pothole", 0.81], ["water leak", 0.1]], "intent": "pothole"}
TURNS: list[tuple[dict[str, Any], list[Any]]] = [
    ({}, [["main line/welcome", "said"]]),
    ({"words": SAID}, [["how can I help/ask", "words"], ["how can I help/understand", "sure"]]),
    ({"words": "frente a la escuela"}, [["take a report/ask for words", "words"]]),
]
Write = Callable[..., str]


@pytest.fixture
def ticket(database: Database) -> Callable[..., int]:
    """Open a ticket of a call; gives its id."""

    def make(sid: str, subject: str = SAID) -> int:
        eight = f"{random.randrange(10**7, 10**8)}"
        row = Ticket(
            number=eight + check_digit(eight),
            origin=f"test:{sid}:{eight}",
            service_type="ST-HOLE",
            department="public_works_streets",
            queue="streets",
            priority=3,
            language="es",
            call_sid=sid,
            subject=subject,
            details={},
            opened_at=NOW,
            respond_by=NOW + timedelta(hours=1),
            resolve_by=NOW + timedelta(days=1),
        )
        with database.transaction() as db:
            db.add(row)
            db.flush()
            return row.id

    return make


def read(database: Database, ticket_id: int) -> Hearing | None:
    """Read what was heard."""
    return database.run(lambda db: hearing_of(db, ticket_id))


def test_the_words_of_the_open_question_are_found_with_the_guesses(
    database: Database, call: Write, ticket: Callable[..., int]
) -> None:
    found = read(database, ticket(call(TURNS, MEMO)))
    assert found is not None
    assert (found.turn, found.words, found.language, found.intent) == (1, SAID, "es", "pothole")
    assert found.guesses == (("pothole", 0.81), ("water leak", 0.1))


def test_guesses_that_the_turn_itself_kept_are_better_than_the_memo(
    database: Database, call: Write, ticket: Callable[..., int]
) -> None:
    step = ["how can I help/understand", "sure", {"intents": [["water leak", 0.9]]}]
    sid = call([({}, []), ({"words": SAID}, [step])], {"subject": "something later"})
    found = read(database, ticket(sid))
    assert found is not None
    assert (found.intent, found.guesses) == ("water leak", (("water leak", 0.9),))


@pytest.mark.parametrize(
    ("intent", "taken"), [("water leak", "water leak"), ("passport", "pothole"), ("", "pothole")]
)
def test_a_guess_that_the_caller_chose_counts_and_one_from_other_words_does_not(
    database: Database, call: Write, ticket: Callable[..., int], intent: str, taken: str
) -> None:
    found = read(database, ticket(call(TURNS, {**MEMO, "intent": intent})))
    assert found is not None
    assert found.intent == taken


NOTHING: list[tuple[list[Any], dict[str, Any], str]] = [
    (TURNS, {**MEMO, "subject": "another matter"}, SAID),  # nothing is known of the guess
    ([({}, []), ({"digits": "1"}, [])], MEMO, SAID),  # keys alone
    (TURNS, {**MEMO, "subject": ""}, ""),  # a call back, with nothing said
    ([({"words": SAID}, [["how can I help/ask", "emergency"]])], MEMO, SAID),
]


@pytest.mark.parametrize("written", NOTHING)
def test_where_no_words_were_understood_there_is_nothing_to_confirm(
    database: Database,
    call: Write,
    ticket: Callable[..., int],
    written: tuple[list[Any], dict[str, Any], str],
) -> None:
    turns, memo, subject = written
    assert read(database, ticket(call(turns, memo), subject)) is None


def test_a_ticket_without_a_call_has_nothing_to_confirm(
    database: Database, ticket: Callable[..., int]
) -> None:
    assert read(database, ticket("CA-nowhere")) is None
