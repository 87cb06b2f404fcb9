"""The processor itself: charges by intent, refunds, tokens; all in memory, behind one lock."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from threading import Lock
from typing import Final, Literal

from devphone.cards.numbers import Fate, Known

MOST_CENTS: Final = 100_000_000  # an amount below a million dollars, as `<Pay>` has it
Kind = Literal["charge", "refund", "chargeback", "return"]


class NotTakenError(Exception):
    """The processor refuses what was asked, with HTTP's status and a code."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code


@dataclass(frozen=True)
class Charge:
    """Money asked for, and what became of it. `of` is the charge that a refund gives back."""

    kind: Kind
    intent: str
    reference: str
    cents: int
    known: Known
    at: datetime
    declined: str = ""
    of: str = ""
    code: str = ""

    @property
    def state(self) -> str:
        return "declined" if self.declined else "approved"


@dataclass
class Processor:
    """Everything it knows. `next_fates` happen to the next charges, whatever their number.

    `away` requests are answered 503 before anything is done.
    """

    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    next_fates: list[Fate] = field(default_factory=list[Fate])
    away: int = 0
    charges: dict[str, Charge] = field(default_factory=dict[str, Charge])
    taken_back: list[Charge] = field(default_factory=list[Charge])
    tokens: dict[str, Known] = field(default_factory=dict[str, Known])
    _lock: Lock = field(default_factory=Lock)

    def is_away(self) -> bool:
        """Say whether it is away for this request, and count it."""
        with self._lock:
            gone = self.away > 0
            self.away -= gone
            return gone

    def tokenise(self, known: Known) -> str:
        """Give a token to charge by later; the number cannot be had from it."""
        token = f"tok_{secrets.token_hex(12)}"
        with self._lock:
            self.tokens[token] = known
        return token

    def by_token(self, token: str) -> Known:
        """Find what a token stands for."""
        found = self.tokens.get(token)
        if found is None:
            raise NotTakenError(422, "unknown token", "There is no such token.")
        return found

    def charge(self, intent: str, cents: int, known: Known) -> Charge:
        """Charge once per intent; the same intent with another body is refused."""
        _in_bounds(intent, cents)
        with self._lock:
            before = self.charges.get(intent)
            if before is not None:
                return _same(before, cents, known)
            fate = self.next_fates.pop(0) if self.next_fates else known.fate
            known = replace(known, fate=fate)
            made = self._new("charge", intent, cents, known, declined=fate.decline)
            self.charges[intent] = made
            return made

    def refund(self, intent: str, of: str, cents: int) -> Charge:
        """Give back, once per intent, no more than what is left of a charge."""
        _in_bounds(intent, cents)
        with self._lock:
            original = self.charges.get(of)
            if original is None or original.state == "declined" or original.kind != "charge":
                raise NotTakenError(404, "unknown charge", "There is no such charge to give back.")
            before = self.charges.get(intent)
            if before is not None:
                return _same(before, cents, original.known, of)
            if cents > original.cents - self._given_back(of):
                raise NotTakenError(422, "more than is left", "That is more than was charged.")
            made = self._new("refund", intent, cents, original.known, of=of)
            self.charges[intent] = made
            return made

    def take_back(self, intent: str, kind: Kind, code: str) -> Charge:
        """Take a charge back: a chargeback of a card, a bank's return of a debit."""
        with self._lock:
            original = self.charges.get(intent)
            if original is None or original.state == "declined" or original.kind != "charge":
                raise NotTakenError(404, "unknown charge", "There is no such charge.")
            made = replace(self._new(kind, intent, original.cents, original.known), code=code)
            self.taken_back.append(made)
            return made

    def find(self, intent: str) -> Charge:
        """Look a charge or a refund up by the intent it was made with."""
        found = self.charges.get(intent)
        if found is None:
            raise NotTakenError(404, "unknown intent", "Nothing was asked for under this intent.")
        return found

    def _given_back(self, of: str) -> int:
        return sum(one.cents for one in self.charges.values() if one.of == of)

    def _new(  # noqa: PLR0913  the fields of one record
        self, kind: Kind, intent: str, cents: int, known: Known, *, declined: str = "", of: str = ""
    ) -> Charge:
        reference = f"{kind[:2]}_{secrets.token_hex(12)}"
        return Charge(kind, intent, reference, cents, known, self.clock(), declined, of)


def _in_bounds(intent: str, cents: int) -> None:
    if not 0 < cents < MOST_CENTS:
        raise NotTakenError(422, "amount", "An amount is above zero and below a million dollars.")
    if not 0 < len(intent) <= 64:  # noqa: PLR2004  the length of a key
        raise NotTakenError(422, "intent", "An intent has 1 to 64 characters.")


def _same(before: Charge, cents: int, known: Known, of: str = "") -> Charge:
    if (before.cents, before.known.mark, before.of) != (cents, known.mark, of):
        raise NotTakenError(409, "another body", "This intent was used for something else.")
    return before
