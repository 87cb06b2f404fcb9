"""Taking tickets: one owner ever, the next one to each who asks."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest
from sqlalchemy import text

from db.session import Database
from tickets import work
from tickets.errors import NotPossible, TicketGone
from tickets.work import Taken

RACERS = 200
CONTESTED = 10


def test_of_two_hundred_racers_one_has_the_ticket_and_all_know_who(
    database: Database, hire: Callable[[str], int], opened: Callable[..., int], now: datetime
) -> None:
    reps = [hire(f"Rep {n}") for n in range(20)]
    tickets = [opened() for _ in range(CONTESTED)]
    tries = [(ticket, reps[n % 20]) for n in range(RACERS) for ticket in tickets]

    def race(ticket: int, rep: int) -> tuple[int, int, Taken]:
        return ticket, rep, database.run(lambda db: work.take(db, ticket, rep, now))

    with ThreadPoolExecutor(16) as pool:
        ended = list(pool.map(race, *zip(*tries, strict=True)))
    owners = {ticket: {taken.owner for at, _, taken in ended if at == ticket} for ticket in tickets}
    assert all(len(found) == 1 for found in owners.values())
    assert all(taken.won == (taken.owner == rep) for _, rep, taken in ended)
    assert all(taken.owner_name.startswith("Rep ") for _, _, taken in ended)
    took = text("SELECT count(*) FROM ticket_events WHERE ticket_id = ANY(:t) AND kind = 'taken'")
    assert database.run(lambda db: db.execute(took, {"t": tickets}).scalar()) == CONTESTED


def test_everybody_who_asks_for_the_next_one_gets_another(
    database: Database,
    hire: Callable[[str], int],
    opened: Callable[..., int],
    queue: str,
    now: datetime,
) -> None:
    reps = [hire(f"Rep {n}") for n in range(16)]
    tickets = [opened(rank=float(n)) for n in range(120)]

    def drain(rep: int) -> list[int]:
        got: list[int] = []
        while (found := database.run(lambda db: work.next_for(db, [queue], rep, now))) is not None:
            got.append(found)
        return got

    with ThreadPoolExecutor(16) as pool:
        taken = Counter(ticket for got in pool.map(drain, reps) for ticket in got)
    assert taken == Counter(tickets)


def test_the_next_one_is_the_lowest_of_all_the_queues(
    database: Database,
    hire: Callable[[str], int],
    opened: Callable[..., int],
    queue: str,
    now: datetime,
) -> None:
    rep, other = hire("Rep"), f"{queue}-other"
    opened(rank=30.0)
    second, first = opened(rank=20.0, where=other), opened(rank=10.0)
    opened(rank=1.0, where=f"{queue}-not-mine")
    both = [queue, other]
    assert database.run(lambda db: work.next_for(db, both, rep, now)) == first
    assert database.run(lambda db: work.next_for(db, both, rep, now)) == second


def test_among_equals_the_one_opened_first_is_next(
    database: Database,
    hire: Callable[[str], int],
    opened: Callable[..., int],
    queue: str,
    now: datetime,
) -> None:
    rep, first, second = hire("Rep"), opened(), opened()
    got = [database.run(lambda db: work.next_for(db, [queue], rep, now)) for _ in range(3)]
    assert got == [first, second, None]


def test_what_was_given_back_waits_at_its_old_place(
    database: Database,
    hire: Callable[[str], int],
    opened: Callable[..., int],
    queue: str,
    now: datetime,
) -> None:
    rep, first = hire("Rep"), opened(rank=1.0)
    opened(rank=2.0)
    database.run(lambda db: work.take(db, first, rep, now))
    database.run(lambda db: work.give_back(db, first, rep, now))
    assert database.run(lambda db: work.next_for(db, [queue], rep, now)) == first


def test_only_its_owner_gives_a_ticket_back(
    database: Database, hire: Callable[[str], int], opened: Callable[..., int], now: datetime
) -> None:
    owner, other, ticket = hire("Owner"), hire("Other"), opened()
    with pytest.raises(NotPossible, match="not held"):
        database.run(lambda db: work.give_back(db, ticket, other, now))
    database.run(lambda db: work.take(db, ticket, owner, now))
    with pytest.raises(NotPossible) as refused:
        database.run(lambda db: work.give_back(db, ticket, other, now))
    assert (refused.value.why, refused.value.who) == ("held by another", "Owner")
    assert database.run(lambda db: work.standing(db, ticket)).owner == owner


def test_a_ticket_that_is_not_there_cannot_be_taken(
    database: Database, hire: Callable[[str], int], now: datetime
) -> None:
    rep = hire("Rep")
    with pytest.raises(TicketGone):
        database.run(lambda db: work.take(db, 2**40, rep, now))
