"""Reading the files of an import: every bad cell is named by file and line, and what to do.

The columns of each file are in COLUMNS; docs/import.md says what each means.
"""

import csv
import re
from collections.abc import Callable, Collection, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Final, TypeVar

from billing.accounts.rules import KINDS as HOLDS
from billing.errors import BadAmount
from billing.importing.book import (
    AccountRow,
    AgreementRow,
    BalanceRow,
    Book,
    Fault,
    HoldRow,
    MeterRow,
    PremiseRow,
    ReadRow,
    ResidentRow,
)
from billing.importing.opening import CREDIT, DEPOSIT, SERVICES
from billing.money import parse
from config.phones import dialled

Row = TypeVar("Row")

COLUMNS: Final[Mapping[str, str]] = {
    "residents.csv": "resident name language email mailing phones",
    "premises.csv": "address zip cycle",
    "accounts.csv": "account number resident address kind status opened_on closed_on owner_group"
    " paperless owed",
    "agreements.csv": "account service tariff quantity details starts_on ends_on",
    "meters.csv": "serial address service digits multiplier size installed_on removed_on",
    "reads.csv": "serial register read_on value kind finding",
    "balances.csv": "account service due_on amount",
    "holds.csv": "account kind starts_on ends_on reason",
    "totals.csv": "file service rows amount",
}
BILLED: Final = frozenset(SERVICES) - {"general"}
METERED: Final = frozenset({"power", "water"})
FINDINGS: Final = frozenset({"ok", "high", "low", "zero", "rolled over", "accepted"})
READS: Final = frozenset({"start", "actual", "customer", "estimated", "final"})
STATUSES: Final = frozenset({"active", "final", "closed", "written off"})
WHOLE: Final = re.compile(r"[0-9]{1,15}")
FEWEST_CELLS: Final = 2


class Line:
    """One line of a file. Every read gives something usable, and notes what was wrong."""

    def __init__(
        self, file: str, number: int, cells: Mapping[str, str], faults: list[Fault]
    ) -> None:
        self.file = file
        self.number = number
        self._cells = cells
        self._faults = faults

    def fault(self, wrong: str, advice: str) -> None:
        """Note what is wrong here, and what to do."""
        self._faults.append(Fault(self.file, self.number, wrong, advice))

    def any(self, column: str) -> str:
        """Give a cell, which may be empty."""
        return self._cells.get(column, "")

    def text(self, column: str) -> str:
        """Give a cell that must hold something."""
        told = self.any(column)
        if not told:
            self.fault(f"'{column}' is empty", "Fill it in.")
        return told

    def one_of(self, column: str, allowed: Collection[str], otherwise: str = "") -> str:
        """Give one of these words."""
        told = self.any(column) or otherwise
        if told not in allowed:
            self.fault(f"'{column}' says {told!r}", f"Write one of: {', '.join(sorted(allowed))}.")
            return min(allowed)
        return told

    def day(self, column: str) -> date:
        """Give a day."""
        return self.day_if_any(column, must=True) or date.min

    def day_if_any(self, column: str, *, must: bool = False) -> date | None:
        """Give a day, None for an empty cell."""
        told = self.any(column)
        if not told and not must:
            return None
        try:
            return date.fromisoformat(told)
        except ValueError:
            self.fault(f"'{column}' says {told!r}, which is no day", "Write it as 2026-01-31.")
            return None

    def whole(self, column: str, otherwise: int = 0) -> int:
        """Give a whole number, zero or above."""
        told = self.any(column)
        if not told and otherwise:
            return otherwise
        if not WHOLE.fullmatch(told):
            self.fault(f"'{column}' says {told!r}, no whole number", "Write digits only.")
            return otherwise
        return int(told)

    def cents(self, column: str, *, negative: bool = False) -> int:
        """Give an amount in cents, as dollars are written."""
        try:
            return parse(self.any(column), negative=negative)
        except BadAmount as error:
            self.fault(f"'{column}': {error}", error.advice)
            return 0

    def quantity(self, column: str) -> Decimal:
        """Give a figure above zero, 1 for an empty cell."""
        told = self.any(column) or "1"
        try:
            found = Decimal(told)
        except InvalidOperation:
            found = Decimal(0)
        if not found.is_finite() or found <= 0:
            self.fault(f"'{column}' says {told!r}, no figure above zero", "Write it as 2 or 1.5.")
            return Decimal(1)
        return found


def read_book(folder: Path) -> tuple[Book, list[tuple[str, str, int, int]], list[Fault]]:
    """Read every file; gives the book, the control totals, and every fault of a cell.

    A control total is (file, service or "", rows, cents).
    """
    faults: list[Fault] = []
    book = Book(
        residents=_rows(folder, "residents.csv", _resident, faults),
        premises=_rows(folder, "premises.csv", _premise, faults),
        accounts=_rows(folder, "accounts.csv", _account, faults),
        agreements=_rows(folder, "agreements.csv", _agreement, faults),
        meters=_rows(folder, "meters.csv", _meter, faults),
        reads=_rows(folder, "reads.csv", _read, faults),
        balances=_rows(folder, "balances.csv", _balance, faults),
        holds=_rows(folder, "holds.csv", _hold, faults),
    )
    return book, _rows(folder, "totals.csv", _total, faults), faults


