"""A made-up city's households as rows of an import: the same for everybody, by their place in line.

Everybody is plainly made up ("Resident 00001"); phones are those set aside for stories. The first
households are telling cases: CASES says which.
"""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from billing.accounts.numbers import numbered
from billing.importing.book import (
    AccountRow,
    AgreementRow,
    BalanceRow,
    Book,
    HoldRow,
    MeterRow,
    PremiseRow,
    ReadRow,
    ResidentRow,
)

SEED: Final = 311
MONTHS: Final = 14
PHONES: Final = 98  # 801-555-0101 .. 0198; the first is the desk's, the last the line's own
CASES: Final[Mapping[int, str]] = {
    0: "past due",
    1: "high bill",
    2: "arrangement",
    3: "medical hold",
    4: "swapped meter",
    5: "rolled over",
    6: "Spanish speaker",
    7: "commercial on a demand tariff",
    8: "estimated read",
    9: "credit",
    10: "deposit",
    11: "moved out",
    12: "moved in lately",
    13: "owner group",
    14: "owner group",
    15: "vacant",
    16: "paid up",
}
STREETS: Final = 40  # on either side of Center Street and University Avenue
HOUSES: Final = 300
PLACES: Final = 2 * 4 * STREETS * HOUSES
PLACE_STEP: Final = 7_919  # prime, and no factor of PLACES: neighbours in line live far apart
# Percent of a middling month: heating and cooling, and gardens (gallons a day go up fivefold).
POWER_SEASON: Final = (118, 108, 95, 86, 84, 106, 132, 128, 98, 86, 94, 115)
GARDEN_SEASON: Final = (0, 0, 0, 40, 180, 320, 420, 380, 240, 80, 0, 0)
TARIFFS: Final[Mapping[str, tuple[str, str]]] = {  # residential, commercial
    "power": ("power-1", "power-2"),
    "water": ("water", "water"),
    "wastewater": ("wastewater", "wastewater-metered"),
    "storm": ("storm", "storm"),
    "sanitation": ("sanitation", "sanitation"),
    "transportation": ("transportation", "transportation"),
}
OWED: Final[Mapping[str, int]] = {
    "power": 7_450, "water": 3_120, "wastewater": 1_940, "storm": 900, "sanitation": 1_150,
    "transportation": 350,
}  # fmt: skip


@dataclass(slots=True)
class Household:
    """One place in line: what is drawn for it, and its case if it is a telling one."""

    place: int
    today: date
    case: str
    draw: random.Random
    cycle: int
    commercial: bool
    address: str
    reads_on: list[date] = field(default_factory=list[date])

    @property
    def ref(self) -> str:
        """Give its name in the book."""
        return f"{self.place + 1:05}"

    @property
    def opened_on(self) -> date:
        """Give the day it moved in: that of its first read, or years before."""
        return self.reads_on[0]


def write(book: Book, place: int, today: date) -> None:
    """Write the household at a place in line into a book, as of a day."""
    home = household(place, today)
    _people(book, home)
    _services(book, home)
    _power(book, home)
    _water(book, home)
    _money(book, home)


def household(place: int, today: date) -> Household:
    """Draw a household; the same place gives the same one."""
    draw = random.Random(f"{SEED}:{place}")  # noqa: S311  the same city for everybody, no secret
    case = CASES.get(place, "")
    cycle = draw.randint(1, 20)
    commercial = case.startswith("commercial") or (not case and draw.random() < 0.08)  # noqa: PLR2004  eight in a hundred
    home = Household(place, today, case, draw, cycle, commercial, address(place))
    months = 2 if case == "moved in lately" else MONTHS
    home.reads_on = read_days(today, cycle, months)
    return home


