"""Whether the rows of a book fit one another, the control totals, and what is in the tables."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from itertools import pairwise
from typing import Final, TypeVar

from sqlalchemy import text
from sqlalchemy.orm import Session

from billing.accounts.numbers import is_account_number
from billing.importing.book import AgreementRow, Book, Fault, MeterRow, ReadRow
from billing.importing.opening import DEPOSIT
from billing.money import shown
from billing.rates.tariffs import Tariffs

Total = tuple[str, str, int, int]
Row = TypeVar("Row")

TAKEN: Final = {
    "accounts.csv": text("SELECT number FROM accounts WHERE number = ANY (CAST(:t AS text[]))"),
    "premises.csv": text("SELECT address FROM premises WHERE address = ANY (CAST(:t AS text[]))"),
    "meters.csv": text("SELECT serial FROM meters WHERE serial = ANY (CAST(:t AS text[]))"),
}


def misfits(book: Book, totals: Sequence[Total], tariffs: Tariffs) -> list[Fault]:
    """List what does not fit, by file and line."""
    found = [
        *_doubles(book),
        *_strangers(book),
        *_numbers(book),
        *_tariffs(book, tariffs),
        *_meters(book),
        *_dials(book),
        *_overlaps(book),
        *_owed(book),
        *control(book, totals),
    ]
    return sorted(found)


def clashes(session: Session, book: Book) -> list[Fault]:
    """List what the tables have already: an import brings in only what is new."""
    names = {
        "accounts.csv": {row.number: row.line for row in book.accounts},
        "premises.csv": {row.address: row.line for row in book.premises},
        "meters.csv": {row.serial: row.line for row in book.meters},
    }
    advice = "Take it out, or import under the name it was brought in by."
    return [
        Fault(file, names[file][told], f"{told!r} is in the tables already", advice)
        for file, query in TAKEN.items()
        for told in session.scalars(query, {"t": list(names[file])})
    ]


def sums(book: Book) -> dict[tuple[str, str], tuple[int, int]]:
    """Count and add up each file, and balances by service as well: (rows, cents)."""
    found: dict[tuple[str, str], tuple[int, int]] = {
        ("residents.csv", ""): (len(book.residents), 0),
        ("premises.csv", ""): (len(book.premises), 0),
        ("accounts.csv", ""): (len(book.accounts), 0),
        ("agreements.csv", ""): (len(book.agreements), 0),
        ("meters.csv", ""): (len(book.meters), 0),
        ("reads.csv", ""): (len(book.reads), 0),
        ("holds.csv", ""): (len(book.holds), 0),
        ("balances.csv", ""): (len(book.balances), sum(row.cents for row in book.balances)),
    }
    for row in book.balances:
        rows, cents = found.get(("balances.csv", row.service), (0, 0))
        found["balances.csv", row.service] = (rows + 1, cents + row.cents)
    return found


def control(book: Book, totals: Sequence[Total]) -> Iterator[Fault]:
    """Compare each control total with what was read, and each file with its control total."""
    counted = sums(book)
    told = {(file, service): (rows, cents) for file, service, rows, cents in totals}
    for (file, service), (rows, cents) in counted.items():
        of, has = f"{file} {service}".strip(), f"{rows} and {shown(cents)}"
        if (file, service) not in told:
            yield Fault("totals.csv", 0, f"says nothing of {of}", "Add its rows and amount.")
        elif told[file, service] != (rows, cents):
            said_rows, said = told[file, service]
            yield Fault(
                "totals.csv",
                0,
                f"{of} should have {said_rows} rows and {shown(said)}, has {has}",
                "Export it again: rows were lost or doubled.",
            )
    for file, service in told.keys() - counted.keys():
        if told[file, service] != (0, 0):
            yield Fault("totals.csv", 0, f"{file} has no {service!r}", "Export it again.")


def _doubles(book: Book) -> Iterator[Fault]:
    keys: dict[str, list[tuple[str, int]]] = {
        "residents.csv": [(row.resident, row.line) for row in book.residents],
        "premises.csv": [(row.address, row.line) for row in book.premises],
        "accounts.csv": [(row.account, row.line) for row in book.accounts],
        "meters.csv": [(row.serial, row.line) for row in book.meters],
    }
    numbers = [(f"number {row.number}", row.line) for row in book.accounts if row.number]
    keys["accounts.csv"] += numbers
    for file, names in keys.items():
        # By name, then by line: a second one follows the first.
        again = (after for before, after in pairwise(sorted(names)) if before[0] == after[0])
        for name, line in again:
            yield Fault(file, line, f"{name!r} stands here a second time", "Keep one.")


def _strangers(book: Book) -> Iterator[Fault]:
    """Find names that no other file knows."""
    accounts = {row.account for row in book.accounts}
    residents = {row.resident for row in book.residents}
    addresses = {row.address for row in book.premises}
    serials = {row.serial for row in book.meters}
    asked: list[tuple[str, int, str, set[str], str]] = []
    for row in book.accounts:
        asked.append(("accounts.csv", row.line, row.resident, residents, "residents.csv"))
        asked.append(("accounts.csv", row.line, row.address, addresses, "premises.csv"))
    asked += [("meters.csv", m.line, m.address, addresses, "premises.csv") for m in book.meters]
    asked += [("reads.csv", r.line, r.serial, serials, "meters.csv") for r in book.reads]
    for file, rows in (
        ("agreements.csv", book.agreements),
        ("balances.csv", book.balances),
        ("holds.csv", book.holds),
    ):
        asked += [(file, row.line, row.account, accounts, "accounts.csv") for row in rows]
    for file, line, name, known, home in asked:
        if name not in known:
            yield Fault(file, line, f"{home} has no {name!r}", "Add it there, or correct it here.")


def _numbers(book: Book) -> Iterator[Fault]:
    for row in book.accounts:
        if row.number and not is_account_number(row.number):
            wrong = f"{row.number!r} is no account number with its check digit"
            yield Fault("accounts.csv", row.line, wrong, "Leave it empty, and one is drawn.")


def _tariffs(book: Book, tariffs: Tariffs) -> Iterator[Fault]:
    for row in book.agreements:
        found = tariffs.by_id.get(row.tariff)
        if found is None or found.service != row.service:
            wrong = f"{row.tariff!r} is no tariff for {row.service}"
            yield Fault("agreements.csv", row.line, wrong, "See config/billing/tariffs.")


def _meters(book: Book) -> Iterator[Fault]:
    """Find meters that end before they begin, and two in one place at once."""
    places: dict[tuple[str, str], list[MeterRow]] = defaultdict(list)
    for row in book.meters:
        places[row.address, row.service].append(row)
        if row.removed_on and row.removed_on < row.installed_on:
            yield Fault("meters.csv", row.line, "is removed before it is set", "Swap the days.")
    for before, after in _neighbours(places.values(), lambda row: row.installed_on):
        if (before.removed_on or date.max) > after.installed_on:
            wrong = f"meter {before.serial} is still in its place"
            yield Fault("meters.csv", after.line, wrong, "Give the other its last day.")


def _dials(book: Book) -> Iterator[Fault]:
    """Find reads off their dial or their meter's days, and dials that go back without a reason."""
    meters = {row.serial: row for row in book.meters}
    dials: dict[str, list[ReadRow]] = defaultdict(list)
    for row in book.reads:
        meter = meters.get(row.serial)
        if meter is None:
            continue  # a stranger, told already
        if row.value >= 10**meter.digits:
            wrong = f"{row.value} is not on a dial of {meter.digits} digits"
            yield Fault("reads.csv", row.line, wrong, "Correct the read, or the meter's digits.")
        if not meter.installed_on <= row.read_on <= (meter.removed_on or date.max):
            wrong = f"meter {row.serial} was not there on {row.read_on}"
            yield Fault("reads.csv", row.line, wrong, "Correct the day, or the meter's days.")
        if row.register == "use":
            dials[row.serial].append(row)
    yield from _backward(dials.values())


