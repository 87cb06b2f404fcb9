"""Holds, and who may be disconnected: ten thousand histories against a plain oracle."""

import random
from collections.abc import Generator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import insert, text
from sqlalchemy.orm import Session

from billing.accounts.holds import (
    NewHold,
    may_disconnect,
    may_disconnect_each,
    protections,
    release_hold,
    set_hold,
)
from billing.accounts.numbers import numbered
from billing.accounts.rules import KINDS, read_protections
from billing.accounts.tables import Account, Hold
from billing.errors import BadAmount, Conflict, NotFound
from db.session import Database
from tests.unit.billing.places import a_place, day

HISTORIES = 10_000
DAYS = [
    date(2026, 1, 10), date(2026, 3, 15), date(2026, 3, 16), date(2026, 7, 1),
    date(2026, 11, 14), date(2026, 11, 15), date(2026, 12, 31),
]  # fmt: skip
PROTECT = frozenset(
    {"medical", "moratorium", "arrangement", "pledge", "dispute", "no disconnect", "bankruptcy"}
)


@pytest.fixture
def session(database: Database) -> Generator[Session]:
    """Give a transaction that is undone."""
    with database.engine.connect() as connection, Session(connection) as made:
        yield made


@dataclass(frozen=True)
class Drawn:
    """A hold as the test knows it."""

    kind: str
    first: date
    last: date | None
    released: date | None

    def protects(self, on: date) -> bool:
        """Say by plain comparison whether it counts on a day."""
        ended = self.last is not None and self.last < on
        gone = self.released is not None and self.released <= on
        return self.first <= on and not ended and not gone


def a_hold(draw: random.Random) -> Drawn:
    """Make up a hold around the days that are asked for."""
    first = draw.choice(DAYS) + timedelta(draw.randint(-60, 3))
    last = first + timedelta(draw.randint(0, 90)) if draw.random() < 0.7 else None
    released = first + timedelta(draw.randint(0, 60)) if draw.random() < 0.3 else None
    return Drawn(draw.choice(sorted(KINDS)), first, last, released)


def oracle(kind: str, holds: list[Drawn], on: date, *, arranged: bool) -> set[str]:
    """Say what speaks against cutting service off, in the plainest words."""
    against = {hold.kind for hold in holds if hold.protects(on)} & PROTECT
    winter = (on.month, on.day) >= (11, 15) or (on.month, on.day) < (3, 16)
    if winter and kind == "residential":
        against.add("winter")
    return against | ({"arrangement"} if arranged else set())


def noon(on: date) -> datetime:
    """Give noon in the city, for any day: 19 hours UTC, winter and summer alike within the day."""
    return datetime(on.year, on.month, on.day, 19, tzinfo=UTC)


def write(session: Session, drawn: list[tuple[str, list[Drawn]]]) -> list[int]:
    """Write the accounts and their holds; gives the accounts' ids in order."""
    like = a_place(session).account
    rows = [
        {
            "number": numbered(5_000_000 + place), "kind": kind, "resident_id": like.resident_id,
            "premise_id": like.premise_id, "status": "active", "owner_group": "",
            "paperless": False, "opened_on": date(2020, 1, 1), "version": 1,
        }
        for place, (kind, _) in enumerate(drawn)
    ]  # fmt: skip
    made = session.scalars(
        insert(Account).returning(Account.id, sort_by_parameter_order=True), rows
    )
    accounts = list(made)
    holds = [
        {
            "account_id": account, "kind": hold.kind, "starts_on": hold.first,
            "ends_on": hold.last, "reason": "drawn", "set_by": "test",
            "released_by": "test" if hold.released else None,
            "released_at": noon(hold.released) if hold.released else None,
        }
        for account, (_, held) in zip(accounts, drawn, strict=True)
        for hold in held
    ]  # fmt: skip
    session.execute(insert(Hold), holds)
    return accounts


def test_nobody_protected_is_disconnected_in_ten_thousand_histories(session: Session) -> None:
    draw = random.Random(16)
    drawn = [
        (
            draw.choice(("residential", "commercial")),
            [a_hold(draw) for _ in range(draw.choice((0, 0, 1, 1, 2, 4)))],
        )
        for _ in range(HISTORIES)
    ]
    accounts = write(session, drawn)
    arranged = {account for account in accounts if draw.random() < 0.1}
    arrange(session, arranged)
    allowed = 0
    for on in DAYS:
        found = may_disconnect_each(session, accounts, on)
        for account, (kind, holds) in zip(accounts, drawn, strict=True):
            against = oracle(kind, holds, on, arranged=account in arranged)
            assert set(found[account].reasons) == against
            assert found[account].allowed == (not against)
            allowed += found[account].allowed
    # Not by refusing everybody, nor by letting everybody through.
    assert HISTORIES < allowed < HISTORIES * len(DAYS) * 3 // 4


