"""Use over swaps, roll-overs, late reads, estimates and multipliers, with rows that explain it."""

from collections.abc import Generator
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as some
from sqlalchemy.orm import Session

from billing.accounts.history import Installed, Seen, history
from billing.accounts.meters import Change, NewMeter, remove_meter, swap_meter
from billing.accounts.reads import accept, estimate_read, standing_reads
from billing.accounts.usage import usage, usage_of_each, winter_average
from billing.errors import BadAmount, Conflict, NotAllowed, NotFound
from billing.rates.shapes import Span
from db.session import Database
from tests.unit.billing.places import a_meter, a_place, a_premise, a_read, day, unique

BEGIN = date(2020, 1, 1)


@pytest.fixture
def session(database: Database) -> Generator[Session]:
    """Give a transaction that is undone."""
    with database.engine.connect() as connection, Session(connection) as made:
        yield made


@pytest.fixture
def point(session: Session) -> int:
    """Give a power point without a meter."""
    return a_premise(session, "power", "water", "wastewater")[1]["power"]


def over(first: str, last: str) -> Span:
    """Give a span."""
    return Span(day(first), day(last))


def test_use_is_the_difference_of_two_reads(session: Session, point: int) -> None:
    meter = a_meter(session, point, "2026-01-01", 100)
    a_read(session, meter, "2026-02-01", 700)
    found = usage(session, point, over("2026-01-01", "2026-02-01"))
    assert (found.service, found.unit, found.units, found.days) == ("power", "kWh", 600, 31)
    assert not found.estimated
    assert [row["value"] for row in found.basis if row["what"] == "read"] == [100, 700]


def test_a_multiplier_counts_every_step(session: Session, point: int) -> None:
    meter = a_meter(session, point, "2026-01-01", 0, multiplier=40)
    a_read(session, meter, "2026-02-01", 50)
    found = usage(session, point, over("2026-01-01", "2026-02-01"))
    assert found.units == 2000
    assert {"times": 40, "what": "multiplier"}.items() <= found.basis[-1].items()


def test_a_dial_goes_round(session: Session, point: int) -> None:
    meter = a_meter(session, point, "2026-01-01", 99_000)
    a_read(session, meter, "2026-02-01", 99_600)
    rolled = a_read(session, meter, "2026-03-01", 100)
    assert rolled.finding == "rolled over"
    assert usage(session, point, over("2026-02-01", "2026-03-01")).units == 500
    assert usage(session, point, over("2026-01-01", "2026-03-01")).units == 1100


def test_a_swap_keeps_the_use_of_both_meters(session: Session, point: int) -> None:
    old = a_meter(session, point, "2026-01-01", 500)
    a_read(session, old, "2026-02-01", 900)
    out = Change(on=day("2026-02-15"), value=1100, source="crew")
    new = swap_meter(session, point, out, NewMeter(serial=unique("M"), digits=6, multiplier=10), 7)
    a_read(session, new, "2026-03-01", 27)
    found = usage(session, point, over("2026-02-01", "2026-03-01"))
    assert found.units == 200 + 200
    kinds = [row["what"] for row in found.basis]
    assert "meter removed" in kinds
    assert "meter set" in kinds


def test_a_read_entered_late_takes_its_place_by_its_day(session: Session, point: int) -> None:
    meter = a_meter(session, point, "2026-01-01", 0)
    a_read(session, meter, "2026-03-01", 1000)
    late = a_read(session, meter, "2026-02-01", 600)
    assert late.finding == "ok"
    assert usage(session, point, over("2026-01-01", "2026-02-01")).units == 600
    assert usage(session, point, over("2026-02-01", "2026-03-01")).units == 400


def test_a_late_read_above_a_later_one_is_backward_and_counts_for_nothing(
    session: Session, point: int
) -> None:
    meter = a_meter(session, point, "2026-01-01", 0)
    a_read(session, meter, "2026-03-01", 1000)
    assert a_read(session, meter, "2026-02-01", 1600).finding == "backward"
    assert usage(session, point, over("2026-01-01", "2026-03-01")).units == 1000


