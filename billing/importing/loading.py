"""Writing a book into the tables: set by set, with COPY, each row's id known before it is written.

Accounts come pending, whatever they will be; `set_live` ends that before balances are posted.

It trusts the book: `checks` has looked at it. Nothing here commits, so it is all there or nothing.
"""

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

from psycopg import Cursor, sql
from sqlalchemy import text
from sqlalchemy.orm import Session

from billing.importing.book import Book

Progress = Callable[[str, int], None]

IDS: Final = text("""
SELECT nextval(pg_get_serial_sequence(:table, 'id')) FROM generate_series(1, :many)""")
SOURCE: Final = "import"
PENDING: Final = "pending"
LIVE: Final = text("""
UPDATE accounts SET status = goes_live_as, goes_live_as = NULL
WHERE id = ANY (CAST(:accounts AS bigint[])) AND status = 'pending'""")


@dataclass(frozen=True, slots=True)
class Loaded:
    """The ids that the rows of a book were given."""

    residents: Mapping[str, int]
    accounts: Mapping[str, int]
    points: Mapping[tuple[str, str], int]
    installs: Mapping[str, int]


def quiet(table: str, rows: int) -> None:
    """Show nothing of how far it is."""
    del table, rows


def load(session: Session, book: Book, by: str, progress: Progress = quiet) -> Loaded:
    """Write everything of a book but its balances; gives the ids by the book's own names."""
    loader = Loader(session, progress)
    residents = loader.residents(book)
    premises = loader.premises(book)
    accounts = loader.accounts(book, residents, premises)
    points = loader.points(book, premises)
    installs = loader.meters(book, points)
    loader.agreements(book, accounts, points)
    loader.reads(book, installs)
    loader.holds(book, accounts, by)
    return Loaded(residents, accounts, points, installs)


def set_live(session: Session, accounts: Collection[int]) -> None:
    """Give pending accounts the status they were brought in with; others stay as they are."""
    session.execute(LIVE, {"accounts": list(accounts)})


