"""What the billing core refuses, each with its rule and what to do instead.

BillingError
    NotFound        an account, a code, a transaction that is not there
    BadAmount       no amount in whole cents of US dollars, or one of the wrong sign or size
    Unbalanced      entries that do not add up to nothing in every fund
    ClosedPeriod    a month that takes nothing more; `open_month` is where it goes
    AnotherBody     a key that was used before, for something else
    NotAllowed      what no one, or not this person, may do (maker and checker, append-only rows)
    Conflict        it changed meanwhile: look again, then decide
    BillingDown     the core does not answer; whether anything was written is found by the key

Whatever is raised here, nothing was written: leave the transaction by the error.
"""

from collections.abc import Mapping
from datetime import date
from typing import Final

from sqlalchemy.exc import DBAPIError

from db.session import sqlstate


class BillingError(Exception):
    """A refusal: `rule` is its short name, `advice` what to do, the message what was wrong."""

    def __init__(self, rule: str, message: str, advice: str = "") -> None:
        self.rule: str = rule
        self.advice: str = advice
        super().__init__(message)


class NotFound(BillingError):
    """An account, a code or a transaction that is not there."""


class BadAmount(BillingError):
    """No amount in whole cents of US dollars, or one of the wrong sign or size."""


class Unbalanced(BillingError):
    """Entries that do not add up to nothing in every fund."""


class ClosedPeriod(BillingError):
    """A month that takes nothing more.

    Post it with an effective date in `open_month` (its first day; None where the database found it
    out at the last moment) and name the closed month as the posting's `belongs_to`.
    """

    def __init__(self, rule: str, message: str, advice: str, open_month: date | None) -> None:
        self.open_month: date | None = open_month
        super().__init__(rule, message, advice)


class AnotherBody(BillingError):
    """A key that was used before, for something else."""


class NotAllowed(BillingError):
    """What nobody may do, or not this person."""


class Conflict(BillingError):
    """It changed meanwhile."""


class BillingDown(BillingError):
    """The core does not answer."""


CHANGED: Final = "Read it again and decide anew."
TWO_PEOPLE: Final = "Ask somebody else who may approve this amount."
NEVER: Final = "Post a reversal that names the original; rows of the ledger are never changed."

# The name the database gives what it refused: (class, rule, advice).
REFUSALS: Final[Mapping[str, tuple[type[BillingError], str, str]]] = {
    "balance": (Unbalanced, "balance", "Make debits and credits equal in every fund."),
    "two entries": (Unbalanced, "two entries", "A transaction has at least two entries."),
    "whole transactions": (NotAllowed, "whole transactions", NEVER),
    "fund and account": (
        NotAllowed,
        "fund and account",
        "Name the account, and the fund that the code begins with.",
    ),
    "sealed day": (Conflict, "sealed day", "Try again: it is posted on the day that is open now."),
    "exact reversal": (NotAllowed, "exact reversal", "Reverse the whole of it, then post anew."),
    "maker": (NotAllowed, "maker", "Void the request and make a new one."),
    "maker and checker": (NotAllowed, "maker and checker", TWO_PEOPLE),
    "requests_check": (NotAllowed, "maker and checker", TWO_PEOPLE),
    "journal_reverses_key": (Conflict, "reversed once", "It was reversed already."),
    "journal_reverses_fkey": (NotFound, "known transaction", "Look the transaction up."),
    "entries_code_fkey": (NotFound, "known code", "Use a code of config/billing/chart.yaml."),
    "entries_cents_check": (BadAmount, "no zero entry", "Leave an entry of nothing out."),
    "entries_currency_check": (BadAmount, "currency", "Amounts are US dollars."),
    "charges_open_cents_check": (Conflict, "open amount", CHANGED),
}
STATES: Final[Mapping[str, tuple[type[BillingError], str, str]]] = {
    "23001": (NotAllowed, "append-only", NEVER),
    "42501": (NotAllowed, "rights", "The application may not do this to the ledger."),
}


def translated(error: Exception) -> Exception:
    """Turn what the database refused into our words; hand any other error on as it came."""
    if not isinstance(error, DBAPIError):
        return error
    found = REFUSALS.get(constraint(error)) or STATES.get(sqlstate(error))
    if constraint(error) == "closed period":
        return ClosedPeriod("closed period", told(error), INTO_OPEN, None)
    if found is None and constraint(error).endswith("_account_id_fkey"):
        found = (NotFound, "known account", "Look the account up by its number.")
    if found is None:
        return error
    kind, rule, advice = found
    return kind(rule, told(error), advice)


INTO_OPEN: Final = "Post it into the open month and name the closed one as belongs_to."


def constraint(error: DBAPIError) -> str:
    """Name the constraint or ledger rule that was broken, or nothing."""
    diagnosis = getattr(error.orig, "diag", None)
    return str(getattr(diagnosis, "constraint_name", None) or "")


def told(error: DBAPIError) -> str:
    """Give the database's own first line."""
    return str(error.orig).partition("\n")[0]
