"""Lists and stories of tickets."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import event
from sqlalchemy.orm import Session

from db.session import Database
from ivr.tables import Call, CallTurn
from messages.tables import TextMessage
from tickets import changes, reading, story, work
from tickets.changes import Change
from tickets.reading import BADGE_MOST, Cursor
from tickets.tables import Ticket


def test_pages_follow_each_other_without_gap_or_repeat(
    database: Database, opened: Callable[..., int], queue: str
) -> None:
    other = f"{queue}-other"
    made = [opened(rank=float(n // 3), where=(queue, other)[n % 2]) for n in range(23)]

    def page_from(after: Cursor) -> list[int]:
        page = database.run(lambda db: reading.waiting(db, [queue, other], after, most=5))
        shown = [ticket.id for ticket in page.tickets]
        return shown + (page_from(page.after) if page.after else [])

    assert page_from(reading.FIRST) == made


def test_a_list_is_one_statement_and_a_page_at_most_three(
    database: Database, opened: Callable[..., int], queue: str
) -> None:
    opened()
    statements: list[str] = []

    def count(*arguments: object) -> None:
        statements.append(str(arguments[2]))

    event.listen(database.engine, "before_cursor_execute", count)
    try:
        database.run(lambda db: (reading.waiting(db, [queue]), reading.held_in(db, [queue])))
    finally:
        event.remove(database.engine, "before_cursor_execute", count)
    assert len(statements) == 2


def test_what_somebody_holds_is_theirs_alone(
    database: Database,
    hire: Callable[[str], int],
    opened: Callable[..., int],
    queue: str,
    now: datetime,
) -> None:
    rep, other, ticket = hire("Rep"), hire("Other"), opened()
    database.run(lambda db: work.take(db, ticket, rep, now))
    held = database.run(lambda db: reading.held_by(db, rep))
    assert [(row.id, row.owner_name, row.responded) for row in held] == [(ticket, "Rep", True)]
    assert [row.id for row in database.run(lambda db: reading.held_in(db, [queue]))] == [ticket]
    assert database.run(lambda db: reading.held_by(db, other)) == []
    assert database.run(lambda db: reading.waiting(db, [queue])).tickets == ()


def test_a_badge_counts_what_waits_and_no_further_than_it_shows(
    database: Database, opened: Callable[..., int], queue: str
) -> None:
    few, many = f"{queue}-few", f"{queue}-many"
    for _ in range(3):
        opened(where=few)
    for _ in range(BADGE_MOST + 5):
        opened(where=many)
    asked = [few, many, f"{queue}-none"]
    counted = database.run(lambda db: reading.counters(db, asked))
    assert counted == {few: 3, many: BADGE_MOST, f"{queue}-none": 0}


def test_the_clock_that_matters_is_the_first_response_until_somebody_acts(
    database: Database, hire: Callable[[str], int], opened: Callable[..., int], now: datetime
) -> None:
    rep, ticket = hire("Rep"), opened()
    number = database.run(lambda db: work.standing(db, ticket)).number
    before = database.run(lambda db: reading.by_number(db, number))
    assert before is not None
    assert before.due == before.respond_by
    database.run(lambda db: changes.note(db, Change(ticket, 1, rep, now), "Called back."))
    after = database.run(lambda db: reading.by_number(db, number))
    assert after is not None
    assert after.due == after.resolve_by


def test_tickets_of_a_phone_come_newest_first_and_no_phone_finds_none(
    database: Database, opened: Callable[..., int]
) -> None:
    phone = "+18015550142"
    made = [opened(caller=phone) for _ in range(2)]
    found = database.run(lambda db: reading.by_caller(db, phone))
    assert {ticket.id for ticket in found} >= set(made)
    opened(caller="")
    assert database.run(lambda db: reading.by_caller(db, "")) == []


def write_call(db: Session, ticket_id: int) -> str:
    """Give a ticket a call of two turns and a text; gives its number."""
    ticket = db.get_one(Ticket, ticket_id)
    sid = ticket.call_sid = f"CA{ticket_id:032d}"
    phone = "+18015550101"
    db.add(Call(sid=sid, caller=phone, called=phone, flow="main", step="end", version="1"))
    db.flush()
    for turn in (1, 0):
        heard, said = {"words": f"turno {turn}"}, [f"respuesta {turn}"]
        db.add(
            CallTurn(
                call_sid=sid,
                turn=turn,
                digest="",
                heard=heard,
                said=said,
                lease_until=ticket.opened_at,
            )
        )
    text_sent = TextMessage(
        key=sid, phone=phone, language="es", body="Gracias", ticket_id=ticket_id
    )
    db.add(text_sent)
    return ticket.number


def test_a_story_holds_the_call_turn_by_turn_and_the_texts(
    database: Database, opened: Callable[..., int]
) -> None:
    ticket = opened()
    number = database.run(lambda db: write_call(db, ticket))
    told = database.run(lambda db: story.story(db, number))
    assert told is not None
    turns = [(turn.turn, turn.heard["words"]) for turn in told.turns]
    assert turns == [(0, "turno 0"), (1, "turno 1")]
    assert [sent.body for sent in told.texts] == ["Gracias"]


def test_there_is_no_story_without_a_ticket(database: Database) -> None:
    assert database.run(lambda db: story.story(db, "000000000")) is None
