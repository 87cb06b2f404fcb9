"""Accounts: their numbers, finding them, moving in and out and elsewhere, what holds of them."""

from collections.abc import Generator
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as some
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from billing.accounts.finding import by_address, by_phone, find
from billing.accounts.invariants import INVARIANTS
from billing.accounts.meters import Change, NewMeter, install_meter, swap_meter
from billing.accounts.moving import (
    Wanted,
    close_account,
    current_agreements,
    join_resident,
    settle_account,
    start_service,
    transfer_service,
)
from billing.accounts.numbers import MANY, free_number, is_account_number, numbered
from billing.accounts.tables import MeterInstall, Premise
from billing.errors import BadAmount, Conflict, NotFound
from db.session import Database
from db.verify import broken
from people.residents import (
    NewResident,
    add_phone,
    add_resident,
    drop_phone,
    phones_of,
    residents_at,
)
from tests.unit.billing.places import TARIFFS, a_meter, a_place, a_premise, a_read, day, unique

PHONE = "+18015550142"


@pytest.fixture
def session(database: Database) -> Generator[Session]:
    """Give a transaction that is undone."""
    with database.engine.connect() as connection, Session(connection) as made:
        yield made


@given(some.integers(0, MANY - 1), some.integers(0, MANY - 1))
def test_every_place_has_a_number_of_its_own(one: int, other: int) -> None:
    assert is_account_number(numbered(one))
    assert (numbered(one) == numbered(other)) == (one == other)


@given(some.integers(0, MANY - 1), some.integers(0, 7), some.sampled_from("0123456789"))
def test_a_wrong_digit_makes_no_account_number(place: int, at: int, digit: str) -> None:
    number = numbered(place)
    wrong = number[:at] + digit + number[at + 1 :]
    assert is_account_number(wrong) == (wrong == number)


def test_numbers_are_not_in_order() -> None:
    numbers = [int(numbered(place)) for place in range(100)]
    assert numbers != sorted(numbers)
    assert min(abs(a - b) for a, b in pairwise(numbers)) > 10**6
    assert not is_account_number("1234567")
    assert not is_account_number("❶❷❸❹❺❻❼❽")


def test_an_account_is_found_by_number_phone_and_address(session: Session) -> None:
    place = a_place(session)
    account = place.account
    add_phone(session, account.resident_id, "(801) 555-0142")
    written = f"{account.number[:4]}-{account.number[4:]}"
    assert find(session, written).id == account.id
    assert account.id in [one.id for one in by_phone(session, "801-555-0142", most=1000)]
    address = session.get_one(Premise, account.premise_id).address
    assert [one.id for one in by_address(session, f" {address.upper()} ")] == [account.id]
    assert by_address(session, "  ") == []
    assert by_address(session, "%") == []
    assert by_phone(session, "no phone") == []


def test_an_unknown_number_says_whether_its_digits_are_wrong(session: Session) -> None:
    number = free_number(session)
    wrong = number[:-1] + ("1" if number[-1] == "0" else "0")
    with pytest.raises(NotFound, match="check digit"):
        find(session, wrong)
    with pytest.raises(NotFound) as caught:
        find(session, number)
    assert "check digit" not in str(caught.value)


def test_authorised_people_are_found_and_former_ones_are_not(session: Session) -> None:
    account = a_place(session).account
    mate = add_resident(session, NewResident(name="Resident 00002", phones=("801-555-0199",)))
    join_resident(session, account.id, mate.id, "authorised")
    assert account.id in [one.id for one in by_phone(session, "8015550199", most=1000)]
    join_resident(session, account.id, mate.id, "former")
    assert account.id not in [one.id for one in by_phone(session, "8015550199", most=1000)]
    with pytest.raises(BadAmount):
        join_resident(session, account.id, mate.id, "friend")


def test_a_residents_phones_are_kept_once(session: Session) -> None:
    resident = add_resident(session, NewResident(name="Resident 00003", language="es"))
    for _ in range(2):
        assert add_phone(session, resident.id, "801 555 0142") == PHONE
    assert phones_of(session, resident.id) == [PHONE]
    assert resident.id in [one.id for one in residents_at(session, PHONE)]
    assert drop_phone(session, resident.id, PHONE)
    assert not drop_phone(session, resident.id, PHONE)
    with pytest.raises(ValueError, match="ten digits"):
        add_phone(session, resident.id, "911")
    with pytest.raises(ValueError, match="name"):
        add_resident(session, NewResident(name=" "))


def test_moving_out_ends_the_agreements_and_asks_for_reads(session: Session) -> None:
    place = a_place(session)
    power = a_meter(session, place.points["power"], "2024-01-01")
    water = a_meter(session, place.points["water"], "2024-01-01")
    a_read(session, power, "2026-03-01", 700, kind="final")
    moved = close_account(session, place.account.id, day("2026-03-01"))
    assert [(asked.install_id, asked.on) for asked in moved.reads_asked] == [
        (water.id, day("2026-03-01"))
    ]
    assert moved.account.status == "final"
    assert current_agreements(session, place.account.id, day("2026-03-01")) == []
    assert len(current_agreements(session, place.account.id, day("2026-02-28"))) == 6
    with pytest.raises(Conflict):
        close_account(session, place.account.id, day("2026-03-02"))
    assert settle_account(session, place.account.id).status == "closed"
    with pytest.raises(Conflict):
        settle_account(session, place.account.id)