def test_a_backward_read_waits_until_somebody_has_looked(session: Session, point: int) -> None:
    meter = a_meter(session, point, "2026-01-01", 5000)
    a_read(session, meter, "2026-02-01", 5600)
    wrong = a_read(session, meter, "2026-03-01", 4000)
    assert wrong.finding == "backward"
    assert usage(session, point, over("2026-02-01", "2026-03-01")).estimated
    right = a_read(session, meter, "2026-03-01", 6100, replaces=wrong.id)
    assert right.finding == "ok"
    found = usage(session, point, over("2026-02-01", "2026-03-01"))
    assert (found.units, found.estimated) == (500, False)
    with pytest.raises(Conflict):
        a_read(session, meter, "2026-03-01", 6200, replaces=wrong.id)


def test_somebody_who_looked_may_say_that_a_dial_went_round(session: Session, point: int) -> None:
    meter = a_meter(session, point, "2026-01-01", 50_000)
    a_read(session, meter, "2026-02-01", 50_600)
    odd = a_read(session, meter, "2026-03-01", 600)
    assert odd.finding == "backward"
    assert accept(session, odd.id, "rep", rolled_over=True).finding == "rolled over"
    assert usage(session, point, over("2026-02-01", "2026-03-01")).units == 50_000


def test_nothing_is_accepted_that_is_not_odd(session: Session, point: int) -> None:
    meter = a_meter(session, point, "2026-01-01")
    with pytest.raises(NotAllowed):
        accept(session, a_read(session, meter, "2026-02-01", 500).id, "rep")


def test_an_estimate_goes_by_the_same_days_of_last_year(session: Session, point: int) -> None:
    meter = a_meter(session, point, "2025-01-01", 0)
    for on, value in (("2025-02-01", 930), ("2025-12-01", 4000), ("2026-01-01", 4310)):
        a_read(session, meter, on, value)
    read = estimate_read(session, meter.id, day("2026-02-01"), "billing run")
    assert (read.value, read.kind) == (4310 + 930, "estimated")
    assert "same days of last year, 31 days" in read.source
    found = usage(session, point, over("2026-01-01", "2026-02-01"))
    assert (found.units, found.estimated) == (930, True)


def test_without_a_last_year_an_estimate_goes_by_the_last_span(
    session: Session, point: int
) -> None:
    meter = a_meter(session, point, "2026-01-01", 0)
    a_read(session, meter, "2026-01-31", 300)
    found = usage(session, point, over("2026-01-31", "2026-03-02"))
    assert (found.units, found.estimated) == (300, True)
    assert found.basis[-1]["method"] == "daily use of the last span"


def test_what_was_estimated_too_high_is_not_billed_twice(session: Session, point: int) -> None:
    meter = a_meter(session, point, "2026-01-01", 0)
    a_read(session, meter, "2026-02-01", 310)
    estimate_read(session, meter.id, day("2026-03-01"), "billing run")  # 590
    assert a_read(session, meter, "2026-04-01", 400).finding == "ok"
    a_read(session, meter, "2026-05-01", 700)
    spans = [("2026-01-01", "2026-02-01"), ("2026-02-01", "2026-03-01")]
    spans += [("2026-03-01", "2026-04-01"), ("2026-04-01", "2026-05-01")]
    units = [usage(session, point, over(*span)).units for span in spans]
    assert units == [310, 280, 0, 110]
    assert sum(units) == 700


def test_without_a_past_nothing_is_estimated(session: Session, point: int) -> None:
    meter = a_meter(session, point, "2026-01-01", 0)
    with pytest.raises(BadAmount):
        usage(session, point, over("2026-01-01", "2026-02-01"))
    with pytest.raises(BadAmount):
        estimate_read(session, meter.id, day("2026-02-01"), "billing run")


def test_a_place_without_a_meter_says_so(session: Session, point: int) -> None:
    with pytest.raises(NotFound):
        usage(session, point, over("2026-01-01", "2026-02-01"))
    with pytest.raises(NotFound):
        usage(session, 10**15, over("2026-01-01", "2026-02-01"))


def test_nothing_is_used_where_no_meter_is(session: Session, point: int) -> None:
    a_meter(session, point, "2026-01-01", 0)
    remove_meter(session, point, Change(on=day("2026-02-01"), value=100, source="crew"))
    assert usage(session, point, over("2026-01-01", "2026-04-01")).units == 100
    assert usage(session, point, over("2026-02-01", "2026-04-01")).units == 0