def address(place: int) -> str:
    """Give an address on the city's grid: "1234 North 500 West"; every place has its own."""
    spot, house = divmod(place * PLACE_STEP % PLACES, HOUSES)
    spot, street = divmod(spot, STREETS)
    turned, corner = divmod(spot, 4)
    along, across = ("North", "South")[corner % 2], ("West", "East")[corner // 2]
    if turned:
        along, across = across, along
    return f"{10 + 8 * house + turned} {along} {100 * (street + 1)} {across}"


def read_days(today: date, cycle: int, months: int) -> list[date]:
    """List the days of the last reads of a cycle, one more than months, the oldest first."""
    month = today.replace(day=1)
    if today.day <= cycle:
        month = (month - timedelta(1)).replace(day=1)
    found: list[date] = []
    for _ in range(months + 1):
        found.append(month.replace(day=cycle))
        month = (month - timedelta(1)).replace(day=1)
    return found[::-1]


def _people(book: Book, home: Household) -> None:
    language = "es" if home.case == "Spanish speaker" or home.draw.random() < 0.28 else "en"  # noqa: PLR2004  as in the city
    phones = (f"+1801555{101 + home.place:04}",) if home.place < PHONES else ()
    name = f"Resident {home.ref}"
    email = f"resident{home.ref}@example.com" if home.draw.random() < 0.6 else ""  # noqa: PLR2004
    resident = ResidentRow(0, home.ref, name, language, email, home.address, phones)
    book.residents.append(resident)
    zip_code = home.draw.choice(("84601", "84604", "84606"))
    book.premises.append(PremiseRow(0, home.address, zip_code, home.cycle))
    gone = home.case == "moved out"
    account = AccountRow(
        0,
        home.ref,
        numbered(home.place),
        home.ref,
        home.address,
        "commercial" if home.commercial else "residential",
        "final" if gone else "active",
        home.opened_on,
        home.reads_on[-1] if gone else None,
        "Landlord 1" if home.case == "owner group" else "",
        bool(email),
        None,
    )
    book.accounts.append(account)
    if home.case in {"medical hold", "arrangement"}:
        kind = "medical" if home.case == "medical hold" else "arrangement"
        since = home.reads_on[-2]
        book.holds.append(HoldRow(0, home.ref, kind, since, None, "seeded city"))


def _services(book: Book, home: Household) -> None:
    big = home.commercial
    quantity = {"storm": home.draw.randint(4, 30), "sanitation": home.draw.randint(1, 3)}
    details = {
        "water": {"meter_size": "1 in" if big else "3/4 in"},
        "wastewater": {} if big else {"winter_average": f"{home.draw.randint(30, 95)}"},
    }
    if not big:
        quantity["storm"] = 1
        # Tenths of a thousand gallons, written exactly.
        tenths = details["wastewater"]["winter_average"]
        details["wastewater"] = {"winter_average": f"{tenths[:-1]}.{tenths[-1]}"}
    ends = home.reads_on[-1] if home.case == "moved out" else None
    for service, tariffs in TARIFFS.items():
        row = AgreementRow(
            0,
            home.ref,
            service,
            tariffs[big],
            Decimal(quantity.get(service, 1)),
            details.get(service, {}),
            home.opened_on,
            ends,
        )
        book.agreements.append(row)


def _power(book: Book, home: Household) -> None:
    base = home.draw.randint(2_500, 9_000) if home.commercial else home.draw.randint(320, 1_150)
    used = [
        base * POWER_SEASON[on.month - 1] * home.draw.randint(88, 112) // 10_000
        for on in home.reads_on[1:]
    ]
    if home.case == "high bill":
        used[-1] *= 4
    start = home.draw.randint(1_000, 60_000)
    if home.case == "rolled over":
        start = 100_000 - sum(used[:-2]) - 50
    dial = Dial(book, home, "power", f"P{home.ref}", 5)
    if home.case == "swapped meter":
        dial.swapped(used, start)
    else:
        dial.read(home.reads_on, used, start)
    if home.commercial:
        dial.demand(base // 150)


def _water(book: Book, home: Household) -> None:
    indoor = home.draw.randint(300, 900) * (3 if home.commercial else 1)
    garden = home.draw.randint(0, 9)
    used = [
        (indoor + garden * GARDEN_SEASON[on.month - 1]) * home.draw.randint(85, 115) // 100
        for on in home.reads_on[1:]
    ]
    if home.case == "vacant":
        used = [0 for _ in used]
    dial = Dial(book, home, "water", f"W{home.ref}", 6, multiplier=10)
    dial.read(home.reads_on, used, home.draw.randint(1_000, 500_000))


@dataclass(slots=True)
class Dial:
    """A meter of a household, being written."""

    book: Book
    home: Household
    service: str
    serial: str
    digits: int
    multiplier: int = 1

    def read(self, days: list[date], used: list[int], start: int, ended: bool = False) -> None:  # noqa: FBT001, FBT002  one of two ways to end
        """Set the meter and read it: the first day its start, then what was used since."""
        row = MeterRow(
            0,
            self.serial,
            self.home.address,
            self.service,
            self.digits,
            self.multiplier,
            "3/4 in" if self.service == "water" else "",
            days[0],
            days[-1] if ended else None,
        )
        self.book.meters.append(row)
        shown, full = start, 10**self.digits
        self._row(days[0], shown, "start", "ok")
        for on, moved in zip(days[1:], used, strict=True):
            finding = "rolled over" if shown + moved >= full else _finding(self.home, on, self)
            shown = (shown + moved) % full
            last = on == self.home.reads_on[-1] and self.home.case == "estimated read"
            kind = "estimated" if last else "final" if ended and on == days[-1] else "actual"
            self._row(on, shown, kind, finding)

    def swapped(self, used: list[int], start: int) -> None:
        """Read one meter up to the middle, then another in its place."""
        days, half = self.home.reads_on, len(used) // 2
        self.read(days[: half + 1], used[:half], start, ended=True)
        self.serial += "B"
        self.read(days[half:], used[half:], 0)

    def demand(self, most: int) -> None:
        """Read the highest kW of each month."""
        for on in self.home.reads_on[1:]:
            kilowatts = most * self.home.draw.randint(80, 120) // 100
            self.book.reads.append(ReadRow(0, self.serial, "demand", on, kilowatts, "actual", "ok"))

    def _row(self, on: date, shown: int, kind: str, finding: str) -> None:
        self.book.reads.append(ReadRow(0, self.serial, "use", on, shown, kind, finding))


def _finding(home: Household, on: date, dial: Dial) -> str:
    """Say what checking would have said of the telling cases."""
    if home.case == "high bill" and dial.service == "power" and on == home.reads_on[-1]:
        return "high"
    return "zero" if home.case == "vacant" and dial.service == "water" else "ok"


def _money(book: Book, home: Household) -> None:
    """Write what is owed: a third owe their last bill, some an older one too, one has credit."""
    months = {"past due": 3, "arrangement": 2, "paid up": 0, "credit": 0}.get(home.case)
    if months is None:
        months = home.draw.choices((0, 1, 2, 4), (60, 33, 5, 2))[0]
    for month in range(months):
        due = home.today + timedelta(12 - 30 * month)
        for service, cents in OWED.items():
            owed = cents * home.draw.randint(70, 160) // 100 * (6 if home.commercial else 1)
            book.balances.append(BalanceRow(0, home.ref, service, due, owed))
    other = {"credit": ("credit", -4_210), "deposit": ("deposit", 20_000)}.get(home.case)
    if other:
        book.balances.append(BalanceRow(0, home.ref, other[0], home.today, other[1]))
