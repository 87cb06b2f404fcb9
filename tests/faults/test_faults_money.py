"""Money under faults, in short: deaths of writers and of PostgreSQL, every fault on the wire."""

import os
import uuid
from collections import Counter
from collections.abc import Callable
from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from bench.money.deaths import kill_database, kill_writers
from bench.money.town import Outcome
from bench.money.wire import Line, simulate
from billing.ledger.clock import today
from billing.payments import intents
from billing.payments.answers import answer
from billing.payments.taking import Taking, take_payment
from billing.shapes import PaymentAnswer, PaymentResult
from db.embedded import home
from tests.services import Servers, on_database

PAYMENTS = int(os.environ.get("CITYLINE_PAYMENTS", "100"))
DEATHS = int(os.environ.get("CITYLINE_DEATHS", "4"))
FEW = 40

pytestmark = [pytest.mark.faults, pytest.mark.slow]


class Unswept(Line):
    """A line whose sweeper never runs."""

    def sweep(self, now: datetime) -> Counter[str]:
        del now
        return Counter()


class Keyless(Line):
    """A line that posts whatever it is told, under a key of that moment."""

    def finish(self, said: PaymentResult) -> PaymentAnswer:
        def take(session: Session) -> PaymentAnswer:
            intent = intents.get(session, said.intent, locked=True)
            if said.outcome == "approved":
                taking = Taking(
                    account_id=intent.account_id, tender=intent.tender, cents=intent.cents,
                    received_on=today(session), key=f"pay:{uuid.uuid4()}",
                    fee_cents=intent.fee_cents,
                )  # fmt: skip
                take_payment(session, taking, "phone")
            return answer(session, intent)

        return self.database.run(take)


def simulated(url: str, seed: int, payments: int, line: type[Line] = Line) -> Outcome:
    return simulate(url, payments, seed, lambda _done: None, line=line)


def test_payments_among_faults_agree_with_the_processor_to_the_cent(
    fresh_database_url: str, seed: int
) -> None:
    outcome = simulated(fresh_database_url, seed, PAYMENTS)
    assert not outcome.wrong, "\n".join(outcome.wrong)
    assert outcome.figures["charges"]
    assert outcome.figures["swept"]
    assert outcome.figures["tried again"]


def test_a_batch_replays_from_the_seed_and_the_number_of_a_payment(
    new_database: Callable[[str], str], servers: Servers, seed: int
) -> None:
    urls = [on_database(servers.database_url, new_database("replay")) for _ in range(2)]
    whole = simulated(urls[0], seed, FEW).figures
    again = simulate(urls[1], FEW, seed, lambda _done: None, only=FEW // 2).figures
    assert drawn(again) == drawn(whole)


def drawn(figures: dict[str, float]) -> dict[str, float]:
    """Leave out what the machine's speed says."""
    return {name: figure for name, figure in figures.items() if "second" not in name}


@pytest.mark.parametrize("line", [Unswept, Keyless])
def test_a_planted_fault_is_found(fresh_database_url: str, seed: int, line: type[Line]) -> None:
    outcome = simulated(fresh_database_url, seed, FEW, line)
    assert any("replay: seed" in one for one in outcome.wrong)


def test_killed_writers_lose_nothing_they_acknowledged(fresh_database_url: str, seed: int) -> None:
    outcome = kill_writers(fresh_database_url, DEATHS, seed, lambda _done: None)
    assert not outcome.wrong, "\n".join(outcome.wrong)
    assert outcome.figures["acknowledged begun"]


def test_a_killed_postgresql_loses_nothing_it_acknowledged(seed: int) -> None:
    if not home.is_supported():
        pytest.skip("no embedded servers for this machine: there is nothing to kill")
    outcome = kill_database(1, seed, lambda _done: None)
    assert not outcome.wrong, "\n".join(outcome.wrong)
    assert outcome.figures["asked again"]
