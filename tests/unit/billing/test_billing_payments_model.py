"""Payments against a plain dictionary: whatever is done in whatever order, no cent is lost."""

import os
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Final

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import text
from sqlalchemy.orm import Session

from billing.errors import BillingError
from billing.ledger import invariants as ledger
from billing.ledger.balances import owed_by_each
from billing.ledger.chart import load_chart
from billing.ledger.clock import today
from billing.money import half_up
from billing.payments import fees, late_fees, requests
from billing.payments.credit import use_credit
from billing.payments.invariants import INVARIANTS
from billing.payments.limits import load_limits
from billing.payments.returned import take_back
from billing.payments.taking import take_payment
from db.session import Database
from db.verify import broken
from tests.unit.billing.conftest import open_account
from tests.unit.billing.paying import ON, agrees, bill, cash

EXAMPLES: Final = 100 if os.environ.get("CI") else 40
STEPS = 25
ACCEPTED_AT_LEAST = 0.6
SERVICES = ("power", "water", "storm")
FEE = fees.read_fees().returned_item.value

cents = st.integers(1, 20_000)
whose = st.integers(0, 2)
draws = st.integers(0, 10**6)


@dataclass
class Paid:
    """A payment as the dictionary has it."""

    number: int
    account: int
    cents: int
    refunded: int = 0
    returned: bool = False


class Paying(RuleBasedStateMachine):
    """One example is one database transaction, taken back at its end."""

    database: Database
    seen: Counter[str]

    def __init__(self) -> None:
        """Begin with three accounts that owe nothing."""
        super().__init__()
        self.stack = ExitStack()
        self.db: Session = self.stack.enter_context(Session(self.database.engine))
        self.accounts = [open_account(self.db) for _ in range(3)]
        self.total: Counter[int] = Counter()
        self.paid: list[Paid] = []
        self.steps = 0

    def teardown(self) -> None:
        """Check I1 to I6 and the rest, what is deferred too; then take it all back."""
        self.db.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
        every = (*ledger.INVARIANTS, *INVARIANTS)
        assert [each.name for each in every if broken(self.db, each)] == []
        self.db.rollback()
        self.stack.close()

    def key(self) -> str:
        self.steps += 1
        return f"model:{self.accounts[0]}:{self.steps}"

    def does(self, work: Callable[[], object], expected: str = "") -> bool:
        """Try it; the rooms must say what the dictionary says. Gives whether it was done."""
        try:
            with self.db.begin_nested():
                work()
        except BillingError as error:
            refused = error.rule
        else:
            refused = ""
        self.seen["refused" if refused else "accepted"] += 1
        assert refused == expected
        return not refused

    @rule(whose=whose, service=st.sampled_from(SERVICES), cents=cents, days=st.integers(-60, 30))
    def bill(self, whose: int, service: str, cents: int, days: int) -> None:
        account, due = self.accounts[whose], ON + timedelta(days=days)
        self.does(lambda: bill(self.db, account, {service: cents}, self.key(), due))
        self.total[account] += cents

    @rule(whose=whose, cents=cents)
    def pay(self, whose: int, cents: int) -> None:
        account = self.accounts[whose]
        payment = take_payment(self.db, cash(account, cents, self.key()), "t")
        self.seen["accepted"] += 1
        self.paid.append(Paid(payment.id, account, cents))
        self.total[account] -= cents

    @rule(whose=whose)
    def use(self, whose: int) -> None:
        account = self.accounts[whose]
        self.does(lambda: use_credit(self.db, account, ON, "t", self.key()))

    @rule(draw=draws, code=st.sampled_from(("R01", "KEYED")))
    def come_back(self, draw: int, code: str) -> None:
        if not self.paid:
            return
        paid = self.paid[draw % len(self.paid)]
        expected = "refunded before" if paid.refunded else ""
        expected = "reversed once" if paid.returned else expected
        key = self.key()
        if self.does(
            lambda: take_back(self.db, paid.number, code, on=ON, actor="t", key=key), expected
        ):
            paid.returned = True
            self.total[paid.account] += paid.cents + (FEE if code == "R01" else 0)

    @rule(draw=draws, part=st.integers(1, 100))
    def refund(self, draw: int, part: int) -> None:
        if not self.paid:
            return
        paid = self.paid[draw % len(self.paid)]
        asked = max(1, paid.cents * part // 100)
        expected = "refunded once" if paid.refunded + asked > paid.cents else ""
        expected = "refund of a payment" if paid.returned else expected
        wanted = self.asked("refund", paid.account, asked, "paid twice", {"payment": paid.number})
        if self.does(lambda: self.by_two(wanted), expected):
            paid.refunded += asked
            self.total[paid.account] += asked

    @rule(whose=whose, service=st.sampled_from(SERVICES), cents=cents)
    def adjust(self, whose: int, service: str, cents: int) -> None:
        account = self.accounts[whose]
        wanted = self.asked("adjustment", account, cents, "billing error", {"service": service})
        self.does(lambda: self.by_two(wanted))
        self.total[account] -= cents

    @rule(whose=whose, to=whose, cents=cents)
    def transfer(self, whose: int, to: int, cents: int) -> None:
        account, other = self.accounts[whose], self.accounts[to]
        by_service = owed_by_each(self.db, [account])[account].by_service
        expected = "open amount" if cents > sum(by_service.values()) else ""
        expected = "two accounts" if account == other else expected
        wanted = self.asked("transfer", account, cents, "moved", {"to": other})
        if self.does(lambda: self.by_two(wanted), expected):
            self.total[account] -= cents
            self.total[other] += cents

    @rule(whose=whose)
    def charge_late(self, whose: int) -> None:
        account, on = self.accounts[whose], today(self.db)
        rule = fees.read_fees().late
        late = sum(late_fees.past_due(self.db, account, on, rule).values())
        before = owed_by_each(self.db, [account])[account].total
        made = late_fees.charge_late(self.db, account, on, "t")
        self.seen["accepted"] += 1
        fee = owed_by_each(self.db, [account])[account].total - before
        assert fee == (half_up(Decimal(late) * rule.percent / 100) if made else 0)
        self.total[account] += fee

    @invariant()
    def what_is_owed_is_what_the_dictionary_says(self) -> None:
        for account, found in owed_by_each(self.db, self.accounts).items():
            assert found.total == self.total[account]
            assert found.unapplied <= 0
            assert agrees(self.db, account)

    def asked(
        self, kind: str, account: int, cents: int, reason: str, details: dict[str, object]
    ) -> requests.Asked:
        return requests.Asked(
            kind=kind,
            account_id=account,
            cents=cents,
            reason=reason,
            made_by="ana",
            made_as="rep",
            details=details,
        )

    def by_two(self, wanted: requests.Asked) -> None:
        request = requests.ask(self.db, wanted, self.key())
        if request.state == "draft":
            requests.approve(self.db, request.id, "ben", "supervisor")


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_payments_do_what_a_dictionary_does(fresh_database_url: str) -> None:
    database = Database(fresh_database_url, statement_ms=60_000, pool=4)
    database.run(load_chart)
    database.run(load_limits)
    machine = type("Run", (Paying,), {"database": database, "seen": Counter[str]()})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            database=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        ),
    )
    database.close()
    seen = machine.seen
    assert seen["accepted"] >= ACCEPTED_AT_LEAST * seen.total(), seen