def test_nobody_moves_out_before_moving_in(session: Session) -> None:
    place = a_place(session, "2026-02-01")
    with pytest.raises(BadAmount):
        close_account(session, place.account.id, day("2026-01-31"))


def test_the_next_one_moves_in_where_the_last_moved_out(session: Session) -> None:
    place = a_place(session)
    other = a_place(session, "2026-03-01").account
    other.premise_id = place.account.premise_id
    wanted = Wanted(service_point_id=place.points["power"], tariff="power-1")
    with pytest.raises(Conflict):
        start_service(session, other, wanted, day("2026-03-01"))
    close_account(session, place.account.id, day("2026-03-01"))
    assert start_service(session, other, wanted, day("2026-03-01")).service == "power"


def test_service_moves_with_its_tariffs_and_says_what_is_not_there(session: Session) -> None:
    place = a_place(session)
    premise, points = a_premise(session, "power", "water", "wastewater")
    moved = transfer_service(session, place.account.id, premise, day("2026-03-01"))
    assert moved.not_there == ("sanitation", "storm", "transportation")
    there = current_agreements(session, place.account.id, day("2026-03-01"))
    assert {one.service_point_id for one in there} == set(points.values())
    assert {one.tariff for one in there} == {TARIFFS[name] for name in points}
    assert moved.account.premise_id == premise
    assert moved.account.version == 2
    with pytest.raises(BadAmount):
        transfer_service(session, place.account.id, premise, day("2026-03-01"))


def test_service_starts_only_where_the_account_is(session: Session) -> None:
    place, other = a_place(session), a_place(session)
    wanted = Wanted(service_point_id=other.points["power"], tariff="power-2")
    with pytest.raises(BadAmount):
        start_service(session, place.account, wanted, day("2026-03-01"))


def test_one_meter_is_in_one_place(session: Session) -> None:
    points = a_premise(session)[1]
    other = a_premise(session)[1]
    a_meter(session, points["power"], "2026-01-01")
    change = Change(on=day("2026-02-01"), value=0, source="crew")
    with pytest.raises(Conflict):
        install_meter(session, points["power"], NewMeter(serial=unique("M")), change)
    serial = unique("M")
    install_meter(session, other["power"], NewMeter(serial=serial), change)
    with pytest.raises(Conflict):
        install_meter(session, a_premise(session)[1]["power"], NewMeter(serial=serial), change)
    with pytest.raises(BadAmount):
        install_meter(session, other["water"], NewMeter(serial=serial), change)


def test_the_database_itself_refuses_two_meters_in_one_place(session: Session) -> None:
    points = a_premise(session)[1]
    first = a_meter(session, points["power"], "2026-01-01")
    session.add(
        MeterInstall(
            service_point_id=points["power"],
            meter_id=first.meter_id,
            installed_on=day("2026-05-01"),
        )
    )
    with pytest.raises(IntegrityError, match="meter_installs"):
        session.flush()


def test_a_lived_in_place_breaks_no_invariant(session: Session) -> None:
    place = a_place(session)
    meter = a_meter(session, place.points["power"], "2026-01-01", 99_000)
    a_read(session, meter, "2026-02-01", 99_600)
    a_read(session, meter, "2026-03-01", 200)
    out = Change(on=day("2026-03-05"), value=260, source="crew")
    swap_meter(session, place.points["power"], out, NewMeter(serial=unique("M")), 0)
    close_account(session, place.account.id, day("2026-03-06"))
    mine = [each for each in INVARIANTS if "check digit" not in each.name]
    assert [each.name for each in mine if broken(session, each)] == []


def test_each_break_is_found(session: Session) -> None:
    place = a_place(session)
    meter = a_meter(session, place.points["power"], "2026-01-01", 500)
    write = "INSERT INTO reads (install_id, register, read_on, value, kind, finding, source)"
    values = "VALUES (:install, 'use', '2026-02-01', :value, 'actual', 'ok', 'test')"
    session.execute(text(f"{write} {values}"), {"install": meter.id, "value": 400})
    session.execute(text(f"{write} {values}"), {"install": meter.id, "value": 10**6})
    number = place.account.number
    wrong = number[:-1] + str((int(number[-1]) + 1) % 10)
    change = "UPDATE accounts SET number = :number, closed_on = '2026-01-01' WHERE id = :id"
    session.execute(text(change), {"number": wrong, "id": place.account.id})
    names = [each.name for each in INVARIANTS if broken(session, each)]
    assert names == [INVARIANTS[0].name, INVARIANTS[1].name, INVARIANTS[4].name, INVARIANTS[5].name]
