"""A made-up city: the same for everybody, topped up and never doubled, with cases that tell."""

from collections.abc import Callable, Generator
from datetime import date

import pytest
from sqlalchemy import func, select, text

from billing.accounts.finding import by_phone
from billing.accounts.holds import may_disconnect, protections
from billing.accounts.numbers import numbered
from billing.accounts.tables import Account, MeterInstall, Read
from billing.accounts.usage import usage_of_each
from billing.importing.book import Book
from billing.importing.checks import misfits, sums
from billing.ledger.balances import deposits, owed
from billing.ledger.chart import load_chart
from billing.ledger.clock import today
from billing.rates.engine import rate
from billing.rates.reader import read_tariffs
from billing.rates.shapes import Span
from billing.verifying import verdicts
from cli.seed_book import CASES, MONTHS, PLACES, address, household, write
from cli.seed_city import SMALL, seed_accounts, seed_small
from db.session import Database
from people.tables import Resident, ResidentPhone
from tests.services import Servers, on_database

TODAY = date(2026, 11, 23)
MORE = 150
PLACE_OF = {case: place for place, case in CASES.items()}
TARIFFS = read_tariffs()


@pytest.fixture(scope="module")
def city(servers: Servers, new_database: Callable[[str], str]) -> Generator[Database]:
    """Give a database of its own with the small city in it."""
    name = new_database("seeded")
    made = Database(on_database(servers.database_url, name), statement_ms=60_000, pool=2)
    made.run(load_chart)
    assert seed_small(made, lambda _done, _total: None) == SMALL
    yield made
    made.close()


def case(city: Database, name: str) -> Account:
    """Give the account of a telling case."""
    asked = select(Account).where(Account.number == numbered(PLACE_OF[name]))
    return city.run(lambda session: session.scalars(asked).one())


def test_the_rows_of_a_thousand_households_fit_one_another() -> None:
    book = Book()
    for place in range(1000):
        write(book, place, TODAY)
    totals = [(file, service, *told) for (file, service), told in sums(book).items()]
    assert misfits(book, totals, TARIFFS) == []
    assert len(book.agreements) == 6000
    assert {row.line for row in book.reads} == {0}


def test_a_household_is_the_same_for_everybody() -> None:
    books = [Book(), Book()]
    for book in books:
        write(book, 77, TODAY)
    assert books[0] == books[1]


def test_every_place_has_an_address_of_its_own_on_the_grid() -> None:
    places = [address(place) for place in range(PLACES)]
    assert len(set(places)) == PLACES
    assert address(0).split()[1] in {"North", "South", "East", "West"}


def test_reads_are_never_of_days_to_come() -> None:
    for day in (date(2026, 1, 1), date(2026, 2, 28), date(2026, 11, 20), date(2026, 12, 31)):
        homes = [household(place, day) for place in range(40)]
        assert all(home.reads_on[-1] < day for home in homes)
        assert all(len(home.reads_on) == MONTHS + 1 for home in homes if not home.case)


def test_a_second_seeding_tops_up_and_doubles_nothing(city: Database) -> None:
    assert seed_small(city, lambda _done, _total: None) == 0
    assert seed_accounts(city, MORE, lambda _done, _total: None) == MORE - SMALL
    counted = city.run(lambda session: session.scalar(select(func.count(Account.id))))
    assert counted == MORE


def test_phones_are_only_those_set_aside_and_one_resident_has_each(city: Database) -> None:
    phones = city.run(lambda session: list(session.scalars(select(ResidentPhone.phone))))
    assert all("+18015550101" <= phone <= "+18015550198" for phone in phones)
    assert len(set(phones)) == len(phones)
    found = city.run(lambda session: by_phone(session, "801-555-0101"))
    assert [account.number for account in found] == [numbered(0)]


def test_nothing_of_the_city_breaks_an_invariant(city: Database) -> None:
    found = city.run(lambda session: list(verdicts(session)))
    assert [each for each in found if each.breaks] == []


def test_the_telling_cases_tell(city: Database) -> None:
    day = city.run(today)

    def owing(name: str) -> int:
        return city.run(lambda session: owed(session, case(city, name).id).total)

    assert owing("past due") > 0
    assert owing("paid up") == 0
    assert owing("credit") == -4210
    assert city.run(lambda session: deposits(session, case(city, "deposit").id)) == 20_000
    assert case(city, "moved out").status == "final"
    assert case(city, "owner group").owner_group == "Landlord 1"
    held = city.run(lambda session: protections(session, case(city, "medical hold").id, day))
    assert [hold.kind for hold in held] == ["medical"]
    assert not city.run(
        lambda session: may_disconnect(session, case(city, "medical hold").id, day)
    ).allowed
    speaker = case(city, "Spanish speaker").resident_id
    assert city.run(lambda session: session.get_one(Resident, speaker)).language == "es"


@pytest.mark.parametrize(
    ("name", "finding"), [("high bill", "high"), ("rolled over", "rolled over"), ("vacant", "zero")]
)
def test_the_reads_of_a_case_say_so(city: Database, name: str, finding: str) -> None:
    rows = text("""SELECT DISTINCT r.finding FROM reads r
        JOIN meter_installs i ON i.id = r.install_id
        JOIN service_points p ON p.id = i.service_point_id WHERE p.premise_id = :premise""")
    premise = case(city, name).premise_id
    assert finding in city.run(lambda session: list(session.scalars(rows, {"premise": premise})))


def test_every_service_of_every_account_can_be_rated(city: Database) -> None:
    rows = text("""SELECT g.*, p.cycle FROM agreements g JOIN accounts a ON a.id = g.account_id
        JOIN premises p ON p.id = a.premise_id WHERE g.ends_on IS NULL""")
    taken = city.run(lambda session: session.execute(rows).all())
    last = text("""SELECT i.service_point_id,
        array_agg(DISTINCT r.read_on ORDER BY r.read_on) AS days
        FROM reads r JOIN meter_installs i ON i.id = r.install_id GROUP BY 1""")
    read = {row.service_point_id: row.days for row in city.run(lambda s: s.execute(last).all())}
    spans = {
        row.service_point_id: Span(*read[row.service_point_id][-2:])
        for row in taken
        if row.service in {"power", "water"}
    }
    used = city.run(lambda session: usage_of_each(session, spans))
    assert len(used) == 2 * (len(taken) // 6)
    month = Span(date(2026, 10, 1), date(2026, 11, 1))
    for row in taken:
        usage = used.get(row.service_point_id)
        if row.tariff == "wastewater-metered":
            continue  # by the water meter's use, as the billing run asks for it
        span = spans.get(row.service_point_id, month)
        lines = rate(TARIFFS.get(row.tariff), usage, span, row.quantity, row.details)
        assert sum(line.cents for line in lines) > 0


def test_a_city_is_read_and_metered(city: Database) -> None:
    installs = city.run(lambda session: session.scalar(select(func.count(MeterInstall.id))))
    reads = city.run(lambda session: session.scalar(select(func.count(Read.id))))
    assert installs is not None
    assert installs >= 2 * SMALL
    assert reads is not None
    assert reads > installs * 10
