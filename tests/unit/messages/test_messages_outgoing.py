"""One text, sent once: repeats, crashes and lost answers do not double it or lose it."""

import uuid
from collections.abc import Callable, Generator
from dataclasses import replace

import pytest
from sqlalchemy import text

from config.settings import Settings
from db.session import Database
from jobs.errors import JobError
from messages.consent import agree, consent_of, take_back
from messages.outgoing import JOB, Text, promise_text, send_text, start_sending
from messages.phones import can_get_texts
from tests.contract.carriers import Paper

PHONE = "+18015550142"
Rows = Callable[..., list[tuple[object, ...]]]


@pytest.fixture(scope="module")
def database(settings: Settings) -> Generator[Database]:
    made = Database(settings.database_url, statement_ms=20_000)
    yield made
    made.close()


@pytest.fixture
def rows(database: Database) -> Rows:
    """Read the database."""

    def read(sql: str, **values: object) -> list[tuple[object, ...]]:
        return database.run(lambda db: [tuple(row) for row in db.execute(text(sql), values)])

    return read


@pytest.fixture
def carrier() -> Paper:
    return Paper()


@pytest.fixture
def promised() -> Text:
    key = uuid.uuid4().hex
    return Text(key=key, phone=PHONE, language="en", body=f"Your ticket is {key}.")


@pytest.fixture
def message(database: Database, rows: Rows, promised: Text) -> int:
    """A text that is promised; gives its id."""
    database.run(lambda db: promise_text(db, promised))
    [(number,)] = rows("SELECT id FROM text_messages WHERE key = :key", key=promised.key)
    assert isinstance(number, int)
    return number


def state_of(rows: Rows, message: int) -> tuple[object, ...]:
    [row] = rows("SELECT state, sid, error FROM text_messages WHERE id = :id", id=message)
    return row


def test_one_cause_promises_one_text_and_one_job(
    database: Database, rows: Rows, promised: Text, message: int
) -> None:
    database.run(lambda db: promise_text(db, replace(promised, body="Something else.")))
    kept = rows("SELECT id, body FROM text_messages WHERE key = :key", key=promised.key)
    assert kept == [(message, promised.body)]
    key = f"text:{promised.key}"
    jobs = rows("SELECT name, args FROM outbox WHERE key = :key", key=key)
    assert jobs == [(JOB, {"message": message})]


def test_a_text_is_sent_once_though_the_job_is_repeated(
    database: Database, rows: Rows, carrier: Paper, promised: Text, message: int
) -> None:
    for _ in range(3):
        send_text(database, carrier, {"message": message})
    assert carrier.bodies(PHONE) == [promised.body]
    assert state_of(rows, message) == ("sent", "SM1", None)


def test_a_crash_between_sending_and_noting_is_looked_up(
    database: Database, rows: Rows, carrier: Paper, promised: Text, message: int
) -> None:
    database.run(lambda db: start_sending(db, message))
    carrier.send(PHONE, promised.body)  # and then: killed
    send_text(database, carrier, {"message": message})
    assert carrier.bodies(PHONE) == [promised.body]
    assert state_of(rows, message) == ("sent", "SM1", None)


def test_a_crash_before_sending_is_sent(
    database: Database, rows: Rows, carrier: Paper, promised: Text, message: int
) -> None:
    database.run(lambda db: start_sending(db, message))  # and then: killed
    send_text(database, carrier, {"message": message})
    assert carrier.bodies(PHONE) == [promised.body]
    assert state_of(rows, message)[0] == "sent"


@pytest.mark.parametrize("carrier", [Paper("away"), Paper("lost"), Paper("garbled")])
def test_an_unknown_end_is_looked_up_before_it_is_sent_again(
    database: Database, rows: Rows, carrier: Paper, promised: Text, message: int
) -> None:
    for _ in range(2):  # the look-up fails as well
        with pytest.raises(JobError) as error:
            send_text(database, carrier, {"message": message})
        assert not error.value.permanent
    assert state_of(rows, message)[0] == "sending"
    carrier.weather("calm")
    send_text(database, carrier, {"message": message})
    assert carrier.bodies(PHONE) == [promised.body]
    assert state_of(rows, message)[0] == "sent"


def test_a_text_refused_for_good_is_never_tried_again(
    database: Database, rows: Rows, carrier: Paper, message: int
) -> None:
    carrier.opts_out(PHONE)
    with pytest.raises(JobError) as error:
        send_text(database, carrier, {"message": message})
    assert error.value.permanent
    assert state_of(rows, message) == ("refused", None, "21610: opted out")
    carrier.out.clear()
    send_text(database, carrier, {"message": message})
    assert carrier.bodies(PHONE) == []


def test_a_text_refused_for_now_is_sent_later_without_a_look_up(
    database: Database, rows: Rows, carrier: Paper, promised: Text, message: int
) -> None:
    carrier.weather("busy")
    with pytest.raises(JobError) as error:
        send_text(database, carrier, {"message": message})
    assert not error.value.permanent
    assert state_of(rows, message)[0] == "promised"
    carrier.weather("calm")
    send_text(database, carrier, {"message": message})
    assert carrier.bodies(PHONE) == [promised.body]


def phone_of_its_own() -> str:
    return f"+1801{uuid.uuid4().int % 10**7:07d}"


def test_nobody_has_agreed_before_they_were_asked(database: Database) -> None:
    assert database.run(lambda db: consent_of(db, phone_of_its_own())) is None


def test_the_newest_word_about_texts_counts(database: Database) -> None:
    phone = phone_of_its_own()
    for change, agreed in ((agree, True), (take_back, False), (agree, True), (take_back, False)):
        database.run(lambda db, change=change: change(db, phone, "test"))
        assert database.run(lambda db: consent_of(db, phone)) is agreed


def test_agreeing_twice_is_written_once(database: Database, rows: Rows) -> None:
    phone = phone_of_its_own()
    for _ in range(3):
        database.run(lambda db: agree(db, phone, "test"))
    assert rows("SELECT count(*) FROM text_consents WHERE phone = :phone", phone=phone) == [(1,)]


@pytest.mark.parametrize(
    ("phone", "good"),
    [
        ("+18015550142", True),
        ("+18018526000", True),
        ("+19005550142", False),  # premium
        ("+18009766000", False),  # toll-free
        ("+18765550199", False),  # the Caribbean, under the same country code: reserved or not
        ("+14418526000", False),
        ("+525512345678", False),
        ("+447700900123", False),
        ("", False),
        ("anonymous", False),
        ("+1", False),
        ("8018526000", False),
    ],
)
def test_only_a_number_that_a_person_here_can_hold_gets_texts(phone: str, good: object) -> None:
    assert can_get_texts(phone) is good
