"""The ledger against a plain dictionary: what is taken, what is refused and by which rule."""

import os
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from datetime import date
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
from billing.ledger import balances, lines, periods
from billing.ledger.books import trial_balance
from billing.ledger.chart import load_chart
from billing.ledger.invariants import INVARIANTS
from billing.ledger.journal import Posting, post, reverse
from db.session import Database
from db.verify import broken
from tests.unit.billing.conftest import open_account

EXAMPLES: Final = 200 if os.environ.get("CI") else 60
STEPS = 30
ACCEPTED_AT_LEAST = 0.6
SERVICES = ("power", "water", "storm")
MONTHS = [date(2026, month, 10) for month in range(1, 11)]

cents = st.integers(1, 50_000)
whose = st.integers(0, 2)
services = st.sampled_from(SERVICES)
days = st.sampled_from(MONTHS)
SELDOM = st.sampled_from([False, False, False, True])


class Ledger(RuleBasedStateMachine):
    """One example is one database transaction, taken back at its end."""

    database: Database
    seen: Counter[str]

    def __init__(self) -> None:
        """Begin with nothing written, in the oracle and in the database."""
        super().__init__()
        self.kept: Counter[tuple[int, str]] = Counter()
        self.sums: Counter[str] = Counter()
        self.written: dict[str, tuple[Posting, int]] = {}
        self.undone: set[int] = set()
        self.closed: date | None = None
        self.stack = ExitStack()
        self.db: Session = self.stack.enter_context(Session(self.database.engine))
        self.accounts = [open_account(self.db) for _ in range(3)]

    def teardown(self) -> None:
        """Check every invariant of the ledger, the deferred ones too; then take it all back."""
        self.db.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
        assert [each.name for each in INVARIANTS if broken(self.db, each)] == []
        sums = {row.code: row.cents for row in trial_balance(self.db)}
        assert sums == {code: cents for code, cents in self.sums.items() if cents}
        self.db.rollback()
        self.stack.close()

    def attempt(self, posting: Posting, expected: str) -> None:
        """Post; the database must say what the oracle says."""
        self.try_it(lambda db: post(db, posting).transaction_id, posting, expected)

    def try_it(self, work: Callable[[Session], int], posting: Posting, expected: str) -> None:
        try:
            found = work(self.db)
        except BillingError as refused:
            self.refused(refused.rule, expected)
            return
        assert expected in {"", "again"}
        self.seen["accepted"] += 1
        if expected == "again":
            assert found == self.written[posting.key][1]
            return
        self.written[posting.key] = (posting, found)
        for line in posting.lines:
            self.sums[line.code] += line.cents
            if line.account_id:
                self.kept[line.account_id, line.code] += line.cents

    def refused(self, rule: str, expected: str) -> None:
        self.seen["refused"] += 1
        assert rule == expected

    def rule_for(self, day: date) -> str:
        """Say which rule refuses a day, if any."""
        return "closed period" if self.closed and day.replace(day=1) <= self.closed else ""

    def new(self, kind: str, day: date, written: tuple[lines.Line, ...]) -> Posting:
        return Posting(f"{kind}:{len(self.written)}:{self.seen.total()}", kind, day, "t", written)

    @rule(whose=whose, service=services, cents=cents, day=days)
    def charge(self, whose: int, service: str, cents: int, day: date) -> None:
        written = lines.charged(service, cents, self.accounts[whose], f"{service}.revenue")
        self.attempt(self.new("charge", day, written), self.rule_for(day))

    @rule(whose=whose, service=services, cents=cents, more=st.integers(0, 900), day=days)
    def pay(self, whose: int, service: str, cents: int, more: int, day: date) -> None:
        written = lines.received("pool.bank", {service: cents}, more, self.accounts[whose])
        self.attempt(self.new("pay", day, written), self.rule_for(day))

    @rule(whose=whose, service=services, cents=cents, day=days)
    def apply_credit(self, whose: int, service: str, cents: int, day: date) -> None:
        written = lines.applied({service: cents}, self.accounts[whose])
        self.attempt(self.new("apply", day, written), self.rule_for(day))

    @rule(whose=whose, service=services, cents=cents)
    def adjust(self, whose: int, service: str, cents: int) -> None:
        written = lines.adjusted(service, cents, self.accounts[whose])
        self.attempt(self.new("adjust", MONTHS[-1], written), self.rule_for(MONTHS[-1]))

    @rule(draw=st.integers(0, 10**6))
    def deliver_again(self, draw: int) -> None:
        if self.written:
            posting, _ = list(self.written.values())[draw % len(self.written)]
            if posting.reverses is None:
                self.attempt(posting, "again")

    @rule(draw=st.integers(0, 10**6), seldom=SELDOM)
    def deliver_altered(self, draw: int, *, seldom: bool) -> None:
        if self.written and seldom:
            posting, _ = list(self.written.values())[draw % len(self.written)]
            other = Posting(
                posting.key, posting.kind + "!", posting.effective_on, "t", posting.lines
            )
            self.attempt(other, "same key, same body")

    @rule(draw=st.integers(0, 10**6), day=days)
    def undo(self, draw: int, day: date) -> None:
        if not self.written:
            return
        was, at = list(self.written.values())[draw % len(self.written)]
        back = tuple(lines.Line(one.code, -one.cents, one.account_id) for one in was.lines)
        posting = Posting(f"undo:{at}:{self.seen.total()}", "reversal", day, "t", back, reverses=at)
        expected = self.rule_for(day)
        if at in self.undone:
            expected = "reversed once"
        if was.reverses is not None:
            expected = "reversal of a reversal"
        self.try_it(
            lambda db: reverse(db, at, posting.key, day, "t", {}).transaction_id, posting, expected
        )
        if expected == "":
            self.undone.add(at)

    @rule(whose=whose, service=services, cents=cents, seldom=SELDOM)
    def unbalanced(self, whose: int, service: str, cents: int, *, seldom: bool) -> None:
        if not seldom:
            return
        written = lines.charged(service, cents, self.accounts[whose], f"{service}.revenue")
        self.attempt(self.new("bad", MONTHS[-1], (*written, written[0])), "balance")

    @rule(day=st.sampled_from(MONTHS[:4]), seldom=SELDOM)
    def close(self, day: date, *, seldom: bool) -> None:
        """Close a month now and then, so that most of a run finds open ones."""
        if not seldom:
            return
        closing = periods.close_month(self.db, day, "t")
        assert closing.again == (self.closed is not None and closing.month <= self.closed)
        self.closed = max(self.closed or closing.month, closing.month)

    @invariant()
    def every_figure_agrees(self) -> None:
        found = balances.owed_by_each(self.db, self.accounts)
        for account, owed in found.items():
            mine = {code: cents for (who, code), cents in self.kept.items() if who == account}
            assert owed.total == sum(mine.values())
            assert owed.unapplied == mine.get("pool.unapplied", 0)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_the_ledger_does_what_a_dictionary_does(fresh_database_url: str) -> None:
    database = Database(fresh_database_url, statement_ms=60_000, pool=4)
    database.run(load_chart)
    machine = type("Run", (Ledger,), {"database": database, "seen": Counter[str]()})
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
