"""The chart of accounts as data: config/billing/chart.yaml, loaded into the database.

A set of accounts is written once and given to every fund that has it; a code that was ever used
is never taken away, so loading only adds and renames.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from config.errors import ConfigError
from config.reading import Part, read_part
from config.words import Both

FILE: Final = Path(__file__).parents[2] / "config" / "billing" / "chart.yaml"
KINDS: Final = frozenset({"asset", "liability", "revenue", "expense", "equity"})
LOAD: Final = text("""
INSERT INTO ledger_accounts (code, fund, kind, kept, name_en, name_es)
SELECT * FROM unnest(CAST(:codes AS text[]), CAST(:funds AS text[]), CAST(:kinds AS text[]),
    CAST(:kept AS boolean[]), CAST(:en AS text[]), CAST(:es AS text[]))
ON CONFLICT (code) DO UPDATE SET name_en = EXCLUDED.name_en, name_es = EXCLUDED.name_es
WHERE (ledger_accounts.name_en, ledger_accounts.name_es) <> (EXCLUDED.name_en, EXCLUDED.name_es)
""")
AS_THEY_ARE: Final = text("SELECT code, kind, kept FROM ledger_accounts")


@dataclass(frozen=True, slots=True)
class Account:
    """One code of the chart. `kept`: a balance is kept under it for each resident's account."""

    code: str
    fund: str
    kind: str
    kept: bool
    name: Both


@dataclass(frozen=True, slots=True)
class Chart:
    """The funds by id, those of a service among them, and every code."""

    funds: dict[str, Both]
    services: tuple[str, ...]
    accounts: dict[str, Account]


def read_chart(path: Path = FILE) -> Chart:
    """Read the chart; raises ConfigError with every fault."""
    faults: list[str] = []
    whole = read_part(path, faults)
    funds = {name: part.both("name") for name, part in whole.parts("funds")}
    services = whole.texts("services")
    faults.extend(f"{whole.file}: services names {one}, no fund." for one in {*services} - {*funds})
    found: list[Account] = []
    for name, part in whole.parts("each service and general"):
        found.extend(_of_fund(name, part, (*services, "general"), funds))
    for fund, accounts in whole.parts("further"):
        for name in accounts.names():
            found.extend(_of_fund(name, accounts.part(name), (fund,), funds))
    due_to = whole.part("pool owes each service and general")
    found.extend(_due_to(due_to, (*services, "general"), funds))
    whole.done()
    if faults:
        raise ConfigError(faults)
    return Chart(funds, services, {account.code: account for account in found})


@cache
def the_chart() -> Chart:
    """Give the city's chart, read once."""
    return read_chart()


def load_chart(session: Session, chart: Chart | None = None) -> int:
    """Bring the chart into the database; gives how many codes it has. A repeat changes nothing.

    Raises ConfigError where a code that is there would become another kind of thing.
    """
    accounts = (chart or the_chart()).accounts
    there = {code: (kind, kept) for code, kind, kept in session.execute(AS_THEY_ARE)}
    faults = [
        f"config/billing/chart.yaml: {code} was {there[code][0]} and may not change its nature."
        for code, account in accounts.items()
        if there.get(code, (account.kind, account.kept)) != (account.kind, account.kept)
    ]
    if faults:
        raise ConfigError(faults)
    rows = list(accounts.values())
    session.execute(LOAD, {
        "codes": [row.code for row in rows],
        "funds": [row.fund for row in rows],
        "kinds": [row.kind for row in rows],
        "kept": [row.kept for row in rows],
        "en": [row.name.en for row in rows],
        "es": [row.name.es for row in rows],
    })  # fmt: skip
    return len(rows)


def _of_fund(
    name: str, part: Part, given: tuple[str, ...], funds: dict[str, Both]
) -> list[Account]:
    """Read one account, and give it to each of these funds."""
    kind = part.one_of("kind", KINDS, "kind of account")
    is_kept = part.flag("kept", default=False)
    both = part.both("name")
    part.done()
    known = [fund for fund in given if fund in funds]
    if len(known) < len(given):
        part.fault("is of a fund that 'funds' does not have")
    return [_account(fund, name, kind, both, kept=is_kept, funds=funds) for fund in known]


def _due_to(part: Part, services: tuple[str, ...], funds: dict[str, Both]) -> list[Account]:
    kind, both = part.one_of("kind", KINDS, "kind of account"), part.both("name")
    part.done()
    return [
        Account(
            f"pool.due_to_{fund}",
            "pool",
            kind,
            kept=False,
            name=Both(f"{both.en}: {funds[fund].en}", f"{both.es}: {funds[fund].es}"),
        )
        for fund in services
        if fund in funds
    ]


def _account(  # noqa: PLR0913  one row of the chart has so many parts
    fund: str, name: str, kind: str, both: Both, *, kept: bool, funds: dict[str, Both]
) -> Account:
    said = Both(f"{funds[fund].en}: {both.en}", f"{funds[fund].es}: {both.es}")
    return Account(f"{fund}.{name}", fund, kind, kept, said)
