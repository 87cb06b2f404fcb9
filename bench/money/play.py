"""Everything that may happen to accounts, at once and at random, against a plain dictionary.

Several workers bill, take payments, take them back, charge fees, adjust, transfer, refund and use
credit. Each knows what its act changes of what is owed; after every barrier the ledger, the open
charges and the dictionary must agree, and every invariant must hold. One seed draws the acts; their
order among the workers is the machine's.
"""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from typing import Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from bench.money.crowd import run_all
from bench.money.town import Outcome, found_town, judge
from billing.errors import BillingError
from billing.ledger.balances import owed_by_each
from billing.ledger.clock import today
from billing.payments import requests, returned
from billing.payments.charges import Fee, add_fee
from billing.payments.credit import use_credit
from billing.payments.fees import read_fees, usable
from billing.payments.requests import Asked
from billing.payments.taking import Taking, take_payment
from db.session import Database

WORKERS: Final = 8
SERVICES: Final = ("power", "water", "wastewater", "storm", "sanitation")
ACCEPTED_AT_LEAST: Final = 0.6
OPEN: Final = text("""
SELECT account_id, CAST(sum(open_cents) AS bigint) AS cents FROM charges GROUP BY 1""")
Changes = Mapping[int, int]  # account id -> cents by which what is owed changes
Act = Callable[[Session, "Hand"], Changes]


@dataclass
class Town:
    """What the acts work on: the accounts, payments that may come back, and the dictionary."""

    database: Database
    accounts: list[int]
    on: date
    acts: Mapping[Act, int]
    owed: Counter[int] = field(default_factory=Counter[int])
    paid: list[tuple[int, int, int]] = field(default_factory=list[tuple[int, int, int]])
    said: Counter[str] = field(default_factory=Counter[str])
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, act: str, changes: Changes) -> None:
        """Write an act that was committed into the dictionary."""
        with self.lock:
            self.owed.update(changes)
            self.said[act] += 1

    def refused(self, rule: str) -> None:
        """Count what the core refused."""
        with self.lock:
            self.said[f"refused: {rule}"] += 1


@dataclass(frozen=True)
class Hand:
    """One worker's hand: its draws, and the key of the act it is about to do."""

    town: Town
    draw: random.Random
    key: str

    def account(self) -> int:
        """Draw an account."""
        return self.draw.choice(self.town.accounts)

    def cents(self) -> int:
        """Draw an amount."""
        return self.draw.randint(1, 20_000)


def bill(db: Session, hand: Hand) -> Changes:
    """Charge a service."""
    account, cents = hand.account(), hand.cents()
    _charge(db, hand, account, (hand.draw.choice(SERVICES), "use", cents))
    return {account: cents}


def late_fee(db: Session, hand: Hand) -> Changes:
    """Charge a late fee."""
    account, cents = hand.account(), hand.draw.randint(100, 900)
    _charge(db, hand, account, (hand.draw.choice(SERVICES), "late fee", cents))
    return {account: cents}


def pay(db: Session, hand: Hand) -> Changes:
    """Take a payment, whatever is owed."""
    account, cents = hand.account(), hand.cents()
    tender = hand.draw.choice(("cash", "check", "lockbox"))
    taking = Taking(
        account_id=account, tender=tender, cents=cents, received_on=hand.town.on, key=hand.key
    )
    payment = take_payment(db, taking, "play")
    hand.town.paid.append((payment.id, account, cents))
    return {account: -cents}


def take_back(db: Session, hand: Hand) -> Changes:
    """Undo a payment; some codes bear a fee."""
    payment, account, cents = hand.draw.choice(hand.town.paid or [(0, 0, 0)])
    code = hand.draw.choice(sorted(read_fees().codes))
    undone = returned.take_back(db, payment, code, on=hand.town.on, actor="play", key=hand.key)
    fee = usable(read_fees().returned_item, production=False) if undone.fee_charge else 0
    return {account: cents + fee}


def adjust(db: Session, hand: Hand) -> Changes:
    """Take something off a service."""
    account, cents = hand.account(), hand.draw.randint(1, 9_000)
    details = {"service": hand.draw.choice(SERVICES)}
    _ask(db, hand, ("adjustment", account, cents, "goodwill"), details)
    return {account: -cents}


def transfer(db: Session, hand: Hand) -> Changes:
    """Move what one account owes to another."""
    account, to, cents = hand.account(), hand.account(), hand.draw.randint(1, 5_000)
    _ask(db, hand, ("transfer", account, cents, "moved"), {"to": to})
    return {account: -cents, to: cents}


