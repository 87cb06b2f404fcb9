"""Deposits by the city code's rule: asked for or waived, held, and given back or applied, once.

A deposit is the resident's money: it stands in pool.deposits until it ends, and goes then, with its
interest, to the account's credit. It is applied to no account that is not closed. One whose check
comes back was never there: it is due again, and what it had become is undone.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from billing.accounts import finding
from billing.errors import Conflict, NotAllowed, NotFound
from billing.ledger import balances
from billing.ledger.journal import Line, Posting, post, reverse
from billing.ledger.lines import deposited, held_over
from billing.money import Cents
from billing.payments import charges
from billing.payments.credit import CREDIT, mend, use_credit
from billing.payments.exceptions import excepted
from billing.payments.fees import usable
from billing.payments.history import billed, record
from billing.payments.months import YEAR, months_after
from billing.payments.policies import DepositRules, deposit_rules
from billing.payments.portions import part_of, percent_of
from billing.payments.tables import Deposit

DAYS: Final = 365
HELD: Final = "pool.deposits"
EXCEPTION: Final = "no deposit"
RETURNED: Final = "returned"
ENDED: Final = frozenset({"final", "closed", "written off"})
ACCOUNT: Final = text("SELECT kind, status FROM accounts WHERE id = :account")
TAKEN: Final = "deposit"  # the kind of the transaction that takes one in
TAKEN_BY: Final = text("SELECT kind FROM journal WHERE id = :id")
TIMES: Final = text("""
SELECT count(*) FROM journal
WHERE account_id = :account AND (key = :key OR starts_with(key, :key || ':'))""")


@dataclass(frozen=True, slots=True)
class Required:
    """What an account must deposit beside what is held, and why; nothing where it is waived."""

    cents: Cents
    why: str


def required(  # noqa: PLR0913  the account, the day, what was shown, and by which rule
    session: Session,
    account_id: int,
    on: date,
    *,
    letter: bool = False,
    production: bool = False,
    rules: DepositRules | None = None,
) -> Required:
    """Say what the code asks for; `letter`: two clean years with another utility were shown.

    Raises NotFound.
    """
    finding.get(session, account_id)
    rules = rules or deposit_rules()
    if letter or excepted(session, account_id, EXCEPTION, on):
        return Required(0, "letter" if letter else "exception")
    if record(session, account_id, on, rules.clean_months).clean:
        return Required(0, "clean record")
    held = balances.deposits(session, account_id)
    least, why = usable(rules.least, production=production), "least"
    if record(session, account_id, on, YEAR).late >= rules.late_times:
        raised = part_of(billed(session, account_id, on, YEAR), rules.average_months, YEAR)
        least, why = max(least, raised), "raised" if raised > least else "least"
    return Required(max(0, least - held), why)


def ask_for(session: Session, account_id: int, asked: Required) -> Deposit | None:
    """Write down that a deposit is due; nothing where none is, one at a time. Raises NotFound."""
    finding.get(session, account_id)
    charges.lock(session, {account_id})
    due = session.scalar(
        select(Deposit).where(Deposit.account_id == account_id, Deposit.state == "due")
    )
    if due is not None or not asked.cents:
        return due
    deposit = Deposit(account_id=account_id, cents=asked.cents, why=asked.why)
    session.add(deposit)
    session.flush()
    return deposit


def waive(session: Session, deposit_id: int, why: str, on: date) -> Deposit:
    """Ask for it no more; raises NotFound, Conflict where it is not due."""
    deposit = _locked(session, deposit_id, "due")
    deposit.state, deposit.why, deposit.ended_on = "waived", why, on
    session.flush()
    return deposit


def hold(  # noqa: PLR0913  which, into what, when, by whom
    session: Session,
    deposit_id: int,
    *,
    into: str,
    on: date,
    actor: str,
    rules: DepositRules | None = None,
) -> Deposit:
    """Take a deposit that is due into the cash code `into`; it is looked at again by the rule.

    Raises NotFound, Conflict.
    """
    deposit = _locked(session, deposit_id, "due")
    account = session.execute(ACCOUNT, {"account": deposit.account_id}).one()
    lines = deposited(into, deposit.cents, deposit.account_id)
    key = _key(session, deposit)
    posted = post(session, Posting(key, TAKEN, on, actor, lines, deposit.account_id))
    deposit.state, deposit.held_on, deposit.held_by = "held", on, posted.transaction_id
    months = (rules or deposit_rules()).release_months
    deposit.review_on = months_after(on, months[account.kind])
    session.flush()
    return deposit


def release(
    session: Session, deposit_id: int, on: date, actor: str, rules: DepositRules | None = None
) -> Deposit:
    """Give a deposit back when its months are over: to the account's credit, which is then used.

    Raises NotFound, Conflict (not held), NotAllowed (too early).
    """
    deposit = _locked(session, deposit_id, "held")
    if deposit.review_on is None or on < deposit.review_on:
        message = f"the deposit is held until {deposit.review_on}"
        raise NotAllowed("release of a deposit", message, "Wait, or close the account.")
    return _end(session, deposit, "released", on, actor, rules or deposit_rules())


def apply_to_final(
    session: Session, deposit_id: int, on: date, actor: str, rules: DepositRules | None = None
) -> Deposit:
    """Apply a deposit to what a closed account owes; the rest is its credit, to be refunded.

    Raises NotFound, Conflict (not held), NotAllowed (the account is not closed).
    """
    deposit = _locked(session, deposit_id, "held")
    account = session.execute(ACCOUNT, {"account": deposit.account_id}).one()
    if account.status not in ENDED:
        message = f"the account is {account.status}"
        raise NotAllowed("closed account", message, "A deposit pays a final bill and no other.")
    return _end(session, deposit, "applied", on, actor, rules or deposit_rules())


def come_back(  # noqa: PLR0913  which, when, by whom, once for this key, and why
    session: Session, deposit_id: int, *, on: date, actor: str, key: str, memo: Mapping[str, str]
) -> int:
    """Undo the taking of a deposit whose check came back: it is due again, and held no more.

    One that had ended by then is waived: its end is undone with its interest, so that what it paid
    is open again. Gives the transaction. Raises NotFound, Conflict (not held, undone before),
    NotAllowed (brought in by an import).
    """
    deposit = locked(session, deposit_id)
    account, taken = deposit.account_id, _taken(session, deposit)
    ended = deposit.ended_by is not None
    if deposit.ended_by is not None:
        reverse(session, deposit.ended_by, f"{key}:end", on, actor, memo)
    undone = reverse(session, taken, key, on, actor, memo).transaction_id
    deposit.state, deposit.why = ("waived", RETURNED) if ended else ("due", deposit.why)
    deposit.ended_on = on if ended else None
    deposit.held_on = deposit.review_on = deposit.held_by = deposit.ended_by = None
    deposit.interest_cents = 0
    session.flush()
    mend(session, account, on, actor, key)
    return undone


def interest(deposit: Deposit, on: date, rules: DepositRules) -> Cents:
    """Say what a deposit has earned: simple, by the days it was held."""
    days = (on - deposit.held_on).days if deposit.held_on else 0
    return percent_of(deposit.cents, rules.interest, max(0, days), DAYS)


def _end(  # noqa: PLR0913, PLR0917  one deposit, how it ends, when, by whom and by which rule
    session: Session, deposit: Deposit, state: str, on: date, actor: str, rules: DepositRules
) -> Deposit:
    earned = interest(deposit, on, rules)
    account = deposit.account_id
    lines = (
        *held_over(HELD, CREDIT, deposit.cents, account),
        *((Line("pool.interest", earned), Line(CREDIT, -earned, account)) if earned else ()),
    )
    key = f"deposit {state}:{deposit.id}"
    posted = post(session, Posting(key, f"deposit {state}", on, actor, lines, account))
    deposit.state, deposit.ended_on, deposit.ended_by = state, on, posted.transaction_id
    deposit.interest_cents = earned
    session.flush()
    use_credit(session, account, on, actor, f"{key}:used")
    return deposit


def locked(session: Session, deposit_id: int) -> Deposit:
    """Lock a deposit's account, and read the deposit as it stands then; raises NotFound."""
    found = session.get(Deposit, deposit_id)
    if found is None:
        raise NotFound("known deposit", f"there is no deposit {deposit_id}", "Look it up.")
    charges.lock(session, {found.account_id})
    session.refresh(found, with_for_update={"key_share": True})
    return found


def _locked(session: Session, deposit_id: int, state: str) -> Deposit:
    found = locked(session, deposit_id)
    if found.state != state:
        message = f"deposit {deposit_id} is {found.state}"
        raise Conflict("deposit state", message, "Look at the deposit again.")
    return found


def _key(session: Session, deposit: Deposit) -> str:
    """Name the taking of a deposit; after one that was undone it is another."""
    key = f"deposit held:{deposit.id}"
    given = {"account": deposit.account_id, "key": key}
    before = session.execute(TIMES, given).scalar_one()
    return f"{key}:{before + 1}" if before else key


def _taken(session: Session, deposit: Deposit) -> int:
    """Give the transaction that took a deposit in; raises Conflict, NotAllowed."""
    if deposit.held_by is None:
        message = f"deposit {deposit.id} is {deposit.state}"
        raise Conflict("deposit state", message, "Look at the deposit again.")
    if session.execute(TAKEN_BY, {"id": deposit.held_by}).scalar_one() != TAKEN:
        message = f"deposit {deposit.id} was brought in with its account's balances"
        raise NotAllowed("deposit of another system", message, "Ask a supervisor to charge it.")
    return deposit.held_by