def _backward(dials: Iterable[list[ReadRow]]) -> Iterator[Fault]:
    for before, after in _neighbours(dials, lambda row: row.read_on):
        if before.read_on == after.read_on:
            wrong = f"meter {after.serial} is read twice on {after.read_on}"
            yield Fault("reads.csv", after.line, wrong, "Keep the one that is right.")
        explained = after.finding in {"rolled over", "accepted"} or before.kind == "estimated"
        if after.value < before.value and not explained:
            wrong = f"{after.value} comes after {before.value}"
            advice = "Write 'rolled over' as its finding if the dial went round; else correct it."
            yield Fault("reads.csv", after.line, wrong, advice)


def _overlaps(book: Book) -> Iterator[Fault]:
    """Find one tariff billed twice at one place, and agreements that end before they begin."""
    place = {row.account: row.address for row in book.accounts}
    taken: dict[tuple[str | None, str, str], list[AgreementRow]] = defaultdict(list)
    for row in book.agreements:
        taken[place.get(row.account), row.service, row.tariff].append(row)
        if row.ends_on and row.ends_on < row.starts_on:
            yield Fault("agreements.csv", row.line, "ends before it starts", "Swap the days.")
    for before, after in _neighbours(taken.values(), lambda row: row.starts_on):
        if (before.ends_on or date.max) > after.starts_on:
            wrong = f"account {before.account} is billed by {after.tariff} there already"
            yield Fault("agreements.csv", after.line, wrong, "End the one before it.")


def _owed(book: Book) -> Iterator[Fault]:
    """Compare what an account is said to owe altogether with its balances; deposits apart."""
    owed: Counter[str] = Counter()
    for row in book.balances:
        owed[row.account] += 0 if row.service == DEPOSIT else row.cents
    for row in book.accounts:
        if row.owed is not None and row.owed != owed[row.account]:
            wrong = f"owes {shown(row.owed)}, its balances say {shown(owed[row.account])}"
            yield Fault("accounts.csv", row.line, wrong, "Find the missing or doubled balance.")


def _neighbours(
    places: Iterable[list[Row]], first_day: Callable[[Row], date]
) -> Iterator[tuple[Row, Row]]:
    """Give what follows one another at each place, by its first day."""
    for rows in places:
        yield from pairwise(sorted(rows, key=first_day))
