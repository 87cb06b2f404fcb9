"""Which payment a line of a processor's report is, and what is wrong with it. Pure.

A line is matched by the intent's id that it carries; one that carries none, by last four, amount
and time. Whatever is left over on either side is a finding, never a guess.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final, Literal

from billing.processor.port import SettledLine

Finding = Literal["matched", "missing", "extra", "amount", "duplicate", "late", "chargeback"]

PENDING: Final = timedelta(days=2)  # a charge may take so long to be settled
WINDOW: Final = timedelta(hours=2)  # between our posting and the processor's time, without intent


@dataclass(frozen=True, slots=True)
class Taken:
    """A payment or a refund as the ledger has it; a refund's cents are below zero."""

    payment_id: int
    intent: str
    cents: int
    tender: str
    last_four: str
    received_on: date
    at: datetime
    is_refund: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """One finding. `moved` is what the processor moved beyond what the ledger expects of it."""

    finding: Finding
    position: int | None
    line: SettledLine | None
    taken: Taken | None
    moved: int = 0


@dataclass(slots=True)
class Matcher:
    """Matches the lines of one report, in their order.

    `seen` are the references of earlier reports and `settled` the payments that these had.
    """

    day: date
    seen: set[str]
    settled: AbstractSet[int]
    by_intent: dict[tuple[str, bool], Taken]
    by_look: dict[tuple[str, int], list[Taken]]
    claimed: set[str] = field(default_factory=set[str])

    def find(self, position: int, line: SettledLine) -> Found:
        """Say what one line is."""
        if line.reference in self.seen:
            return Found("duplicate", position, line, self._named(line))
        self.seen.add(line.reference)
        if line.kind in {"chargeback", "return"}:
            taken = self.by_intent.get((line.intent, False))
            # A payment is undone whole: what the processor took back less, or more, is left over.
            left = line.cents + (taken.cents if taken else 0)
            return Found("chargeback", position, line, taken, left)
        taken = self._named(line) if line.intent else self._alike(line)
        if taken is None:
            return Found("extra", position, line, None, line.cents)
        if taken.intent in self.claimed or taken.payment_id in self.settled:
            return Found("duplicate", position, line, taken, line.cents)
        self.claimed.add(taken.intent)
        return self._judged(position, line, taken)

    def _judged(self, position: int, line: SettledLine, taken: Taken) -> Found:
        if line.cents != taken.cents:
            return Found("amount", position, line, taken, line.cents - taken.cents)
        late = line.happened_at.date() < self.day - PENDING
        return Found("late" if late else "matched", position, line, taken)

    def _named(self, line: SettledLine) -> Taken | None:
        return self.by_intent.get((line.intent, line.kind == "refund"))

    def _alike(self, line: SettledLine) -> Taken | None:
        """Find the payment nearest in time of those with the same last four and amount."""
        near = [
            (abs(one.at - line.happened_at), one.payment_id, one)
            for one in self.by_look[line.last_four, line.cents]
            if one.intent not in self.claimed and abs(one.at - line.happened_at) <= WINDOW
        ]
        return min(near)[2] if near and line.last_four else None

    def missing(self, taken: Iterable[Taken]) -> Iterator[Found]:
        """Give what should have been settled by now and is in no report."""
        for one in taken:
            due = one.received_on < self.day - PENDING and not one.is_refund
            if due and one.intent not in self.claimed and one.payment_id not in self.settled:
                yield Found("missing", None, None, one)


def matched(
    day: date,
    lines: Iterable[SettledLine],
    taken: Iterable[Taken],
    seen: Iterable[str] = (),
    settled: Iterable[int] = (),
) -> list[Found]:
    """Match a day's report: each line's finding in its order, then the payments that are missing.

    `seen` are the references of earlier reports, `settled` the payments that those had settled.
    """
    known, before = list(taken), frozenset(settled)
    by_look: dict[tuple[str, int], list[Taken]] = defaultdict(list)
    for one in known:
        if one.payment_id not in before:
            by_look[one.last_four, one.cents].append(one)
    by_intent = {(one.intent, one.is_refund): one for one in known}
    matcher = Matcher(day, {*seen}, before, by_intent, by_look)
    # Lines that carry an intent claim first: what merely looks alike gets what is left.
    numbered = sorted(enumerate(lines, 1), key=lambda each: not each[1].intent)
    found = [matcher.find(position, line) for position, line in numbered]
    found.sort(key=lambda each: each.position or 0)
    return [*found, *matcher.missing(known)]