def refund(db: Session, hand: Hand) -> Changes:
    """Refund a part of an account's credit, approved by a second person."""
    account, cents = hand.account(), hand.draw.randint(1, 5_000)
    _ask(db, hand, ("refund", account, cents, "overpaid"), {})
    return {account: cents}


def spend_credit(db: Session, hand: Hand) -> Changes:
    """Use an account's credit for what is open: what is owed does not change."""
    use_credit(db, hand.account(), hand.town.on, "play", hand.key)
    return {}


ACTS: Final[Mapping[Act, int]] = {
    bill: 30, pay: 34, take_back: 8, late_fee: 6, adjust: 8, transfer: 6, refund: 3,
    spend_credit: 5,
}  # fmt: skip


@dataclass(frozen=True)
class Size:
    """So many acts on so many accounts, with a barrier after `every` of them."""

    acts: int
    accounts: int
    every: int
    seed: int
    workers: int = WORKERS


def play(
    url: str, size: Size, tell: Callable[[int], None], acts: Mapping[Act, int] = ACTS
) -> Outcome:
    """Do the acts of a seed; stops at the first barrier where something is wrong.

    `acts` are what may happen, each with its weight.
    """
    outcome, database = Outcome(), Database(url, statement_ms=30_000, pool=size.workers)
    town = Town(database, found_town(database, size.accounts), database.run(today), acts)
    began = time.perf_counter()
    for start in range(0, size.acts, size.every):
        share = range(start, min(start + size.every, size.acts))
        shares = [share[hand :: size.workers] for hand in range(size.workers)]
        run_all(partial(some, town, numbers, size.seed) for numbers in shares)
        compare(town, outcome, f"seed {size.seed}, after {share[-1] + 1} acts")
        tell(share[-1] + 1)
        if outcome.wrong:
            break
    outcome.figures["seconds"] = time.perf_counter() - began
    outcome.figures |= dict(town.said)
    accepted = sum(many for act, many in town.said.items() if not act.startswith("refused"))
    outcome.figures["accepted share"] = accepted / town.said.total()
    outcome.claim(accepted >= ACCEPTED_AT_LEAST * town.said.total(), "most of it was refused")
    database.close()
    return outcome


def some(town: Town, numbers: range, seed: int) -> None:
    """Do these acts one after another; each draws from the seed and its own number."""
    for number in numbers:
        draw = random.Random(f"{seed}:{number}")
        (act,) = draw.choices(list(town.acts), list(town.acts.values()))
        hand = Hand(town, draw, f"play:{number}")
        try:
            changes = town.database.run(lambda db, do=act, by=hand: do(db, by))
        except BillingError as refused:
            town.refused(refused.rule)
        else:
            town.note(act.__name__, changes)


def compare(town: Town, outcome: Outcome, when: str) -> None:
    """Compare the ledger and the open charges with the dictionary, then every invariant."""
    kept = town.database.run(lambda db: owed_by_each(db, town.accounts))
    still = town.database.run(lambda db: {row.account_id: row.cents for row in db.execute(OPEN)})
    for account in town.accounts:
        mine = kept[account]
        told = town.owed[account]
        outcome.claim(
            mine.total == told, f"{when}: account {account} owes {mine.total}, it should be {told}"
        )
        outcome.claim(
            still.get(account, 0) == sum(mine.by_service.values()),
            f"{when}: account {account}: the open charges and the ledger differ",
        )
    judge(town.database, outcome, when)


def _charge(db: Session, hand: Hand, account: int, what: tuple[str, str, int]) -> None:
    service, kind, cents = what
    due = hand.town.on + timedelta(hand.draw.randint(-60, 20))
    fee = Fee(
        account_id=account, service=service, kind=kind, cents=cents, on=min(hand.town.on, due),
        due_on=due, code=f"{service}.revenue",
    )  # fmt: skip
    add_fee(db, fee, "play", hand.key)


def _ask(
    db: Session, hand: Hand, what: tuple[str, int, int, str], details: Mapping[str, object]
) -> None:
    kind, account, cents, reason = what
    asked = Asked(
        kind=kind, account_id=account, cents=cents, reason=reason, made_by="rep 1", made_as="rep",
        details=details,
    )  # fmt: skip
    request = requests.ask(db, asked, hand.key)
    if request.state == "draft":
        requests.approve(db, request.id, "supervisor 1", "supervisor")
