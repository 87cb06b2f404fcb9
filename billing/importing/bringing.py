"""An import from its first look to going live: checked, loaded whole, posted, compared, then live.

Nothing is half loaded: one transaction holds all of it. An import goes by its name, so a second run
finds the first. It goes live only where the ledger and the other system agree to the cent, for
every account and service; else nothing is posted, and the accounts that differ are listed. Until
then its accounts are pending: in the tables, and nobody's business.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Final

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from billing.accounts.numbers import free_number
from billing.accounts.tables import Account
from billing.errors import AnotherBody, Conflict, NotFound
from billing.importing.book import Book, Fault
from billing.importing.checks import clashes, misfits, sums
from billing.importing.files import read_book
from billing.importing.loading import Progress, load, quiet, set_live
from billing.importing.opening import Cutover, Difference, Opening, differences, post_openings
from billing.importing.tables import Import
from billing.money import shown
from billing.rates.tariffs import Tariffs

BALANCES: Final = text("""
INSERT INTO import_balances (import_id, account_id, service, cents)
SELECT :import, t.account, t.service, sum(t.cents)
FROM unnest(CAST(:accounts AS bigint[]), CAST(:services AS text[]), CAST(:cents AS bigint[]))
    AS t (account, service, cents) GROUP BY t.account, t.service""")
ONE_AT_A_TIME: Final = text("SELECT pg_advisory_xact_lock(311, 7)")


class BadImport(Exception):
    """Rows that cannot be brought in: every fault, by file and line."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults: tuple[Fault, ...] = tuple(faults)
        super().__init__(f"{len(self.faults)} rows cannot be brought in")


class Disagree(Exception):
    """Old and new do not say the same of these accounts; nothing was posted."""

    def __init__(self, found: Sequence[Difference]) -> None:
        self.differences: tuple[Difference, ...] = tuple(found)
        super().__init__(f"{len(self.differences)} balances do not agree")


@dataclass(frozen=True, slots=True)
class Checked:
    """A book that fits in itself, with the digest of all its rows."""

    book: Book
    digest: str


def check_folder(folder: Path, tariffs: Tariffs) -> Checked:
    """Read a folder and look at every row; raises BadImport with every fault."""
    book, totals, faults = read_book(folder)
    # A cell that could not be read would only be told a second time, as what it is not.
    found = faults or misfits(book, totals, tariffs)
    if found:
        raise BadImport(sorted(found))
    return Checked(book, _digest(book))


def load_checked(
    session: Session, name: str, checked: Checked, by: str, progress: Progress = quiet
) -> Import:
    """Write all of an import, its accounts pending, or find that it was written.

    Raises BadImport, AnotherBody.
    """
    session.execute(ONE_AT_A_TIME)
    before = find_import(session, name)
    if before is not None:
        _same(before, checked)
        return before
    numbers = _drawn(session, checked.book)
    book = numbered(checked.book, numbers)
    taken = clashes(session, book)
    if taken:
        raise BadImport(taken)
    loaded = load(session, book, by, progress)
    made = Import(
        name=name,
        state="loaded",
        totals={
            "digest": checked.digest,
            "files": {" ".join(of).strip(): counted for of, counted in sums(book).items()},
            "numbers": numbers,
        },
        findings=[],
        loaded_by=by,
    )
    session.add(made)
    session.flush()
    session.execute(BALANCES, {
        "import": made.id,
        "accounts": [loaded.accounts[row.account] for row in book.balances],
        "services": [row.service for row in book.balances],
        "cents": [row.cents for row in book.balances],
    })  # fmt: skip
    return made


def go_live(
    session: Session, cutover: Cutover, checked: Checked, progress: Progress = quiet
) -> Import:
    """Let the accounts of a loaded import live, post their opening balances, and compare.

    One that was refused may be tried again when what differed is mended. Raises NotFound (not
    loaded), AnotherBody (other rows than were loaded), Disagree: leave the transaction by it, so
    that nothing is posted and they stay pending, then note it with `refuse`.
    """
    session.execute(ONE_AT_A_TIME)
    made = find_import(session, cutover.name)
    if made is None:
        raise NotFound("known import", f"{cutover.name!r} is not loaded", "Load it first.")
    _same(made, checked)
    if made.state == "live":
        return made
    accounts = _accounts(session, made, checked.book)
    # First of all: the ledger takes nothing for an account that is not live.
    set_live(session, accounts.values())
    openings = [
        Opening(accounts[row.account], row.service, row.due_on, row.cents)
        for row in checked.book.balances
    ]
    post_openings(session, cutover, openings, progress)
    found = differences(session, made.id, list(accounts.values()))
    if found:
        raise Disagree(found)
    made.state, made.findings = "live", []
    made.live_at = session.scalar(select(func.now()))
    session.flush()
    return made


def refuse(session: Session, name: str, found: Sequence[Difference]) -> None:
    """Note that an import may not go live, and what differs."""
    made = find_import(session, name)
    if made is None or made.state == "live":
        raise Conflict("import", f"{name!r} is not waiting to go live", "Look at it again.")
    made.state, made.findings = "refused", [asdict(one) for one in found]
    session.flush()


def find_import(session: Session, name: str) -> Import | None:
    """Give an import by its name."""
    return session.scalar(select(Import).where(Import.name == name))


def told(found: Difference) -> str:
    """Write a difference for people."""
    old, new = shown(found.old_cents), shown(found.new_cents)
    return f"account {found.number}, {found.service}: old {old}, new {new}"


def numbered(book: Book, numbers: dict[str, str]) -> Book:
    """Give the book with a number for each account that had none."""
    accounts = [replace(row, number=numbers.get(row.account, row.number)) for row in book.accounts]
    return replace(book, accounts=accounts)


def _drawn(session: Session, book: Book) -> dict[str, str]:
    """Draw a number for each account that has none, none twice."""
    taken = {row.number for row in book.accounts if row.number}
    numbers: dict[str, str] = {}
    for row in book.accounts:
        if row.number:
            continue
        number = free_number(session)
        while number in taken:
            number = free_number(session)
        taken.add(number)
        numbers[row.account] = number
    return numbers


def _accounts(session: Session, made: Import, book: Book) -> dict[str, int]:
    """Find the accounts that were loaded, by the book's own names."""
    whole = numbered(book, made.totals["numbers"])
    names = {row.number: row.account for row in whole.accounts}
    rows = session.execute(
        select(Account.number, Account.id).where(Account.number.in_(list(names)))
    )
    return {names[number]: id_ for number, id_ in rows}


def _same(made: Import, checked: Checked) -> None:
    if made.totals["digest"] != checked.digest:
        message = f"the import {made.name!r} was loaded from other rows"
        raise AnotherBody("same name, same rows", message, "Import it under another name.")


def _digest(book: Book) -> str:
    """Give SHA-256 over every row of a book."""
    written = json.dumps(asdict(book), sort_keys=True, default=str)
    return sha256(written.encode()).hexdigest()
