"""What a processor of cards and bank accounts owes us.

It never sees a number of ours, nor we one of its: cards are named by tokens, charges by intents.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, Protocol

from billing.shapes import CardTender


class ProcessorError(Exception):
    """The processor did not do it."""


class Refused(ProcessorError):
    """It said no, and nothing moved. `permanent`: the same will be refused again."""

    def __init__(self, reason: str, *, permanent: bool) -> None:
        self.permanent: bool = permanent
        super().__init__(reason)


class NoAnswer(ProcessorError):
    """It did not answer, or made no sense: whether money moved is found by the intent's id."""


@dataclass(frozen=True, slots=True)
class ProcessorCharge:
    """What the processor has under an intent's id."""

    intent: str
    state: Literal["approved", "declined"]
    cents: int
    tender: CardTender
    confirmation: str
    reason: str
    last_four: str
    at: datetime


@dataclass(frozen=True, slots=True)
class SettledLine:
    """One line of a day's report; money towards the city is above zero."""

    kind: Literal["charge", "refund", "chargeback", "return"]
    reference: str
    intent: str
    cents: int
    tender: CardTender
    last_four: str
    happened_at: datetime
    code: str = ""


@dataclass(frozen=True, slots=True)
class SettlementReport:
    """What the processor says it settled on a day; `deposit_cents` is what goes to the bank."""

    name: str
    day: date
    deposit_cents: int
    lines: tuple[SettledLine, ...]


class CardProcessor(Protocol):
    """A processor. Every call waits a bounded time; the intent's id makes a charge happen once."""

    def charge(self, intent: str, cents: int, tender: CardTender, token: str) -> ProcessorCharge:
        """Charge a token. A second call with the same intent gives the first one's charge.

        Raises NoAnswer, and Refused where it was not understood or the intent means another charge.
        """
        ...

    def find(self, intent: str) -> ProcessorCharge | None:
        """Look a charge or a refund up by the intent's id; raises NoAnswer."""
        ...

    def refund(self, intent: str, of: str, cents: int) -> ProcessorCharge:
        """Give back cents of the charge `of`, under an intent of its own; raises as `charge`."""
        ...

    def settlement(self, day: date) -> SettlementReport | None:
        """Fetch a day's report; None while there is none. Raises NoAnswer."""
        ...
