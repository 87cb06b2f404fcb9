"""What the billing core is asked and answers: frozen shapes, the same in process and over HTTP.

Amounts are whole cents of US dollars; accounts go by their eight digits; a card or a bank account
is never here but for its last four.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from config.words import Language

CardTender = Literal["card", "ach"]
Outcome = Literal["approved", "declined", "abandoned", "unknown"]
IntentState = Literal["created", "sent", "posted", "declined", "abandoned", "unknown", "void"]


# What is asked and answered, of accounts.


@dataclass(frozen=True, slots=True)
class AccountFound:
    """An account as one recognises it; no figure of money is in it."""

    number: str
    name: str
    address: str
    zip: str
    kind: str
    status: str
    language: Language


@dataclass(frozen=True, slots=True)
class Balance:
    """What is owed now: the same figure on the phone, at the desk and on the statement (I7).

    `total` is the sum of `by_service` less `credit`; below zero the city owes. `due_on` is the day
    the oldest open charge is due, `past_due` what was due before today. Deposits are not in it.
    """

    account: str
    total: int
    by_service: Mapping[str, int]
    credit: int
    due_on: date | None
    past_due: int
    deposits: int
    as_of: datetime


@dataclass(frozen=True, slots=True)
class StatementFound:
    """A statement's head."""

    number: str
    account: str
    kind: str
    starts_on: date
    ends_on: date
    bill_on: date
    due_on: date
    before_cents: int
    charges_cents: int
    total_cents: int
    language: Language


@dataclass(frozen=True, slots=True)
class StatementText:
    """A statement as it was sent."""

    head: StatementFound
    body: str


@dataclass(frozen=True, slots=True)
class ExplainedPart:
    """One reason for the change, in cents; the parts add up to the change."""

    kind: str
    service: str
    cents: int


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a bill changed, against which one; `lines` for reading, `spoken` for a call."""

    statement: str
    against: str | None
    change_cents: int
    parts: tuple[ExplainedPart, ...]
    lines: tuple[str, ...]
    spoken: str


@dataclass(frozen=True, slots=True)
class HoldFound:
    """What protects an account, and until when."""

    kind: str
    starts_on: date
    ends_on: date | None
    reason: str


# Paying.


@dataclass(frozen=True, slots=True)
class PaidBefore:
    """A payment like the one that is begun: "you paid $X at 10:04, pay again?"."""

    cents: int
    at: datetime
    state: str


@dataclass(frozen=True, slots=True)
class Intent:
    """A payment that was begun. Its id is the only key that the processor is ever given.

    `paid_before` warns; while an earlier one is unknown its state says so, and nobody pays again
    unasked. `receipt` is there once it is posted.
    """

    id: str
    account: str
    cents: int
    fee_cents: int
    tender: CardTender
    state: IntentState
    reason: str
    last_four: str
    created_at: datetime
    expires_at: datetime
    receipt: str | None = None
    paid_before: PaidBefore | None = None


@dataclass(frozen=True, slots=True)
class PaymentResult:
    """What the processor or the phone network said of an intent; no number but the last four."""

    intent: str
    outcome: Outcome
    confirmation: str = ""
    last_four: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """The money is posted. `number` has nine digits, the last a check digit."""

    intent: str
    number: str
    account: str
    cents: int
    received_on: date
    owed: int
    kind: Literal["receipt"] = "receipt"


@dataclass(frozen=True, slots=True)
class Declined:
    """Nothing was taken: declined, or given up by the caller. It may be tried again."""

    intent: str
    reason: str
    kind: Literal["declined"] = "declined"


@dataclass(frozen=True, slots=True)
class Unknown:
    """Nobody knows yet whether money was taken: it is being asked after. Do not pay again."""

    intent: str
    reason: str
    kind: Literal["unknown"] = "unknown"


PaymentAnswer = Receipt | Declined | Unknown


@dataclass(frozen=True, slots=True)
class PaymentFound:
    """A payment of lately."""

    receipt: str
    cents: int
    received_on: date
    tender: str
    channel: str
    state: str


# Arrangements, plans, and what other city systems post.


@dataclass(frozen=True, slots=True)
class Part:
    """One part of an arrangement."""

    due_on: date
    cents: int


@dataclass(frozen=True, slots=True)
class ArrangementOffer:
    """What the rules would grant, or why nothing (`parts` is empty then)."""

    account: str
    cents: int
    parts: tuple[Part, ...]
    rule: str
    refusal: str = ""


@dataclass(frozen=True, slots=True)
class Arrangement:
    """An arrangement that stands."""

    id: int
    account: str
    cents: int
    parts: tuple[Part, ...]
    state: str


@dataclass(frozen=True, slots=True)
class PlanStatus:
    """Autopay and budget billing, as they stand; of a card or account the last four."""

    account: str
    autopay: bool
    autopay_tender: str
    autopay_last_four: str
    budget: bool
    budget_cents: int


@dataclass(frozen=True, slots=True)
class Adjusted:
    """An adjustment that was asked for; over a limit it waits for a second person."""

    request: int
    state: str
    transaction: int | None


@dataclass(frozen=True, slots=True)
class Charged:
    """A charge that another city system put on an account."""

    charge: int
    transaction: int
    due_on: date
