"""Pure: which open charges a payment goes to, by an order that is config.

An order is a list of steps; a step ranks charges, the first step that tells two apart decides, and
last of all the day they are due and their age. Nothing here reads or writes.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final, Literal

from billing.money import Cents, above_zero
from config.facts import Origin
from config.words import Both

OTHERS: Final = "*"
Step = tuple[Literal["kinds", "services", "due"], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Open:
    """A charge with something open of it: `cents` is what is open, above zero."""

    id: int
    service: str
    kind: str
    cents: Cents
    due_on: date


@dataclass(frozen=True, slots=True)
class Order:
    """An order of application, by name, with where it came from."""

    id: str
    name: Both
    steps: tuple[Step, ...]
    origin: Origin


@dataclass(frozen=True, slots=True)
class Part:
    """Cents of a payment on one charge."""

    charge_id: int
    service: str
    cents: Cents


@dataclass(frozen=True, slots=True)
class Applied:
    """Where a payment goes. The parts and what is `unapplied` add up to it."""

    parts: tuple[Part, ...] = ()
    unapplied: Cents = 0
    by_service: dict[str, Cents] = field(default_factory=dict[str, Cents])


def allocate(open_charges: Iterable[Open], cents: Cents, order: Order, on: date) -> Applied:
    """Spread cents over open charges in this order; `on` tells past due from current.

    No part is above what is open of its charge; what is left over is unapplied. Raises BadAmount.
    """
    parts = tuple(_parts(in_order(open_charges, order, on), above_zero(cents)))
    left = cents - sum(part.cents for part in parts)
    return Applied(parts, left, by_service(parts))


def in_order(open_charges: Iterable[Open], order: Order, on: date) -> list[Open]:
    """Sort charges as they are to be paid."""

    def place(charge: Open) -> tuple[int | date, ...]:
        ranks = (_rank(step, charge, on) for step in order.steps)
        return (*ranks, charge.due_on, charge.id)

    return sorted(open_charges, key=place)


def left_open(open_charges: Sequence[Open], parts: Iterable[Part]) -> list[Open]:
    """Give what is open once these parts are paid; what is wholly paid is left out."""
    paid = {part.charge_id: part.cents for part in parts}
    after = (replace(each, cents=each.cents - paid.get(each.id, 0)) for each in open_charges)
    return [charge for charge in after if charge.cents]


def by_service(parts: Iterable[Part]) -> dict[str, Cents]:
    """Add parts up by service."""
    sums: dict[str, Cents] = {}
    for part in parts:
        sums[part.service] = sums.get(part.service, 0) + part.cents
    return sums


def _parts(charges: Iterable[Open], cents: Cents) -> Iterator[Part]:
    for charge in charges:
        part = min(cents, charge.cents)
        if part > 0:
            yield Part(charge.id, charge.service, part)
        cents -= part


def _rank(step: Step, charge: Open, on: date) -> int | date:
    what, named = step
    if what == "due":
        return charge.due_on if named == ("oldest",) else int(charge.due_on >= on)
    said = charge.kind if what == "kinds" else charge.service
    known = said if said in named else OTHERS
    return named.index(known) if known in named else len(named)
