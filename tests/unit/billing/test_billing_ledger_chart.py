"""The chart of accounts: what every fund has, in both languages, and never less than before."""

from pathlib import Path

import pytest
from sqlalchemy import text

from billing.ledger.chart import load_chart, read_chart, the_chart
from config.errors import ConfigError
from db.session import Database

SERVICES = ("power", "water", "wastewater", "storm", "sanitation", "transportation")
EACH = {
    "receivable", "revenue", "late_fees", "fees", "bad_debt", "adjustments", "tax_payable",
    "due_from_pool", "opening",
}  # fmt: skip
POOL = {
    "cash_drawers", "vault", "undeposited", "card_clearing", "ach_clearing", "lockbox", "bank",
    "suspense", "unapplied", "deposits", "refunds_payable", "unclaimed", "over_short", "interest",
}  # fmt: skip
GOOD = """
funds:
  power: {name: {en: Power, es: Electricidad}}
  general: {name: {en: General, es: General}}
  pool: {name: {en: Pool, es: Caja}}
services: [power]
each service and general:
  receivable: {kind: asset, kept: true, name: {en: owed, es: por cobrar}}
pool owes each service and general: {kind: liability, name: {en: owes, es: debe a}}
further:
  pool:
    bank: {kind: asset, name: {en: bank, es: banco}}
"""


def test_every_service_and_general_has_the_same_set() -> None:
    chart = the_chart()
    assert chart.services == SERVICES
    for fund in (*SERVICES, "general"):
        own = {code.partition(".")[2] for code, a in chart.accounts.items() if a.fund == fund}
        assert own == EACH
        assert f"pool.due_to_{fund}" in chart.accounts
    own = {code for code, account in chart.accounts.items() if account.fund == "pool"}
    assert own >= {f"pool.{name}" for name in POOL}


def test_a_balance_is_kept_for_residents_accounts_and_never_for_cash_or_revenue() -> None:
    kept = {code for code, account in the_chart().accounts.items() if account.kept}
    held = {"pool.unapplied", "pool.deposits", "pool.refunds_payable"}
    assert kept == {f"{fund}.receivable" for fund in (*SERVICES, "general")} | held


def test_loading_again_changes_nothing(database: Database) -> None:
    query = text("SELECT count(*), min(xmin::text), max(xmin::text) FROM ledger_accounts")
    before = database.run(lambda db: db.execute(query).one())
    assert database.run(load_chart) == len(the_chart().accounts) == before[0]
    assert database.run(lambda db: db.execute(query).one()) == before


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "chart.yaml"


def test_a_chart_is_read(file: Path) -> None:
    file.write_text(GOOD, "utf-8")
    chart = read_chart(file)
    assert list(chart.accounts) == [
        "power.receivable", "general.receivable", "pool.bank", "pool.due_to_power",
        "pool.due_to_general",
    ]  # fmt: skip
    assert chart.accounts["pool.due_to_power"].name.es == "Caja: debe a Electricidad".replace(
        "Caja: debe a", "debe a:"
    )


@pytest.mark.parametrize(
    ("was", "becomes", "said"),
    [
        ("kind: asset, kept", "kind: gold, kept", "no kind of account"),
        ("en: owed, ", "", "says nothing in English"),
        ("services: [power]", "services: [power, gas]", "names gas"),
        ("further:\n  pool:", "further:\n  gas:", "'funds' does not have"),
        ("kept: true", "kept: 1", "true or false"),
        ("kept: true", "keep: true", "a word this file does not know"),
        ("{kind: liability", "{keep: true, kind: liability", "a word this file does not know"),
    ],
)
def test_a_fault_is_one_sentence(file: Path, was: str, becomes: str, said: str) -> None:
    assert was in GOOD
    file.write_text(GOOD.replace(was, becomes), "utf-8")
    with pytest.raises(ConfigError, match=said):
        read_chart(file)


def test_a_code_keeps_its_nature_for_ever(database: Database, file: Path) -> None:
    file.write_text(GOOD.replace("bank: {kind: asset", "bank: {kind: expense"), "utf-8")
    with pytest.raises(ConfigError, match="may not change its nature"):
        database.run(lambda db: load_chart(db, read_chart(file)))