class Loader:
    """Copies rows into tables on the session's own connection."""

    def __init__(self, session: Session, told: Progress) -> None:
        self._session = session
        self._told = told

    def residents(self, book: Book) -> dict[str, int]:
        """Write residents and their phones."""
        ids = self._ids("residents", [row.resident for row in book.residents])
        self.copy(
            "residents",
            "id name language email mailing",
            (
                (ids[row.resident], row.name, row.language, row.email, row.mailing)
                for row in book.residents
            ),
        )
        phones = [(ids[row.resident], phone) for row in book.residents for phone in row.phones]
        self.copy("resident_phones", "resident_id phone label", ((*one, "") for one in phones))
        return ids

    def premises(self, book: Book) -> dict[str, int]:
        """Write places."""
        ids = self._ids("premises", [row.address for row in book.premises])
        rows = ((ids[row.address], row.address, row.zip, row.cycle) for row in book.premises)
        self.copy("premises", "id address zip cycle", rows)
        return ids

    def accounts(
        self, book: Book, residents: Mapping[str, int], premises: Mapping[str, int]
    ) -> dict[str, int]:
        """Write accounts, pending."""
        ids = self._ids("accounts", [row.account for row in book.accounts])
        self.copy(
            "accounts",
            "id number resident_id premise_id kind status goes_live_as owner_group paperless"
            " opened_on closed_on version",
            (
                (
                    ids[row.account], row.number, residents[row.resident], premises[row.address],
                    row.kind, PENDING, row.status, row.owner_group, row.paperless,
                    row.opened_on, row.closed_on, 1,
                )
                for row in book.accounts
            ),
        )  # fmt: skip
        return ids

    def points(self, book: Book, premises: Mapping[str, int]) -> dict[tuple[str, str], int]:
        """Write a service point for each service of a place that is taken or metered there."""
        place = {row.account: row.address for row in book.accounts}
        wanted = [(place[row.account], row.service) for row in book.agreements]
        wanted += [(row.address, row.service) for row in book.meters]
        ids = self._ids("service_points", list(dict.fromkeys(wanted)))
        rows = ((id_, premises[address], service, "") for (address, service), id_ in ids.items())
        self.copy("service_points", "id premise_id service label", rows)
        return ids

    def meters(self, book: Book, points: Mapping[tuple[str, str], int]) -> dict[str, int]:
        """Write meters and where they are set; gives the installs by serial."""
        meters = self._ids("meters", [row.serial for row in book.meters])
        installs = self._ids("meter_installs", [row.serial for row in book.meters])
        self.copy(
            "meters",
            "id serial service digits multiplier size",
            (
                (meters[row.serial], row.serial, row.service, row.digits, row.multiplier, row.size)
                for row in book.meters
            ),
        )
        self.copy(
            "meter_installs",
            "id service_point_id meter_id installed_on removed_on",
            (
                (
                    installs[row.serial], points[row.address, row.service], meters[row.serial],
                    row.installed_on, row.removed_on,
                )
                for row in book.meters
            ),
        )  # fmt: skip
        return installs

    def agreements(
        self, book: Book, accounts: Mapping[str, int], points: Mapping[tuple[str, str], int]
    ) -> None:
        """Write what accounts take."""
        place = {row.account: row.address for row in book.accounts}
        self.copy(
            "agreements",
            "account_id service_point_id service tariff quantity details starts_on ends_on",
            (
                (
                    accounts[row.account], points[place[row.account], row.service], row.service,
                    row.tariff, row.quantity, json.dumps(dict(row.details)), row.starts_on,
                    row.ends_on,
                )
                for row in book.agreements
            ),
        )  # fmt: skip

    def reads(self, book: Book, installs: Mapping[str, int]) -> None:
        """Write reads."""
        self.copy(
            "reads",
            "install_id register read_on value kind finding source",
            (
                (
                    installs[row.serial], row.register, row.read_on, row.value, row.kind,
                    row.finding, SOURCE,
                )
                for row in book.reads
            ),
        )  # fmt: skip

    def holds(self, book: Book, accounts: Mapping[str, int], by: str) -> None:
        """Write what protects accounts."""
        rows = (
            (accounts[row.account], row.kind, row.starts_on, row.ends_on, row.reason, by)
            for row in book.holds
        )
        self.copy("holds", "account_id kind starts_on ends_on reason set_by", rows)

    def copy(self, table: str, columns: str, rows: Iterable[Sequence[object]]) -> None:
        """Copy rows into a table; `columns` by name, blank between."""
        into = sql.SQL("COPY {} ({}) FROM STDIN").format(
            sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns.split()))
        )
        written = 0
        with _cursor(self._session) as cursor, cursor.copy(into) as copying:
            for row in rows:
                copying.write_row(row)
                written += 1
        self._told(table, written)

    def _ids(self, table: str, names: Sequence[Any]) -> dict[Any, int]:
        """Draw an id for each name, in their order."""
        given = {"table": table, "many": len(names)}
        return dict(zip(names, self._session.scalars(IDS, given), strict=True))


def copy_charges(session: Session, rows: Iterator[Sequence[object]], progress: Progress) -> None:
    """Copy charges that begin open: account, transaction, service, kind, cents, days."""
    columns = "account_id transaction_id service kind cents open_cents charged_on due_on"
    Loader(session, progress).copy("charges", columns, rows)


def copy_deposits(session: Session, rows: Iterator[Sequence[object]], progress: Progress) -> None:
    """Copy deposits that are held: account, cents, interest, state, why, days, transaction."""
    columns = "account_id cents interest_cents state why held_on review_on held_by"
    Loader(session, progress).copy("deposits", columns, rows)


def _cursor(session: Session) -> Cursor[Any]:
    return cast("Cursor[Any]", session.connection().connection.cursor())
