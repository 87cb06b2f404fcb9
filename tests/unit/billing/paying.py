"""Accounts that owe something, for the tests of payments."""

from collections.abc import Callable, Generator, Mapping
from datetime import date
from typing import Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from billing.ledger.balances import owed
from billing.ledger.chart import load_chart
from billing.payments.charges import Fee, add_fee
from billing.payments.invariants import INVARIANTS
from billing.payments.taking import Taking
from db.session import Database
from db.verify import broken
from tests.services import Servers, on_database
from tests.unit.billing.conftest import open_account

ON: Final = date(2026, 11, 23)
DUE: Final = date(2026, 12, 10)
OPEN: Final = text("""
SELECT service, CAST(sum(open_cents) AS bigint) AS cents FROM charges
WHERE account_id = :account AND open_cents > 0 GROUP BY 1""")
COUNT: Final = text("SELECT count(*) FROM payments WHERE account_id = :account")


def own_database(servers: Servers, new_database: Callable[[str], str]) -> Generator[Database]:
    """Open a database that no other module plants anything in, as the app's role."""
    url = on_database(servers.database_url, new_database("payments"))
    made = Database(url, statement_ms=60_000, pool=20)
    made.run(load_chart)
    yield made
    made.close()


def bill(
    session: Session, account: int, cents: Mapping[str, int], key: str, due: date = DUE
) -> list[int]:
    """Charge an account by service, as a statement does; gives the charges' ids."""
    return [
        add_fee(
            session,
            Fee(
                account_id=account,
                service=service,
                kind="use",
                cents=amount,
                on=min(ON, due),
                due_on=due,
                code=f"{service}.revenue",
            ),
            "t",
            f"{key}:{service}",
        )
        for service, amount in cents.items()
    ]


def owing(session: Session, key: str, **cents: int) -> int:
    """Open an account that owes these cents by service."""
    account = open_account(session)
    bill(session, account, cents, f"bill:{key}")
    return account


def cash(account: int | None, cents: int, key: str) -> Taking:
    """Make a payment in cash."""
    return Taking(account_id=account, tender="cash", cents=cents, received_on=ON, key=key)


def open_by_service(session: Session, account: int) -> dict[str, int]:
    """Add up what is open of the account's charges."""
    return {row.service: row.cents for row in session.execute(OPEN, {"account": account})}


def agrees(session: Session, account: int) -> bool:
    """Say whether the charges and the ledger agree on what is owed by service."""
    return open_by_service(session, account) == owed(session, account).by_service


def payments(session: Session, account: int) -> int:
    """Count the account's payments."""
    return session.execute(COUNT, {"account": account}).scalar_one()


def breaks(session: Session) -> list[str]:
    """Name the invariants of payments that are broken."""
    return [each.name for each in INVARIANTS if broken(session, each)]