def arrange(session: Session, accounts: set[int]) -> None:
    """Write an arrangement that is kept, whatever else its table asks for."""
    columns = session.execute(
        text("""
        SELECT column_name, data_type FROM information_schema.columns
        WHERE table_name = 'arrangements' AND is_nullable = 'NO' AND column_default IS NULL
        AND is_identity = 'NO' AND column_name NOT IN ('account_id', 'state')""")
    )
    stand_in = {"bigint": 100, "date": date(2026, 1, 1), "text": "test", "jsonb": "{}"}
    given = {name: stand_in[kind] for name, kind in columns}
    names = "".join(f", {name}" for name in given)
    values = "".join(f", :{name}" for name in given)
    session.execute(
        text(f"INSERT INTO arrangements (account_id, state{names})"
             f" SELECT unnest(CAST(:accounts AS bigint[])), 'current'{values}"),
        {"accounts": sorted(accounts), **given},
    )  # fmt: skip


def test_the_citys_winter_can_be_switched_off(session: Session) -> None:
    account = a_place(session).account.id
    assert may_disconnect(session, account, day("2026-12-24")).reasons == ("winter",)
    off = replace(read_protections(), winter=None)
    assert may_disconnect_each(session, (account,), day("2026-12-24"), off)[account].allowed
    shop = a_place(session, kind="commercial").account.id
    assert may_disconnect(session, shop, day("2026-12-24")).allowed


def test_a_hold_counts_through_its_last_day(session: Session) -> None:
    account = a_place(session).account.id
    new = NewHold(
        account_id=account,
        kind="medical",
        starts_on=day("2026-06-01"),
        ends_on=day("2026-06-30"),
        reason="letter of a doctor",
        set_by="rep",
    )
    hold = set_hold(session, new)
    assert protections(session, account, day("2026-06-30")) == (hold,)
    assert protections(session, account, day("2026-07-01")) == ()
    assert may_disconnect(session, account, day("2026-06-30")).reasons == ("medical",)
    assert may_disconnect(session, account, day("2026-07-01")).allowed


def test_a_late_fee_hold_is_listed_and_does_not_keep_service_on(session: Session) -> None:
    account = a_place(session).account.id
    first = day("2026-06-01")
    new = NewHold(
        account_id=account, kind="no late fee", starts_on=first, ends_on=None,
        reason="deployed", set_by="rep",
    )  # fmt: skip
    set_hold(session, new)
    assert [hold.kind for hold in protections(session, account, first)] == ["no late fee"]
    assert may_disconnect(session, account, first).allowed


def test_a_hold_is_released_once(session: Session) -> None:
    account = a_place(session).account.id
    new = NewHold(
        account_id=account, kind="dispute", starts_on=day("2026-06-01"), ends_on=None,
        reason="bill in question", set_by="rep",
    )  # fmt: skip
    hold = set_hold(session, new)
    assert release_hold(session, hold.id, "supervisor").released_by == "supervisor"
    assert protections(session, account, day("2999-01-01")) == ()
    with pytest.raises(Conflict):
        release_hold(session, hold.id, "rep")
    with pytest.raises(NotFound):
        release_hold(session, 10**15, "rep")


@pytest.mark.parametrize(
    ("kind", "last", "reason"),
    [("charm", None, "why"), ("medical", None, " "), ("medical", "2026-05-31", "why")],
)
def test_a_hold_that_makes_no_sense_is_refused(
    session: Session, kind: str, last: str | None, reason: str
) -> None:
    new = NewHold(
        account_id=a_place(session).account.id, kind=kind, starts_on=day("2026-06-01"),
        ends_on=day(last) if last else None, reason=reason, set_by="rep",
    )  # fmt: skip
    with pytest.raises(BadAmount):
        set_hold(session, new)


def test_an_unknown_account_is_never_disconnected(session: Session) -> None:
    with pytest.raises(NotFound):
        may_disconnect(session, 10**15, day("2026-06-01"))
