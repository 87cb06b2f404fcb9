"""An import: every bad row named, all of it or nothing, and live only where old and new agree."""

import csv
import io
import shutil
from collections.abc import Callable, Generator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from billing import exporting
from billing.accounts.finding import find
from billing.accounts.holds import protections
from billing.accounts.invariants import INVARIANTS
from billing.accounts.usage import usage
from billing.errors import AnotherBody, NotFound
from billing.importing.bringing import (
    BadImport,
    Checked,
    Disagree,
    check_folder,
    find_import,
    go_live,
    load_checked,
    refuse,
    told,
)
from billing.importing.opening import Cutover
from billing.ledger.balances import deposits, owed
from billing.rates.reader import read_tariffs
from billing.rates.shapes import Span
from db.session import Database
from db.verify import broken
from tests.unit.billing.places import unique

SAMPLE = Path(__file__).parents[3] / "docs" / "sample-import"
TARIFFS = read_tariffs()
Edit = Callable[[str, str, str], None]
STRAY = text("""
INSERT INTO import_balances (import_id, account_id, service, cents)
SELECT import_id, min(account_id), 'storm', 1 FROM import_balances
JOIN imports i ON i.id = import_id WHERE i.name = :name GROUP BY 1""")


@pytest.fixture
def session(database: Database) -> Generator[Session]:
    """Give a transaction that is undone."""
    with database.engine.connect() as connection, Session(connection) as made:
        yield made


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a copy of the documented sample."""
    return Path(shutil.copytree(SAMPLE, tmp_path / "sample"))


@pytest.fixture
def edit(folder: Path) -> Edit:
    """Replace words in a file of the copy."""

    def replace(name: str, old: str, new: str) -> None:
        whole = (folder / name).read_text("utf-8")
        assert old in whole
        (folder / name).write_text(whole.replace(old, new, 1), "utf-8")

    return replace


def faults(folder: Path) -> list[str]:
    """List what is wrong with a folder."""
    with pytest.raises(BadImport) as caught:
        check_folder(folder, TARIFFS)
    return [str(fault) for fault in caught.value.faults]


def brought(session: Session, checked: Checked, on: date) -> Cutover:
    """Load a book under a name of its own; gives what it goes live by."""
    cutover = Cutover(unique("import"), on, "tester")
    assert load_checked(session, cutover.name, checked, "tester").state == "loaded"
    return cutover


def account_of(session: Session, name: str, checked: Checked, old: str) -> int:
    """Find an imported account by its old number."""
    made = find_import(session, name)
    assert made is not None
    numbers = {row.account: row.number for row in checked.book.accounts}
    return find(session, made.totals["numbers"].get(old) or numbers[old]).id


def test_the_documented_sample_goes_live_to_the_cent(session: Session, on: date) -> None:
    checked = check_folder(SAMPLE, TARIFFS)
    cutover = brought(session, checked, on)
    assert go_live(session, cutover, checked).state == "live"
    first, second, third = (
        account_of(session, cutover.name, checked, old) for old in ("OLD-1", "OLD-2", "OLD-3")
    )
    assert owed(session, first).by_service == {"power": 10337, "water": 1720}
    assert (owed(session, second).credit, owed(session, second).total) == (1500, -1500)
    assert (deposits(session, third), owed(session, third).total) == (50000, 0)
    assert [hold.kind for hold in protections(session, second, on)] == ["medical"]
    asked = text("""SELECT p.id FROM service_points p JOIN accounts a USING (premise_id)
        WHERE a.id = :id AND p.service = 'power'""")
    swapped = session.execute(asked, {"id": first}).scalar_one()
    assert usage(session, swapped, Span(date(2026, 9, 3), date(2026, 10, 3))).units == 145 + 512
    rolled = session.execute(asked, {"id": second}).scalar_one()
    assert usage(session, rolled, Span(date(2026, 9, 3), date(2026, 10, 3))).units == 450
    mine = [each for each in INVARIANTS if "check digit" not in each.name]
    assert [each.name for each in mine if broken(session, each)] == []


def test_charges_stand_for_what_is_owed_by_the_day_it_was_due(session: Session, on: date) -> None:
    checked = check_folder(SAMPLE, TARIFFS)
    cutover = brought(session, checked, on)
    go_live(session, cutover, checked)
    account = account_of(session, cutover.name, checked, "OLD-1")
    rows = session.execute(
        text("SELECT service, open_cents, due_on FROM charges WHERE account_id = :id ORDER BY id"),
        {"id": account},
    ).all()
    assert [tuple(row) for row in rows] == [
        ("power", 4107, date(2026, 9, 25)),
        ("power", 6230, date(2026, 10, 25)),
        ("water", 1720, date(2026, 10, 25)),
    ]


def test_a_second_run_finds_the_first(session: Session, on: date) -> None:
    checked = check_folder(SAMPLE, TARIFFS)
    cutover = brought(session, checked, on)
    counted = text("SELECT (SELECT count(*) FROM accounts), (SELECT count(*) FROM journal)")
    assert go_live(session, cutover, checked).state == "live"
    before = session.execute(counted).one()
    assert load_checked(session, cutover.name, checked, "tester").state == "live"
    assert go_live(session, cutover, checked).state == "live"
    assert session.execute(counted).one() == before


def test_the_same_name_means_the_same_rows(
    session: Session, folder: Path, edit: Edit, on: date
) -> None:
    cutover = brought(session, check_folder(SAMPLE, TARIFFS), on)
    edit("reads.csv", "20450", "20451")
    other = check_folder(folder, TARIFFS)
    with pytest.raises(AnotherBody):
        load_checked(session, cutover.name, other, "tester")
    with pytest.raises(AnotherBody):
        go_live(session, cutover, other)
    with pytest.raises(NotFound):
        go_live(session, Cutover(unique("import"), on, "tester"), other)


def test_what_is_in_the_tables_is_not_brought_in_again(session: Session, on: date) -> None:
    checked = check_folder(SAMPLE, TARIFFS)
    brought(session, checked, on)
    with pytest.raises(BadImport) as caught:
        load_checked(session, unique("import"), checked, "tester")
    assert {fault.file for fault in caught.value.faults} == {
        "accounts.csv", "premises.csv", "meters.csv",
    }  # fmt: skip


def test_it_refuses_to_live_where_the_ledger_says_otherwise(session: Session, on: date) -> None:
    checked = check_folder(SAMPLE, TARIFFS)
    cutover = brought(session, checked, on)
    session.execute(STRAY, {"name": cutover.name})
    count = text("SELECT count(*) FROM journal")
    before = session.execute(count).scalar_one()
    with pytest.raises(Disagree) as caught, session.begin_nested():
        go_live(session, cutover, checked)
    assert session.execute(count).scalar_one() == before
    (found,) = caught.value.differences
    assert (found.service, found.old_cents, found.new_cents) == ("storm", 1, 0)
    assert "storm: old $0.01, new $0.00" in told(found)
    refuse(session, cutover.name, caught.value.differences)
    made = find_import(session, cutover.name)
    assert made is not None
    assert made.state == "refused"
    assert made.findings[0]["old_cents"] == 1


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("residents.csv", "801-555-0171", "555-0171", "residents.csv, line 2: 'phones'"),
        ("premises.csv", ",17", ",21", "premises.csv, line 4: cycle 21"),
        ("accounts.csv", "120.57", "120.56", "accounts.csv, line 2: owes $120.56, its balances"),
        ("accounts.csv", ",R2,", ",R9,", "residents.csv has no 'R9'"),
        ("accounts.csv", "2024-02-15", "15/02/24", "line 3: 'opened_on' says '15/02/24'"),
        ("agreements.csv", "power-2", "water", "agreements.csv, line 10: 'water' is no tariff"),
        ("agreements.csv", "12.5", "-1", "line 11: 'quantity' says '-1'"),
        ("agreements.csv", "OLD-2,power,power-1", "OLD-1,power,power-1", "billed by power-1"),
        ("meters.csv", "2026-09-10,\n", "2026-09-01,\n", "meter SP-1 is still in its place"),
        ("meters.csv", "SP-4", "SP-3", "'SP-3' stands here a second time"),
        ("reads.csv", "48890", "4889x", "reads.csv, line 3: 'value' says '4889x'"),
        ("reads.csv", "48890", "47000", "reads.csv, line 3: 47000 comes after 48210"),
        ("reads.csv", "rolled over", "ok", "line 10: 260 comes after 99810"),
        ("reads.csv", "260,", "1000260,", "is not on a dial of 5 digits"),
        ("reads.csv", "2026-08-03", "2018-08-03", "meter SP-1 was not there on 2018-08-03"),
        ("reads.csv", "2026-09-03,48890", "2026-08-03,48890", "read twice on 2026-08-03"),
        ("balances.csv", "41.07", "41.065", "balances.csv, line 2: 'amount'"),
        ("balances.csv", "41.07", "-41.07", "only a credit is below"),
        ("balances.csv", "OLD-3", "OLD-7", "balances.csv, line 6: accounts.csv has no 'OLD-7'"),
        ("holds.csv", "medical", "charm", "holds.csv, line 2: 'kind' says 'charm'"),
        ("holds.csv", "letter of a doctor", "a, b", "has 6 cells, not 5"),
        ("totals.csv", "reads.csv,,12", "reads.csv,,13", "reads.csv should have 13 rows"),
        ("totals.csv", "103.37", "103.38", "should have 2 rows and $103.38, has 2 and $103.37"),
        ("totals.csv", "meters.csv,,5,\n", "", "totals.csv: says nothing of meters.csv"),
        ("reads.csv", "serial,register", "register,serial", "does not name its columns"),
    ],
)
def test_a_bad_row_is_named_by_file_and_line(  # noqa: PLR0913, PLR0917  a table of cases
    folder: Path, edit: Edit, file: str, old: str, new: str, said: str
) -> None:
    edit(file, old, new)
    assert any(said in fault for fault in faults(folder)), faults(folder)


def test_every_bad_row_is_told_at_once(folder: Path, edit: Edit) -> None:
    edit("reads.csv", "48890", "47000")
    edit("totals.csv", "103.37", "103.38")
    edit("agreements.csv", "power-2", "power-99")
    assert len(faults(folder)) == 3


def test_a_wrong_check_digit_is_no_number(folder: Path, edit: Edit) -> None:
    number = check_folder(folder, TARIFFS).book.accounts[0].number
    edit("accounts.csv", number, number[:-1] + str((int(number[-1]) + 1) % 10))
    assert "check digit" in faults(folder)[0]


def test_a_missing_file_is_named(folder: Path) -> None:
    (folder / "reads.csv").unlink()
    assert faults(folder)[0].startswith("reads.csv: is missing")


def test_the_books_come_out_as_csv_that_foots(session: Session, on: date) -> None:
    checked = check_folder(SAMPLE, TARIFFS)
    cutover = brought(session, checked, on)
    go_live(session, cutover, checked)
    written = io.StringIO()
    exporting.write(exporting.ledger(session, on, on), written)
    rows = list(csv.DictReader(written.getvalue().splitlines()))
    mine = [row for row in rows if row["key"].startswith(f"opening:{cutover.name}:")]
    assert {row["kind"] for row in mine} == {"opening"}
    assert sum(cents(row["debit"]) for row in mine) == 10337 + 1720 + 1500 + 50000
    assert sum(cents(row["credit"]) for row in mine) == 10337 + 1720 + 1500 + 50000
    *_, total = exporting.trial_balance(session, on)
    assert total[-1] == total[-2]


def test_aging_goes_by_the_day_a_charge_was_due(session: Session, on: date) -> None:
    checked = check_folder(SAMPLE, TARIFFS)
    cutover = brought(session, checked, on)
    go_live(session, cutover, checked)
    number = checked.book.accounts[0].number
    found = {row[1]: row[2:] for row in exporting.aging(session, on) if row[0] == number}
    assert [str(one) for one in found["power"]] == ["62.30", "41.07", "0.00", "0.00", "103.37"]
    later = {
        row[1]: row[2:] for row in exporting.aging(session, date(2027, 1, 23)) if row[0] == number
    }
    assert [str(one) for one in later["power"]] == ["0.00", "0.00", "62.30", "41.07", "103.37"]


def test_no_cell_of_an_export_is_a_formula() -> None:
    written = io.StringIO()
    assert exporting.write([("head",), ("=1+1",), ("+801",), (-5,)], written) == 3
    assert written.getvalue().splitlines() == ["head", "'=1+1", "'+801", "-5"]


def cents(dollars: str) -> int:
    """Read what an export wrote."""
    return int(dollars.replace(".", ""))
