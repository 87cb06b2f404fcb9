"""A report by phone, question by question: back and forth, and one ticket at the end of it."""

from collections.abc import Generator
from dataclasses import replace

import pytest
from sqlalchemy import text

import app
from config.words import Language
from db.session import Database
from ivr.reply import PutThrough
from messages.consent import agree
from nlp import Ranked, Understanding
from tests.unit.ivr.town import CONTACT, Call, Danger, world


class SureOfEnglish(Danger):
    """An ear that takes everything for English, and for a report of a pothole."""

    def understand(self, words: str, language: Language | None) -> Understanding:
        del words, language
        return Understanding("en", 1.0, (Ranked("pothole", 0.99),), (), None)


@pytest.fixture
def database(fresh_database_url: str) -> Generator[Database]:
    made = Database(fresh_database_url, statement_ms=20_000)
    yield made
    made.close()


@pytest.fixture
def call(database: Database) -> Call:
    """A call into the shipped flows."""
    there = replace(world(), database=database, ear=SureOfEnglish())
    return Call(app.the_conversation(), there)


def reporting(call: Call) -> Call:
    """Go by keys to the report about a pothole."""
    call.dials().presses("1").presses("4").presses("1")
    assert "a report about a pothole" in call.said
    return call


def write(call: Call) -> None:
    """Store what the last turn decided, as its transaction would."""
    effects = call.now.effects
    call.world.database.run(lambda session: [effect(session) for effect in effects])


def opened(call: Call) -> Call:
    """Answer until the ticket is there."""
    reporting(call).says("center street and 500 west")
    for _ in range(6):
        if call.now.effects:
            write(call)
            return call
        call.says("in the right lane")
    raise AssertionError(call.said)


def rows(call: Call, sql: str) -> list[tuple[object, ...]]:
    return call.world.database.run(
        lambda session: [tuple(row) for row in session.execute(text(sql))]
    )


def test_going_back_in_a_report_asks_the_question_before(call: Call) -> None:
    asked = reporting(call).said.partition("pothole. ")[2]
    call.says("center street and 500 west")
    assert call.says("go back").said == asked
    call.says("351 west center street")
    assert "351" in str(call.now.where.memo["details"])
    assert "500" not in str(call.now.where.memo["details"])


def test_going_back_from_the_first_question_leaves_the_report(call: Call) -> None:
    reporting(call).says("go back")
    assert "How can I help you?" in call.said


def test_going_back_never_opens_a_second_ticket(call: Call) -> None:
    opened(call)
    for _ in range(4):  # back to the last question, as it was, and an answer to it
        call.says("go back").says("near the curb")
        assert call.now.effects == ()
    assert rows(call, "SELECT count(*) FROM tickets") == [(1,)]


def test_a_command_is_no_answer(call: Call) -> None:
    reporting(call).says("center street and 500 west")
    call.says("repeat that please")
    call.presses("0")
    assert isinstance(call.now.reply, PutThrough)
    assert "repeat" not in str(call.now.where.memo["details"])
    assert "words" not in call.now.where.memo or call.now.where.memo["words"] == ""


def test_a_spanish_call_stays_spanish_once_it_was_asked_for(call: Call) -> None:
    call.dials().says("español por favor").says("there is a pothole here")
    assert call.now.where.language == "es"
    assert "reporte sobre un bache" in call.said


def test_an_english_sentence_settles_the_language_of_who_has_not_chosen(call: Call) -> None:
    call.dials().says("there is a pothole here")
    assert call.now.where.language == "en"
    assert "report about a pothole" in call.said


def test_whoever_agreed_before_gets_the_text_about_this_very_ticket(
    call: Call, database: Database
) -> None:
    database.run(lambda session: agree(session, CONTACT.caller, "test"))
    opened(call)
    assert "The text is on its way." in call.said
    [(key, number)] = rows(
        call, "SELECT m.key, t.number FROM text_messages m JOIN tickets t ON t.id = m.ticket_id"
    )
    assert key == f"ticket:{number}:opened"
