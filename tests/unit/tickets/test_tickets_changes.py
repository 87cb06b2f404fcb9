"""Notes, referrals, closing, reopening: each on the version that was read."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

import psycopg
import pytest
from sqlalchemy import text

from db.session import Database
from tickets import changes, story, work
from tickets.changes import Change, To
from tickets.errors import NotPossible, TicketChanged, TicketGone


def kinds(database: Database, ticket: int) -> list[str]:
    """List what happened to a ticket, in order."""
    asked = text("SELECT kind FROM ticket_events WHERE ticket_id = :t ORDER BY id")
    return database.run(lambda db: list(db.scalars(asked, {"t": ticket})))


def number_of(database: Database, ticket: int) -> str:
    """Give a ticket's number."""
    return database.run(lambda db: work.standing(db, ticket)).number


def test_a_stale_version_is_refused_and_says_who_did_what(
    database: Database, hire: Callable[[str], int], opened: Callable[..., int], now: datetime
) -> None:
    first, second, ticket = hire("First"), hire("Second"), opened()
    database.run(lambda db: changes.note(db, Change(ticket, 1, first, now), "Called back."))
    with pytest.raises(TicketChanged) as refused:
        database.run(lambda db: changes.close(db, Change(ticket, 1, second, now), "Done."))
    changed = refused.value
    assert (changed.who, changed.what, changed.at, changed.version) == ("First", "note", now, 2)
    assert kinds(database, ticket) == ["note"]


def test_of_many_edits_of_one_version_exactly_one_is_kept(
    database: Database, hire: Callable[[str], int], opened: Callable[..., int], now: datetime
) -> None:
    rep, ticket = hire("Rep"), opened()

    def edit(n: int) -> bool:
        try:
            database.run(lambda db: changes.note(db, Change(ticket, 1, rep, now), f"note {n}"))
        except TicketChanged:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(edit, range(40))) == 1
    assert kinds(database, ticket) == ["note"]


def test_a_referral_goes_there_and_back_and_there_again(
    database: Database,
    hire: Callable[[str], int],
    opened: Callable[..., int],
    queue: str,
    now: datetime,
) -> None:
    rep, ticket, other = hire("Rep"), opened(rank=5.0), f"{queue}-streets"
    there, back = To("public_works_streets", other), To("public_works_water", queue)

    def refer(version: int, to: To) -> None:
        this = Change(ticket, version, rep, now)
        database.run(lambda db: work.take(db, ticket, rep, now))
        database.run(lambda db: changes.refer(db, this, to, "It is theirs."))
        assert database.run(lambda db: work.next_for(db, [to.queue], rep, now)) == ticket
        database.run(lambda db: work.give_back(db, ticket, rep, now))

    for version, to in enumerate([there, back, there], start=1):
        refer(version, to)
    number = number_of(database, ticket)
    told = database.run(lambda db: story.story(db, number))
    assert told is not None
    assert (told.ticket.department, told.ticket.queue) == ("public_works_streets", other)
    assert told.ticket.rank == 5.0
    assert [r.to_queue for r in told.referrals] == [other, queue, other]
    assert [r.from_department for r in told.referrals][:2] == [back.department, there.department]


def test_a_referral_to_its_own_queue_is_refused(
    database: Database,
    hire: Callable[[str], int],
    opened: Callable[..., int],
    queue: str,
    now: datetime,
) -> None:
    rep, ticket = hire("Rep"), opened()
    with pytest.raises(NotPossible, match="same queue"):
        database.run(
            lambda db: changes.refer(db, Change(ticket, 1, rep, now), To("water", queue), "why")
        )


def test_nobody_closes_or_refers_what_another_has_in_hand(
    database: Database, hire: Callable[[str], int], opened: Callable[..., int], now: datetime
) -> None:
    owner, other, ticket = hire("Owner"), hire("Other"), opened()
    database.run(lambda db: work.take(db, ticket, owner, now))
    this = Change(ticket, 1, other, now)
    for attempt in (
        lambda: database.run(lambda db: changes.close(db, this, "Done.")),
        lambda: database.run(lambda db: changes.refer(db, this, To("streets", "streets"), "why")),
    ):
        with pytest.raises(NotPossible) as refused:
            attempt()
        assert (refused.value.why, refused.value.who) == ("held by another", "Owner")
    database.run(lambda db: changes.note(db, this, "A note is always possible."))