def test_demand_is_the_highest_of_the_span(session: Session, point: int) -> None:
    meter = a_meter(session, point, "2026-01-01", 0, multiplier=10)
    a_read(session, meter, "2026-02-01", 60)
    for on, value in (("2026-01-01", 99), ("2026-01-20", 12), ("2026-02-01", 9)):
        a_read(session, meter, on, value, register="demand")
    found = usage(session, point, over("2026-01-01", "2026-02-01"))
    assert (found.units, found.demand) == (600, 120)


def test_wastewater_goes_by_the_water_meter_of_its_premise(session: Session) -> None:
    place = a_place(session)
    meter = a_meter(session, place.points["water"], "2024-11-01", 0, digits=6, multiplier=100)
    months = ("2024-12-01", "2025-01-01", "2025-02-01", "2025-03-01")
    for number, on in enumerate(months):
        a_read(session, meter, on, 100 + number * 55)
    found = usage(session, place.points["wastewater"], over("2024-12-01", "2025-01-01"))
    assert (found.service, found.unit, found.units) == ("wastewater", "gal", 5500)
    assert winter_average(session, place.points["wastewater"], day("2025-07-01")) == Decimal("5.5")


def test_a_winter_that_was_not_served_has_no_average(session: Session) -> None:
    place = a_place(session)
    meter = a_meter(session, place.points["water"], "2025-01-10", 0)
    a_read(session, meter, "2025-03-01", 9)
    assert winter_average(session, place.points["water"], day("2025-07-01")) is None


def test_many_points_are_answered_at_once_as_one_by_one(session: Session) -> None:
    spans: dict[int, Span] = {}
    for number in range(5):
        points = a_premise(session, "power")[1]
        meter = a_meter(session, points["power"], "2026-01-01", number)
        a_read(session, meter, "2026-02-01", number + 100 * number)
        spans[points["power"]] = over("2026-01-01", "2026-02-01")
    together = usage_of_each(session, spans)
    assert [found.units for found in together.values()] == [0, 100, 200, 300, 400]
    assert together == {point: usage(session, point, span) for point, span in spans.items()}


def test_a_read_sent_twice_is_kept_once(session: Session, point: int) -> None:
    meter = a_meter(session, point, "2026-01-01", 0)
    first = a_read(session, meter, "2026-02-01", 500)
    assert a_read(session, meter, "2026-02-01", 500).id == first.id
    assert len(standing_reads(session, meter.id)) == 2


@pytest.mark.parametrize(
    ("on", "value"),
    [("2025-12-31", 5), ("2026-02-01", 100_000), ("2026-02-01", -1), ("2999-01-01", 5)],
)
def test_a_read_that_cannot_be_is_refused(
    session: Session, point: int, on: str, value: int
) -> None:
    meter = a_meter(session, point, "2026-01-01", 0)
    with pytest.raises(BadAmount):
        a_read(session, meter, on, value)


SERIES = some.lists(
    some.tuples(some.integers(1, 40), some.integers(0, 4000)), min_size=2, max_size=30
)


@given(steps=SERIES, start=some.integers(0, 9999), cuts=some.lists(some.integers(0, 1200)))
def test_spans_that_meet_add_up_whatever_the_dial_did(
    steps: list[tuple[int, int]], start: int, cuts: list[int]
) -> None:
    reads, on, told = [Seen(0, BEGIN, start, "start", "ok")], BEGIN, start
    for number, (days, moved) in enumerate(steps, 1):
        on, told = on + timedelta(days), told + moved
        went_round = told // 10_000 > (told - moved) // 10_000
        finding = "rolled over" if went_round else "ok"
        reads.append(Seen(number, on, told % 10_000, "actual", finding))
    past = history([Installed(1, "M", 4, 3, BEGIN, None, tuple(reads))])
    days = sorted(
        {BEGIN, on, *(BEGIN + timedelta(cut) for cut in cuts if cut <= (on - BEGIN).days)}
    )
    levels = [past.level(one).units for one in days]
    assert levels == sorted(levels)
    assert levels[-1] - levels[0] == 3 * sum(moved for _, moved in steps)