def _rows(folder: Path, name: str, make: Callable[[Line], Row], faults: list[Fault]) -> list[Row]:
    columns = COLUMNS[name].split()
    path = folder / name
    if not path.is_file():
        faults.append(Fault(name, 0, "is missing", f"Write it with the columns {columns}."))
        return []
    try:
        lines = list(csv.reader(path.read_text("utf-8-sig").splitlines(), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        faults.append(Fault(name, 0, f"cannot be read: {error}", "Save it as CSV in UTF-8."))
        return []
    if not lines or lines[0] != columns:
        advice = f"Begin with this line: {','.join(columns)}"
        faults.append(Fault(name, 1, "does not name its columns", advice))
        return []
    return [
        make(Line(name, number, _cells(name, number, columns, cells, faults), faults))
        for number, cells in enumerate(lines[1:], FEWEST_CELLS)
        if cells
    ]


def _cells(
    name: str, number: int, columns: list[str], cells: list[str], faults: list[Fault]
) -> dict[str, str]:
    if len(cells) != len(columns):
        wrong = f"has {len(cells)} cells, not {len(columns)}"
        faults.append(Fault(name, number, wrong, "Quote a cell that has a comma in it."))
    return {column: cell.strip() for column, cell in zip(columns, cells, strict=False)}


def _resident(line: Line) -> ResidentRow:
    phones = [dialled(told) for told in line.any("phones").split(";") if told.strip()]
    known = tuple(dict.fromkeys(phone for phone in phones if phone and phone.startswith("+")))
    if len(known) < len(set(phones)):
        line.fault("'phones' has one that is none", "Write ten digits; a ';' between two.")
    return ResidentRow(
        line.number,
        line.text("resident"),
        line.text("name"),
        line.one_of("language", {"en", "es"}, "en"),
        line.any("email"),
        line.any("mailing"),
        known,
    )


def _premise(line: Line) -> PremiseRow:
    cycle = line.whole("cycle")
    if not 1 <= cycle <= 20:  # noqa: PLR2004  as many rounds as the schema has
        line.fault(f"cycle {cycle} is none of the city's rounds", "Write 1 to 20.")
    return PremiseRow(line.number, line.text("address"), line.text("zip"), cycle)


def _account(line: Line) -> AccountRow:
    status = line.one_of("status", STATUSES, "active")
    closed = line.day_if_any("closed_on")
    if (status == "active") != (closed is None):
        line.fault(f"it is {status}, closed on {closed}", "Only what is not active has an end.")
    return AccountRow(
        line.number,
        line.text("account"),
        line.any("number"),
        line.text("resident"),
        line.text("address"),
        line.one_of("kind", {"residential", "commercial"}, "residential"),
        status,
        line.day("opened_on"),
        closed,
        line.any("owner_group"),
        line.one_of("paperless", {"yes", "no"}, "no") == "yes",
        line.cents("owed", negative=True) if line.any("owed") else None,
    )


def _agreement(line: Line) -> AgreementRow:
    told = [one.partition("=") for one in line.any("details").split(";") if one.strip()]
    if not all(name.strip() and value.strip() for name, _, value in told):
        line.fault("'details' cannot be read", "Write name=value, a ';' between two.")
    return AgreementRow(
        line.number,
        line.text("account"),
        line.one_of("service", BILLED),
        line.text("tariff"),
        line.quantity("quantity"),
        {name.strip(): value.strip() for name, _, value in told},
        line.day("starts_on"),
        line.day_if_any("ends_on"),
    )


def _meter(line: Line) -> MeterRow:
    digits = line.whole("digits", 5)
    if not 4 <= digits <= 9:  # noqa: PLR2004  as many as the schema has
        line.fault(f"a dial of {digits} digits", "Write 4 to 9.")
    return MeterRow(
        line.number,
        line.text("serial"),
        line.text("address"),
        line.one_of("service", METERED),
        digits,
        line.whole("multiplier", 1),
        line.any("size"),
        line.day("installed_on"),
        line.day_if_any("removed_on"),
    )


def _read(line: Line) -> ReadRow:
    return ReadRow(
        line.number,
        line.text("serial"),
        line.one_of("register", {"use", "demand", "on peak", "off peak"}, "use"),
        line.day("read_on"),
        line.whole("value"),
        line.one_of("kind", READS, "actual"),
        line.one_of("finding", FINDINGS, "ok"),
    )


def _balance(line: Line) -> BalanceRow:
    service = line.one_of("service", {*SERVICES, CREDIT, DEPOSIT})
    cents = line.cents("amount", negative=True)
    if cents == 0 or (cents < 0) != (service == CREDIT):
        wrong = f"{service} of {line.any('amount')!r}"
        line.fault(wrong, "What is owed or held is above zero; only a credit is below.")
    return BalanceRow(line.number, line.text("account"), service, line.day("due_on"), cents)


def _hold(line: Line) -> HoldRow:
    return HoldRow(
        line.number,
        line.text("account"),
        line.one_of("kind", HOLDS),
        line.day("starts_on"),
        line.day_if_any("ends_on"),
        line.text("reason"),
    )


def _total(line: Line) -> tuple[str, str, int, int]:
    amount = line.cents("amount", negative=True) if line.any("amount") else 0
    return line.one_of("file", COLUMNS), line.any("service"), line.whole("rows"), amount