def test_a_closed_ticket_is_done_and_reopens_at_its_old_place(
    database: Database,
    hire: Callable[[str], int],
    opened: Callable[..., int],
    queue: str,
    now: datetime,
) -> None:
    rep, ticket = hire("Rep"), opened(rank=7.0)
    database.run(lambda db: work.take(db, ticket, rep, now))
    database.run(lambda db: changes.close(db, Change(ticket, 1, rep, now), "Fixed."))
    assert database.run(lambda db: work.next_for(db, [queue], rep, now)) is None
    assert not database.run(lambda db: work.take(db, ticket, rep, now)).won
    with pytest.raises(NotPossible, match="closed"):
        database.run(lambda db: changes.close(db, Change(ticket, 2, rep, now), "Again."))
    database.run(lambda db: changes.reopen(db, Change(ticket, 2, rep, now), "It leaks again."))
    assert database.run(lambda db: work.next_for(db, [queue], rep, now)) == ticket
    assert kinds(database, ticket) == ["taken", "closed", "reopened", "taken"]


def test_an_undone_close_is_in_hand_again(
    database: Database, hire: Callable[[str], int], opened: Callable[..., int], now: datetime
) -> None:
    rep, ticket = hire("Rep"), opened()
    database.run(lambda db: changes.close(db, Change(ticket, 1, rep, now), "Fixed."))
    database.run(lambda db: changes.reopen(db, Change(ticket, 2, rep, now), "Undone.", hold=True))
    stands = database.run(lambda db: work.standing(db, ticket))
    assert (stands.state, stands.owner) == ("held", rep)


def test_an_open_ticket_cannot_be_opened_again(
    database: Database, hire: Callable[[str], int], opened: Callable[..., int], now: datetime
) -> None:
    rep, ticket = hire("Rep"), opened()
    with pytest.raises(NotPossible, match="open"):
        database.run(lambda db: changes.reopen(db, Change(ticket, 1, rep, now), "why"))


def test_a_ticket_that_is_not_there_cannot_be_changed(
    database: Database, hire: Callable[[str], int], now: datetime
) -> None:
    rep = hire("Rep")
    with pytest.raises(TicketGone):
        database.run(lambda db: changes.note(db, Change(2**40, 1, rep, now), "words"))


def heard(connection: psycopg.Connection[Any], number: str) -> list[dict[str, Any]]:
    """List what the desks were told of one ticket."""
    notices = [json.loads(notice.payload) for notice in connection.notifies(timeout=1.0)]
    return [notice for notice in notices if notice["ticket"] == number]


def test_each_change_is_heard_once_it_is_committed_and_not_before(
    database: Database,
    database_url: str,
    hire: Callable[[str], int],
    opened: Callable[..., int],
    now: datetime,
) -> None:
    rep, ticket = hire("Rep"), opened()
    number = number_of(database, ticket)
    queue = database.run(lambda db: work.standing(db, ticket)).queue
    with psycopg.connect(database_url, autocommit=True) as listener:
        listener.execute("LISTEN desk")
        with pytest.raises(TicketChanged):
            database.run(lambda db: changes.note(db, Change(ticket, 9, rep, now), "lost"))
        database.run(lambda db: changes.note(db, Change(ticket, 1, rep, now), "kept secret"))
        to = To("public_works_streets", "streets")
        database.run(lambda db: changes.refer(db, Change(ticket, 2, rep, now), to, "theirs"))
        told = heard(listener, number)
    assert [notice["kind"] for notice in told] == ["note", "referred"]
    assert told[1]["queues"] == sorted([queue, "streets"])
    assert "kept secret" not in json.dumps(told)
