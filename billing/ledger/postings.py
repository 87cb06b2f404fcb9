"""A posting before it is written: its lines, what must hold of it, and the digest of its body."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from typing import Any, Final

from billing.errors import BadAmount, Unbalanced
from billing.money import Cents, whole

FEWEST: Final = 2


@dataclass(frozen=True, slots=True)
class Line:
    """One entry: a code "<fund>.<name>", debit above zero and credit below, and whose it is."""

    code: str
    cents: Cents
    account_id: int | None = None

    @property
    def fund(self) -> str:
        """The fund is the first word of the code; the database compares it with the chart's."""
        return self.code.partition(".")[0]


@dataclass(frozen=True, slots=True)
class Posting:
    """A transaction to be written once, whatever the number of times it is asked for.

    `key` names what it is for ("pay:<intent>"); the same key with the same body is a replay.
    `memo` holds what a person reads later, by code and figures, never prose. `belongs_to` is a day
    of the closed month that a late item is about. `reverses` is set by `journal.reverse` alone.
    """

    key: str
    kind: str
    effective_on: date
    actor: str
    lines: tuple[Line, ...]
    account_id: int | None = None
    memo: Mapping[str, Any] = field(default_factory=dict[str, Any])
    belongs_to: date | None = None
    reverses: int | None = None

    @property
    def about(self) -> date | None:
        """The month it belongs to, by its first day."""
        return self.belongs_to.replace(day=1) if self.belongs_to else None


@dataclass(frozen=True, slots=True)
class Posted:
    """Where a posting stands; `again` where it had been written before."""

    transaction_id: int
    again: bool


def check(posting: Posting) -> None:
    """Refuse what the database would: raises Unbalanced or BadAmount, with the rule's name."""
    if len(posting.lines) < FEWEST:
        advice = "Name both where it comes from and where it goes."
        raise Unbalanced("two entries", f"{posting.key} has fewer than two entries", advice)
    for line in posting.lines:
        if whole(line.cents) == 0:
            raise BadAmount("no zero entry", f"{line.code} moves nothing", "Leave the line out.")
    off = {fund: cents for fund, cents in by_fund(posting).items() if cents}
    if off:
        sums = ", ".join(f"{fund} is off by {cents} cents" for fund, cents in sorted(off.items()))
        advice = "Debits and credits are equal in every fund; go through the pool between funds."
        raise Unbalanced("balance", f"{posting.key}: {sums}", advice)


def by_fund(posting: Posting) -> Counter[str]:
    """Add the lines up by fund."""
    sums: Counter[str] = Counter()
    for line in posting.lines:
        sums[line.fund] += line.cents
    return sums


def digest(posting: Posting) -> str:
    """Give the digest of the body: SHA-256 over canonical JSON, 64 hexadecimal digits.

    Left out is what may differ between two deliveries of one thing: the key itself, and the actor
    (the answer of a payment comes by the processor's callback or by the sweeper).
    """
    lines = sorted((line.code, line.account_id or 0, line.cents) for line in posting.lines)
    body = {
        "kind": posting.kind,
        "account": posting.account_id,
        "effective_on": posting.effective_on.isoformat(),
        "lines": lines,
        "memo": dict(posting.memo),
        "belongs_to": posting.about and posting.about.isoformat(),
        "reverses": posting.reverses,
    }
    written = json.dumps(body, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return sha256(written.encode()).hexdigest()
